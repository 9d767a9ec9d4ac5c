/// Why the state could not be read or written: what kind of trouble it is, in the words of the store that met it.
public struct StateStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What there is to decide about.
    public enum Kind: Hashable, Sendable {
        /// Another daemon holds the state.
        case inUse
        /// There is no state, and none is begun.
        case missing
        /// It can't be reached, or may not be written.
        case cannotOpen
        /// It was written by a newer version of the program.
        case tooNew
        /// It is damaged, or something else lies in its place.
        case damaged
        /// There was a state, and now there is none.
        case lost
        /// There is no room left where it lies.
        case full
        /// A write has been under way for long; it may still succeed.
        case slow
        /// What was asked for is there and can't be read.
        case unreadable
        /// Anything else.
        case failed
    }

    /// What kind of trouble it is.
    public let kind: Kind
    /// One line for a person: what failed, where, and what to do.
    public let description: String

    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// A write that has been under way for `time`.
    public static func slow(_ time: Duration) -> StateStoreError {
        StateStoreError(.slow, "state: a write has been under way for \(time.inWords); is its disk slow, or gone?")
    }

    /// Whether a new state has to be begun in the old one's place.
    public var asksForNewState: Bool { kind == .damaged || kind == .lost }
}
