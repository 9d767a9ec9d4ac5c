import ImportWatch

extension WallTime {
    /// The time as a Date header has it, but for the day of the week.
    var httpDate: String {
        let civil = CivilTime(self)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = rfc3339.dropFirst(11).prefix(8)
        let day = civil.day < 10 ? "0\(civil.day)" : "\(civil.day)"
        return "Mon, \(day) \(months[civil.month - 1]) \(civil.year) \(clock) GMT"
    }
}
