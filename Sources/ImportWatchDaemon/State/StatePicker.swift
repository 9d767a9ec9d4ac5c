import ImportWatch
import SQLiteStore
import WatchConfiguration

extension Configuration.State {
    /// The place that the configuration names: where daemon and tool come by their store.
    public nonisolated var place: any StatePlace {
        switch store {
        case .sqlite(let path): SQLitePlace(path: path)
        }
    }
}
