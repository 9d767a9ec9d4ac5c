import Glibc

/// What there is to know of a terminal.
enum Terminal {
    /// How many columns it has; 80 where it doesn't say.
    static func width(_ descriptor: Int32) -> Int { size(descriptor).columns }

    /// Its rows and columns; 24 and 80 where it doesn't say.
    static func size(_ descriptor: Int32) -> (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (24, 80) }
        return (Int(size.ws_row), Int(size.ws_col))
    }
}
