import Glibc
import ImportWatch

extension WallTime {
    /// The hour, minute and second by the machine's own time zone, as systemctl and journalctl show times: `20:15:04`.
    nonisolated var localClock: String {
        var seconds = time_t(millisecondsSinceEpoch / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "at an unknown time" }
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { ($0 < 10 ? "0" : "") + String($0) }.joined(
            separator: ":"
        )
    }
}
