import ArgumentParser
import Glibc

/// An error that ends the tool once its lines are said.
protocol EndingError: Error {
    /// What is wrong, and what to do.
    var lines: [String] { get }
    var exitStatus: Int32 { get }
}

/// Why the tool can't do what it was asked for.
struct Failure: EndingError {
    let lines: [String]
    let exitStatus: Int32

    init(_ problem: String, exitStatus: Int32 = ExitStatus.failure) {
        (lines, self.exitStatus) = ([problem], exitStatus)
    }

    /// Says an error and ends the program.
    static func end(_ error: any Error) -> Never {
        if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
        let failure = error as? any EndingError ?? Failure("\(error)")
        for line in failure.lines { Output.problem(line) }
        Glibc.exit(failure.exitStatus)
    }
}
