import Announcements
import GraphModel

/// A report as one HTML file, to be handed on: it needs no other file, no server and no network.
///
/// Head, counts, waves and plots stand in the page as they are. The targets and the posts stand in one JSON block, from
/// which a few lines of JavaScript make the rows that somebody looks at: so a page with 100,000 targets opens as one with
/// a hundred does. Nothing that comes from data is read as markup, and no script runs but the page's own: its policy
/// names that one by its hash, and posts are shown in a frame that may do nothing.
struct HTMLReport {
    private let content: ReportContent

    init(_ content: ReportContent) {
        self.content = content
    }

    func write(to sink: ByteSink) async throws {
        try sink.write(head)
        try await writeData(to: sink)
        try sink.write("<script>\(HTMLReportPage.script)</script>\n</body>\n</html>\n")
    }

    // MARK: The page

    private var run: RunRecord { content.report.run }

    private var head: String {
        let state = run.shownState(isAtWork: content.isAtWork)
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="\(HTMLReportPage.policy)">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="generator" content="Herald">
            <title>\(Self.text(run.script)): run \(Self.text(run.id))</title>
            <style>\(HTMLReportPage.style)</style>
            </head>
            <body>
            <header>
            <h1>\(Self.text(run.script))</h1>
            <p><span class="state \(Self.text(run.state.rawValue))">\(Self.text(state))</span>
            run <code>\(Self.text(run.id))</code></p>
            </header>
            <main>
            \(overview)
            \(announcements)
            \(waves)
            \(pace)
            \(HTMLReportPage.targets)
            </main>
            <footer><p>Made by Herald on \(Self.time(content.madeAt)). Times are in UTC.</p></footer>
            \(HTMLReportPage.dialog)

            """
    }

    private var overview: String {
        var fields: [(String, String)] = []
        if run.kind != .run { fields.append(("Kind", run.kind.rawValue + (run.origin.map { " of \($0)" } ?? ""))) }
        if !run.arguments.isEmpty { fields.append(("Arguments", run.arguments.joined(separator: " "))) }
        fields.append(("Script (SHA-256)", run.scriptHash))
        fields.append(("Run by", run.operatorName))
        fields.append(("Backend", run.backend))
        if !run.grants.isEmpty { fields.append(("Granted", run.grants)) }
        fields.append(("Began", Self.time(run.startedAt)))
        if let endedAt = run.endedAt, let span = run.span {
            fields.append(("Ended", "\(Self.time(endedAt)), after \(Duration.microseconds(span).spoken)"))
        }
        let later = content.runs.filter { $0 != run.id }
        if !later.isEmpty { fields.append(("Gone on with in", later.joined(separator: ", "))) }
        if let message = run.message { fields.append(("Message", message)) }
        let list = fields.map { "<dt>\(Self.text($0.0))</dt><dd>\(Self.text($0.1))</dd>" }.joined(separator: "\n")
        let cards = Self.cards.compactMap { card in
            let count = card.states.reduce(0) { $0 + (content.counts[$1] ?? 0) }
            guard count > 0 || card.isAlways else { return nil as String? }
            return """
                <button type="button" class="card \(card.name)" data-state="\(card.name)"><b>\(count.grouped)</b> \(card.label)\
                </button>
                """
        }
        return """
            <section>
            <div class="cards">
            \(cards.joined(separator: "\n"))
            </div>
            <dl>
            \(list)
            </dl>
            </section>
            """
    }

    /// How the states are counted: as people see them.
    private static let cards: [(name: String, label: String, states: [EffectState], isAlways: Bool)] = [
        ("sent", "sent", [.sent], true), ("failed", "failed", [.failed], true),
        ("ambiguous", "unproven", [.ambiguous], false), ("unsent", "not sent yet", [.planned, .sending], false),
        ("skipped", "skipped", [.skipped], false), ("undone", "taken back", [.undone], false),
    ]

    private var announcements: String {
        guard !content.report.tallies.isEmpty else { return "" }
        let rows = content.report.tallies.map { tally in
            let name = tally.name.isEmpty ? "single writes" : tally.name
            let line = RunReport.line(tally, of: run.kind)
            let result = line.hasPrefix(name + ": ") ? String(line.dropFirst(name.count + 2)) : line
            return """
                <tr><th scope="row">\(Self.text(name))</th><td class="n" data-label="Targets">\(tally.targets.grouped)</td>\
                <td data-label="What the run did">\(Self.text(result))</td></tr>
                """
        }
        return """
            <section>
            <h2>Announcements</h2>
            <table class="small">
            <thead><tr><th scope="col">Name</th><th scope="col" class="n">Targets</th><th scope="col">What the run did</th>\
            </tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            </section>
            """
    }

    private var waves: String {
        guard !content.courses.isEmpty else { return "" }
        let isMany = content.courses.count > 1
        let rows = content.courses.flatMap { course in
            course.waves.map { wave in
                let end = wave.span.map { Duration.microseconds($0).spoken } ?? "not ended"
                let name = isMany ? "\(course.announcement) \(wave.number)" : String(wave.number)
                let run = course.run == self.run.id ? "" : "<small>\(Self.text(course.run))</small>"
                return """
                    <tr><th scope="row">\(Self.text(name))\(run)</th><td class="n" data-label="Targets">\(wave.targets.grouped)</td>\
                    <td class="n" data-label="Sent">\(wave.sent.grouped)</td>\
                    <td class="n" data-label="Already">\(wave.already.grouped)</td>\
                    <td class="n" data-label="Failed">\(wave.failed.grouped)</td>\
                    <td class="n" data-label="Unproven">\(wave.ambiguous.grouped)</td>\
                    <td data-label="Began">\(Self.time(wave.startedAt))</td><td data-label="Took">\(Self.text(end))</td>\
                    <td data-label="Then">\(Self.text(wave.verdict.map { "held: \($0)" } ?? ""))</td></tr>
                    """
            }
        }
        return """
            <section>
            <h2>Waves</h2>
            <table class="small">
            <thead><tr><th scope="col">Wave</th><th scope="col" class="n">Targets</th><th scope="col" class="n">Sent</th>\
            <th scope="col" class="n">Already</th><th scope="col" class="n">Failed</th><th scope="col" class="n">Unproven</th>\
            <th scope="col">Began</th><th scope="col">Took</th><th scope="col">Then</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            </section>
            """
    }

    private var pace: String {
        guard let plot = RatePlot(content.settled) else { return "" }
        let span = Duration.microseconds(plot.to - plot.from)
        // What somebody waited for is not what was sent in it.
        let mean = Double(content.settled.count) / max(0.001, (span - plot.waiting) / .seconds(1))
        let rate = mean >= 10 ? Int(mean.rounded()).grouped : String((mean * 10).rounded() / 10)
        var text =
            "\(content.settled.count.grouped) answers in \(span.spoken), \(rate) a second on average\(plot.pauses.isEmpty ? "" : " without the pauses")."
        if plot.pauses.isEmpty {
            text += " There was no pause."
        } else {
            let longest = plot.pauses.map { $0.to - $0.from }.max() ?? 0
            text += " No answer came for \(plot.waiting.spoken) in \(plot.pauses.count.grouped) "
            text += plot.pauses.count == 1 ? "pause (shaded)." : "pauses (shaded), "
            if plot.pauses.count > 1 { text += "\(Duration.microseconds(longest).spoken) in the longest." }
        }
        if let longest = content.answerTimes.last {
            let middle = Duration.microseconds(content.answerTimes[content.answerTimes.count / 2])
            text += " From the attempt to the answer it took \(middle.spoken) in the middle, "
            text += "\(Duration.microseconds(longest).spoken) at the longest."
        }
        return """
            <section>
            <h2>Rate and waiting</h2>
            \(plot.svg)
            <p>\(Self.text(text))</p>
            </section>
            """
    }

    // MARK: The data

    /// Writes the targets and the posts: strings that rows name by their places, posts, and rows, as they come.
    private func writeData(to sink: ByteSink) async throws {
        try sink.write("<script type=\"application/json\" id=\"data\">[\(run.startedAt / 1000)")
        var data = HTMLReportData(from: run.startedAt)
        var pictures: [[UInt8]: [String: String]] = [:]
        try await content.forEachPage(bodies: true) { page in
            for target in page {
                guard target.body.contains("cid:".utf8) else {
                    data.add(target)
                    continue
                }
                let hash = target.shared?.hash ?? []
                // What is shared is read once, however many posts share it.
                if pictures[hash] == nil || hash.isEmpty { pictures[hash] = try await self.pictures(of: target) }
                data.add(target, showing: pictures[hash] ?? [:])
            }
            try sink.write(data.take())
        }
        data.finish()
        try sink.write(data.take())
        try sink.write("]</script>\n")
    }

    /// The pictures that a post shows, as addresses that hold them, by their ids.
    private func pictures(of target: TargetRecord) async throws -> [String: String] {
        let body = try await content.ledger.wholeBody(of: target)
        let found = (try? JSONValue(body))?.firstPost?.pictures ?? []
        return Dictionary(found.map { ($0.id, $0.address) }) { first, _ in first }
    }

    // MARK: Text

    /// Text as it stands in markup, and in attributes that are in double quotes.
    static func text(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    private static func time(_ time: Int64) -> String {
        String(GraphDate(microseconds: time).text.prefix(19).replacing("T", with: " "))
    }
}
