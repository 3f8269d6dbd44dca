/// Finds what a misspelt name was meant to be.
package enum NearestName {
    /// The candidate that fewest changes lead to, letter case apart; nil if none is near.
    ///
    /// It is the measure that the modules use when a script runs: at most two letters may differ, and not all of them.
    package static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(name.lowercased().utf8)
        guard letters.count <= 40 else { return nil }
        var best = 3
        var nearest: String?
        for candidate in candidates {
            guard abs(candidate.utf8.count - letters.count) < best else { continue }
            let other = Array(candidate.lowercased().utf8)
            let distance = distance(letters, other)
            if distance < best, distance < min(other.count, letters.count), candidate != name {
                best = distance
                nearest = candidate
            }
        }
        return nearest
    }

    /// The hint that asks after the nearest candidate.
    static func hint(_ name: String, among candidates: some Sequence<String>) -> String? {
        of(name, among: candidates).map { "did you mean '\($0)'?" }
    }

    /// How many letters must be changed, added or taken away (Levenshtein).
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        for (i, left) in a.enumerated() {
            var current = [i + 1]
            for (j, right) in b.enumerated() {
                current.append(min(previous[j + 1] + 1, current[j] + 1, previous[j] + (left == right ? 0 : 1)))
            }
            previous = current
        }
        return previous[b.count]
    }
}
