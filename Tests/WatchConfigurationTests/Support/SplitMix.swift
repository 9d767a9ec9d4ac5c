import ImportWatch
import Platform

@testable import WatchConfiguration

/// Random numbers that repeat: SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// The machine's files with one more.
struct Overlay: FileReader {
    var path: String
    var bytes: [UInt8]

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        path == self.path ? bytes : try LocalFiles().read(path, limit: limit)
    }

    func version(of path: String) -> FileVersion? { LocalFiles().version(of: path) }

    func paths(matching pattern: String) -> [String] { LocalFiles().paths(matching: pattern) }
}
