import ImportWatch

extension StandardRetry.Failure {
    /// What a service's error means for another attempt; the code beats the status.
    init(_ error: ServiceError) {
        switch ErrorClass(error) {
        case .throttling: self = .throttling
        case .transient: self = [500, 502, 504].contains(error.status) || error.code != nil ? .transient : .permanent
        case .credentials, .clockSkew, .other: self = .permanent
        }
    }

    /// What an exchange without an answer means for another attempt.
    init(_ error: TransportError) {
        switch error {
        case .badAddress, .bodyTooLarge, .headersTooLarge, .tooMuchAtOnce, .tls: self = .permanent
        case .unresolvedHost, .connectionFailed, .connectTimeout, .timeout, .connectionLost, .proxy, .other:
            self = .transient
        }
    }
}
