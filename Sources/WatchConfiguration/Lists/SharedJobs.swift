/// A job that two sources of one Region list: both would tell of it under one event ID, and perhaps not the same.
public struct SharedJob: Hashable, Sendable {
    /// The job's ID.
    public var id: String
    /// The source that lists it first.
    public var first: String
    /// The source that lists it again.
    public var second: String
    /// How many jobs the two share.
    public var count: Int

    /// What is wrong, and what to do.
    public var problem: String {
        let others = count > 1 ? ", as are \(count - 1) more" : ""
        return "job \(id.quotedID) is listed by the sources \(first) and \(second) of one Region\(others); "
            + "a job belongs to one account: list it once"
    }

    /// The first such job of each pair of sources.
    ///
    /// - Parameter sources: Names and IDs of the sources of one Region.
    public static func among(_ sources: [(name: String, ids: [String])]) -> [SharedJob] {
        guard sources.count > 1 else { return [] }
        var owners: [String: Int] = [:]
        var found: [SharedJob] = []
        for (index, source) in sources.enumerated() {
            for id in source.ids {
                guard let owner = owners[id] else {
                    owners[id] = index
                    continue
                }
                let first = sources[owner].name
                if let known = found.firstIndex(where: { $0.first == first && $0.second == source.name }) {
                    found[known].count += 1
                } else {
                    found.append(SharedJob(id: id, first: first, second: source.name, count: 1))
                }
            }
        }
        return found
    }
}
