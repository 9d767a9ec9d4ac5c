extension Configuration {
    /// Where the state is kept and for how long.
    public struct State: Hashable, Sendable {
        /// The kinds of store.
        public enum Store: Hashable, Sendable {
            /// A SQLite file.
            case sqlite(path: String)
        }

        /// Where it is kept.
        public var store: Store
        /// Where the control socket lies, unless systemd gives a directory for run-time files.
        public var controlPath: String
        /// How long finished jobs and deliveries are kept.
        public var keep: Duration
    }
}

/// Reads `[state]`.
enum StateDecoder {
    static func decode(_ top: inout SectionReader, _ paths: PathRules) -> Configuration.State {
        var section = top.table("state") ?? top.absent("state")
        let path = paths.state(FilePath.read("path", &section)?.value ?? section.usualText("path"))
        let keep = section.duration("keep")
        for feature in [NotSupportedYet.statePostgreSQL, .stateLease, .stateLeaseRenew] {
            guard let entry = section.take(feature.rawValue) else { continue }
            let key = section.qualified(feature.rawValue)
            feature.refuse(at: entry.keyPosition, key: key, section.collector)
        }
        section.finish()
        return Configuration.State(store: .sqlite(path: path), controlPath: path + ".control", keep: keep)
    }
}
