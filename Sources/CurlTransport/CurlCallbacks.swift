import CCurl
import ImportWatch

/// The functions that libcurl calls.
///
/// All are called inside a call of ours to libcurl, which is on the main queue;
/// pointers cross into the main actor as addresses.
enum CurlCallbacks {
    /// libcurl wants a socket watched otherwise.
    nonisolated static let socket:
        @convention(c) (
            UnsafeMutableRawPointer?, curl_socket_t, Int32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32 = { _, socket, what, context, _ in
            let address = UInt(bitPattern: context)
            return MainActor.assumeIsolated {
                CurlCallbacks.object(at: address, as: CurlLoop.self)?.watch(socket, what)
                return 0
            }
        }

    /// libcurl wants to be called after a time; -1 for no more.
    nonisolated static let timer: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Int32 = {
        _,
        milliseconds,
        context in
        let address = UInt(bitPattern: context)
        return MainActor.assumeIsolated {
            CurlCallbacks.object(at: address, as: CurlLoop.self)?.setTimeout(milliseconds)
            return 0
        }
    }

    /// A header line came; another number than its length ends the exchange.
    nonisolated static let header:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            bytes,
            size,
            count,
            context in
            let (start, address) = (UInt(bitPattern: bytes), UInt(bitPattern: context))
            return MainActor.assumeIsolated {
                let taken = CurlCallbacks.object(at: address, as: CurlExchange.self)?
                    .take(header: CurlCallbacks.buffer(at: start, count: size * count))
                return taken == true ? size * count : 0
            }
        }

    /// A piece of the body came; another number than its length ends the exchange.
    nonisolated static let body:
        @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
            bytes,
            size,
            count,
            context in
            let (start, address) = (UInt(bitPattern: bytes), UInt(bitPattern: context))
            return MainActor.assumeIsolated {
                let taken = CurlCallbacks.object(at: address, as: CurlExchange.self)?
                    .take(body: CurlCallbacks.buffer(at: start, count: size * count))
                return taken == true ? size * count : 0
            }
        }

    /// libcurl goes on with a request; another number than 0 ends the exchange.
    nonisolated static let progress:
        @convention(c) (UnsafeMutableRawPointer?, curl_off_t, curl_off_t, curl_off_t, curl_off_t) -> Int32 = {
            context,
            _,
            _,
            _,
            _ in
            let address = UInt(bitPattern: context)
            return MainActor.assumeIsolated {
                CurlCallbacks.object(at: address, as: CurlExchange.self)?.goesOn() == false ? 1 : 0
            }
        }

    private static func object<Object: AnyObject>(at address: UInt, as type: Object.Type) -> Object? {
        UnsafeRawPointer(bitPattern: address).map { Unmanaged<Object>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func buffer(at address: UInt, count: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: UnsafePointer<UInt8>(bitPattern: address), count: count)
    }
}
