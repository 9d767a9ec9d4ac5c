import ArgumentParser
import Control
import Glibc
import ImportWatch
import ImportWatchDaemon
import Platform

/// Draws the status anew every second on the terminal's other screen, and leaves the terminal as it was.
///
/// While nobody answers, the last status stays, with the reason above it.
struct StatusWatch {
    let config: ConfigurationOption

    func run() throws {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGWINCH] { sigaddset(&signals, number) }
        var report = try config.status()
        // Taken when it is time, so that no half of a screen is left behind.
        sigprocmask(SIG_BLOCK, &signals, nil)
        Output.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H\u{1B}[2J")
        defer { Output.write("\u{1B}[?25h\u{1B}[?1049l") }
        var rates = RateHistory()
        rates.note(report)
        var problem: String?
        while true {
            draw(report, rates, problem)
            var second = timespec(tv_sec: 1, tv_nsec: 0)
            switch sigtimedwait(&signals, nil, &second) {
            case SIGWINCH: Output.write("\u{1B}[2J")
            case SIGINT, SIGTERM, SIGHUP: throw ExitCode(130)
            default:
                do {
                    report = try config.status()
                    rates.note(report)
                    problem = nil
                } catch let failure as Failure {
                    problem = failure.lines.first
                }
            }
        }
    }

    private func draw(_ report: StatusReport, _ rates: RateHistory, _ problem: String?) {
        let size = Terminal.size(STDOUT_FILENO)
        let style = StatusScreen.Style(
            width: size.columns,
            height: size.rows,
            hasColours: Output.hasColours(STDOUT_FILENO)
        )
        let now = SystemClock().wall()
        let screen = StatusScreen(report: report, now: now, style: style, rates: rates, problem: problem)
        let lines = screen.lines.prefix(size.rows).map { $0 + "\u{1B}[K" }
        Output.write("\u{1B}[H" + lines.joined(separator: "\r\n") + "\u{1B}[J")
    }
}
