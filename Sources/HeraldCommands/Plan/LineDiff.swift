/// How two texts differ, line by line.
enum LineDiff {
    /// The lines that are in one text only, in their order: those of the old one with "- " before them, those of the new
    /// one with "+ ".
    static func lines(from old: [String], to new: [String]) -> [String] {
        var removed: [Int: String] = [:]
        var inserted: [Int: String] = [:]
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, let line, _): removed[offset] = line
            case .insert(let offset, let line, _): inserted[offset] = line
            }
        }
        var lines: [String] = []
        var (a, b) = (0, 0)
        while a < old.count || b < new.count {
            if let line = removed[a] {
                lines.append("- " + line)
                a += 1
            } else if let line = inserted[b] {
                lines.append("+ " + line)
                b += 1
            } else {
                a += 1
                b += 1
            }
        }
        return lines
    }
}
