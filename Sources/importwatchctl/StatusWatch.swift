import ArgumentParser
import Control
import Glibc
import ImportWatch
import ImportWatchDaemon
import Presentation

/// Draws the status anew every second on the terminal's other screen, and leaves the terminal as it was.
struct StatusWatch {
    let config: ConfigurationOption

    func run() throws {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGWINCH] { sigaddset(&signals, number) }
        // Taken when it is time, so that no half of a screen is left behind.
        sigprocmask(SIG_BLOCK, &signals, nil)
        Output.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[H\u{1B}[2J")
        defer { Output.write("\u{1B}[?25h\u{1B}[?1049l") }
        var rates = RateHistory()
        var report = try config.status()
        rates.note(report)
        while true {
            draw(report, rates)
            var second = timespec(tv_sec: 1, tv_nsec: 0)
            switch sigtimedwait(&signals, nil, &second) {
            case SIGWINCH: Output.write("\u{1B}[2J")
            case SIGINT, SIGTERM, SIGHUP: throw ExitCode(130)
            default:
                report = try config.status()
                rates.note(report)
            }
        }
    }

    private func draw(_ report: StatusReport, _ rates: RateHistory) {
        let size = Terminal.size(STDOUT_FILENO)
        let style = StatusScreen.Style(
            width: size.columns,
            height: size.rows,
            hasColours: Output.hasColours(STDOUT_FILENO)
        )
        let screen = StatusScreen(report, now: SystemClock().wall(), style: style, rates: rates)
        let lines = screen.lines.prefix(size.rows).map { $0 + "\u{1B}[K" }
        Output.write("\u{1B}[H" + lines.joined(separator: "\r\n") + "\u{1B}[J")
    }
}
