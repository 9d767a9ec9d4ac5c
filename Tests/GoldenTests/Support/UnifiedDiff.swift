/// What differs between two texts, as `diff -u` would show it.
enum UnifiedDiff {
    private static let context = 3

    /// The lines that are only in `old` with `-`, those only in `new` with `+`, and three lines around them.
    static func text(_ old: String, _ new: String) -> String {
        let (old, new) = (lines(old), lines(new))
        var (removed, inserted): (Set<Int>, Set<Int>) = ([], [])
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var merged: [(mark: Character, line: Substring)] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if removed.contains(left) {
                merged.append(("-", old[left]))
                left += 1
            } else if inserted.contains(right) {
                merged.append(("+", new[right]))
                right += 1
            } else {
                merged.append((" ", old[left]))
                (left, right) = (left + 1, right + 1)
            }
        }
        return shown(merged).joined(separator: "\n")
    }

    private static func shown(_ merged: [(mark: Character, line: Substring)]) -> [String] {
        var shown: [String] = []
        var isGap = true
        for index in merged.indices {
            let around = merged[max(0, index - context)...min(merged.count - 1, index + context)]
            if around.contains(where: { $0.mark != " " }) {
                if isGap { shown.append("@@ line \(index + 1) @@") }
                shown.append("\(merged[index].mark)\(merged[index].line)")
                isGap = false
            } else {
                isGap = true
            }
        }
        return shown
    }

    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }
}
