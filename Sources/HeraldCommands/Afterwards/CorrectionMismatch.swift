/// Why a script corrects nothing of a run: none of its announcements goes by a name that the run has.
struct CorrectionMismatch: Error {
    /// What programs know it by.
    static let code = "noSuchAnnouncement"

    /// How many names are said.
    private static let named = 5

    var run: String
    /// The names of the run's announcements, and of those that the script rendered, in order.
    var announced: [String]
    var script: String
    var rendered: [String]

    /// The sentence, without a final stop.
    var reason: String {
        let words = rendered.isEmpty ? "renders no post" : "announces \(Self.list(rendered))"
        return announced.isEmpty
            ? "the run \(run) announced nothing, and \(script) \(words); nothing was sent"
            : "the run \(run) announced \(Self.list(announced)), and \(script) \(words): an announcement is corrected by "
                + "one of its name; nothing was sent"
    }

    /// `'a', 'b' and 'c'`.
    private static func list(_ names: [String]) -> String {
        var parts = names.prefix(named).map { "'\($0)'" }
        if names.count > named { parts.append("\((names.count - named).grouped) more") }
        guard parts.count > 1, let last = parts.popLast() else { return parts.joined() }
        return parts.joined(separator: ", ") + " and " + last
    }
}
