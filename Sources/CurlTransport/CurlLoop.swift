import CCurl
import CurlShim
import Dispatch
import Glibc
import ImportWatch

/// Called at the begin (`true`) and at the end (`false`) of each turn that runs curl.
public typealias CurlTurnObserver = @MainActor (_ begins: Bool) -> Void

/// Drives libcurl's multi interface: one epoll descriptor under one Dispatch source, and one Dispatch timer.
///
/// A Dispatch source per socket would hang: libcurl closes a descriptor at once, Dispatch lets go of it later. Sockets
/// are therefore watched by an epoll descriptor of our own, and Dispatch watches only that.
final class CurlLoop {
    /// Told which exchange ended and how.
    var onDone: (UInt64, CURLcode) -> Void = { _, _ in }
    var turnObserver: CurlTurnObserver?

    private let multi: UnsafeMutableRawPointer
    private let epoll: Int32
    private let readable: any DispatchSourceRead
    private let timer: any DispatchSourceTimer
    private var isDue = false
    private var isTurnScheduled = false
    private var isClosed = false
    private var events = [epoll_event](repeating: epoll_event(), count: 8)
    /// Exchanges that have ended and were not reported yet.
    private var done: [(number: UInt64, code: CURLcode)] = []
    /// Sockets that epoll did not take, for lack of memory or watches; they are served now and then until it does.
    private var unwatched: [curl_socket_t: Int32] = [:]

    /// How often one turn asks epoll again, and serves a timeout of 0 ms again, before others have their turn.
    private static let rounds = 16
    /// After how many pieces of answers a turn ends: some milliseconds of work, whatever arrives.
    ///
    /// One call of libcurl reads a hundred times 16 KiB of a socket, if so much is there, and these may be a great many
    /// pieces.
    private static let pieces = 4000
    /// The pieces that this turn has handed over.
    private var handedOver = 0
    /// After how long a turn calls libcurl no more: much of what it reads, like extensions of chunks, is never handed
    /// over and counts as no piece.
    private static let patience = Duration.milliseconds(10)
    private let now: () -> MonotonicInstant
    private var turnBegan: MonotonicInstant
    /// Whether the last turn that served sockets ended before all were served.
    private var wasCutShort = false
    /// Whether others are to have their turn.
    private var isOver: Bool {
        handedOver >= Self.pieces || turnBegan.duration(to: now()) >= Self.patience
    }
    /// How many ended exchanges one turn reports: what is done with an answer may be work.
    private static let reports = 16

    init(now: @escaping () -> MonotonicInstant) throws(CurlSetupError) {
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = curl_multi_init() else {
            throw .curl
        }
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else {
            let code = errno
            curl_multi_cleanup(multi)
            throw .epoll(errno: code)
        }
        self.multi = multi
        self.epoll = epoll
        self.now = now
        turnBegan = now()
        readable = DispatchSource.makeReadSource(fileDescriptor: epoll, queue: .main)
        timer = DispatchSource.makeTimerSource(queue: .main)
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = cshim_multi_set_socket_callback(multi, CurlCallbacks.socket, context)
        _ = cshim_multi_set_timer_callback(multi, CurlCallbacks.timer, context)
        // More than sources that hang can take, each with its own limit: the rest would wait in libcurl for a
        // connection, and that counts against their time limits.
        _ = cshim_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 4096)
        _ = cshim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 64)
        readable.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.serveSockets() } }
        readable.setCancelHandler { Glibc.close(epoll) }
        timer.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.serveTimeout() } }
        timer.schedule(deadline: .distantFuture)
        readable.activate()
        timer.activate()
    }

    isolated deinit {
        close()
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        curl_multi_cleanup(multi)
        timer.cancel()
        readable.cancel()
    }

    func add(_ exchange: CurlExchange) -> TransportError? {
        guard !isClosed else { return .other(host: exchange.host, reason: "the program is stopping") }
        let code = curl_multi_add_handle(multi, exchange.handle.easy)
        return code == CURLM_OK
            ? nil : .other(host: exchange.host, reason: String(cString: curl_multi_strerror(code)))
    }

    func remove(_ exchange: CurlExchange) {
        guard !isClosed else { return }
        curl_multi_remove_handle(multi, exchange.handle.easy)
    }

    /// Counts a piece of an answer towards the end of the turn.
    func notePiece() {
        handedOver += 1
    }

    /// Calls `work` in a later turn of the main queue.
    func later(_ work: @escaping @MainActor () -> Void) {
        DispatchQueue.main.async { MainActor.assumeIsolated(work) }
    }

    // MARK: What libcurl asks for

    func watch(_ socket: curl_socket_t, _ what: Int32) {
        guard !isClosed else { return }
        if what == CURL_POLL_REMOVE {
            epoll_ctl(epoll, EPOLL_CTL_DEL, socket, nil)
            unwatched[socket] = nil
            return
        }
        var event = epoll_event()
        if what & CURL_POLL_IN != 0 { event.events |= EPOLLIN.rawValue }
        if what & CURL_POLL_OUT != 0 { event.events |= EPOLLOUT.rawValue }
        event.data.fd = socket
        if epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) == 0 { return }
        if errno == ENOENT, epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) == 0 {
            unwatched[socket] = nil
        } else if unwatched.updateValue(what, forKey: socket) == nil {
            serveUnwatched(after: .milliseconds(100))
        }
    }

    /// Has a look at the sockets that epoll does not watch.
    private func serveUnwatched(after delay: DispatchTimeInterval) {
        DispatchQueue.main.asyncAfter(deadline: .now() + delay) { [weak self] in
            MainActor.assumeIsolated {
                guard let self, !self.isClosed, !self.unwatched.isEmpty else { return }
                let sockets = self.unwatched
                self.turn {
                    for (socket, what) in sockets where self.unwatched[socket] != nil { self.act(socket, what) }
                }
                for (socket, what) in self.unwatched { self.watch(socket, what) }
                if !self.unwatched.isEmpty { self.serveUnwatched(after: delay) }
            }
        }
    }

    /// Takes the time after which libcurl wants to be called.
    ///
    /// Zero is served after the call that is under way: calling
    /// libcurl from inside its own callback is not allowed.
    func setTimeout(_ milliseconds: Int) {
        guard !isClosed else { return }
        isDue = milliseconds == 0
        if milliseconds > 0 {
            timer.schedule(deadline: .now() + .milliseconds(milliseconds), leeway: .milliseconds(1))
        } else {
            timer.schedule(deadline: .distantFuture)
            if isDue { scheduleTurn() }
        }
    }

    // MARK: Turns

    private func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        later { [weak self] in
            self?.isTurnScheduled = false
            self?.turn {}
        }
    }

    private func serveTimeout() {
        isDue = true
        turn {}
    }

    private func serveSockets() {
        turn {
            // Where one socket alone may have too much for a turn, they are served one by one.
            let batch = wasCutShort ? 1 : events.count
            wasCutShort = false
            // epoll gives each socket its turn before one has another; it stays readable while there is more.
            for _ in 0..<Self.rounds {
                let count = epoll_wait(epoll, &events, Int32(batch), 0)
                guard count > 0 else { return }
                for event in events.prefix(Int(count)) {
                    var mask: Int32 = 0
                    if event.events & EPOLLIN.rawValue != 0 { mask |= CURL_CSELECT_IN }
                    if event.events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
                    if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_ERR }
                    act(event.data.fd, mask)
                    if isOver {
                        wasCutShort = true
                        return
                    }
                }
                if Int(count) < batch { return }
            }
        }
    }

    private func turn(_ work: () -> Void) {
        guard !isClosed else { return }
        turnObserver?(true)
        turnBegan = now()
        handedOver = 0
        work()
        for _ in 0..<Self.rounds where isDue && !isClosed {
            // Once at least: sockets that always have more must not keep the time limits from being looked at.
            isDue = false
            act(CURL_SOCKET_TIMEOUT, 0)
            if isOver { break }
        }
        reportDone()
        if isDue || !done.isEmpty { scheduleTurn() }
        turnObserver?(false)
    }

    private func act(_ socket: curl_socket_t, _ mask: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(multi, socket, mask, &running)
    }

    private func reportDone() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            var context: UnsafeMutableRawPointer?
            guard message.pointee.msg == CURLMSG_DONE,
                cshim_get_pointer(message.pointee.easy_handle, CURLINFO_PRIVATE, &context) == CURLE_OK, let context
            else { continue }
            let exchange = Unmanaged<CurlExchange>.fromOpaque(context).takeUnretainedValue()
            done.append((exchange.number, cshim_message_result(message)))
        }
        let reported = done.prefix(Self.reports)
        done.removeFirst(reported.count)
        for (number, code) in reported where !isClosed { onDone(number, code) }
    }
}
