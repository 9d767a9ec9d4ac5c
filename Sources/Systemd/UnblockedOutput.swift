import Glibc

/// A descriptor that is written to without ever waiting for its reader.
///
/// The descriptor's own flags stay as they are: other processes share them. A pipe or a terminal is opened anew for
/// that, and a socket is told so with each message. Where a pipe can't be opened anew (without /proc, or as another user
/// than the one who made it), a piece of at most PIPE_BUF bytes is written when poll(2) says that there is room for one;
/// a terminal is then written to in the smallest pieces. A file takes what it is given.
final class UnblockedOutput {
    private enum Way {
        /// A description of our own, which does not block.
        case own(Int32)
        /// A socket.
        case message
        /// A descriptor of others: so many bytes whenever it has room.
        case pieces(of: Int)
        /// A file.
        case whole
    }

    private let descriptor: Int32
    private let way: Way

    /// Writes to what `descriptor` is now.
    ///
    /// - Parameter opensAnew: Whether it may be opened anew.
    init(descriptor: Int32, opensAnew: Bool = true) {
        self.descriptor = descriptor
        var status = stat()
        let kind = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
        switch kind {
        case S_IFSOCK: way = .message
        case S_IFIFO, S_IFCHR:
            let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
            let own = opensAnew ? open("/proc/self/fd/\(descriptor)", flags) : -1
            way = own >= 0 ? .own(own) : .pieces(of: kind == S_IFIFO ? Int(PIPE_BUF) : 1)
        default: way = .whole
        }
    }

    deinit {
        if case .own(let own) = way { close(own) }
    }

    /// Writes what there is room for, and answers how many bytes that was.
    func write(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = put(UnsafeRawBufferPointer(rebasing: buffer[written...]))
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                written += count
            }
            return written
        }
    }

    private func put(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch way {
        case .own(let own): return Glibc.write(own, bytes.baseAddress, bytes.count)
        case .message:
            return send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        case .pieces(let size):
            var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&room, 1, 0) == 1, room.revents & Int16(POLLOUT) != 0 else { return 0 }
            return Glibc.write(descriptor, bytes.baseAddress, min(size, bytes.count))
        case .whole: return Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
    }
}
