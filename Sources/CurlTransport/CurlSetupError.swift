/// Why the transport could not be set up.
public enum CurlSetupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libcurl could not be initialised.
    case curl
    /// There is no descriptor for epoll.
    case epoll(errno: Int32)

    /// One line for a person.
    public var description: String {
        switch self {
        case .curl: "libcurl could not be initialised"
        case .epoll(let errno): "no epoll descriptor (errno \(errno)); raise the limit of open files"
        }
    }
}
