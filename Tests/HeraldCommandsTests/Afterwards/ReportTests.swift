import Foundation
import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

@Suite struct ReportTests {
    /// What would run, or break out of where it stands, if anything of it were taken for markup.
    private static let hostile = #"</script><script>alert(1)</script><!--<img src=x onerror="alert('2')">&amp;"#

    private func html(_ stage: AfterwardsStage, _ run: String) async throws -> String {
        let ending = await stage.run("report", run, "-o", "report.html")
        #expect(ending.status == .done, "\(ending.error)")
        return try String(contentsOfFile: stage.world.folder + "/report.html", encoding: .utf8)
    }

    /// The JSON block of a page.
    private func data(_ page: String) throws -> [JSONValue] {
        let start = try #require(page.range(of: #"<script type="application/json" id="data">"#)?.upperBound)
        let end = try #require(page.range(of: "</script>", range: start..<page.endIndex)?.lowerBound)
        return try #require(try JSONValue(Array(page[start..<end].utf8)).elements)
    }

    private func rows(_ data: [JSONValue]) -> [[JSONValue]] { data.compactMap(\.elements).filter { !$0.isEmpty } }

    private func posts(_ data: [JSONValue]) -> [JSONValue] { data.filter { $0["text"] != nil } }

    @Test func `as CSV and as JSON there is a row for each target, with state, code, ids and times`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        let run = try await stage.announce()
        let csv = await stage.run("report", run, "--csv").output
        let table = try CSVTable(Array(csv.utf8), name: "report")
        #expect(table.rows.count == 4)
        let state = try #require(table.column("state"))
        #expect(table.rows.map { $0[state] } == ["sent", "sent", "sent", "failed"])
        for name in ["conversation", "thread", "post", "settledAt"] {
            let column = try #require(table.column(name))
            #expect(!table.rows[0][column].isEmpty)
        }
        let json = try await stage.run("report", run, "--json").json
        #expect(json["targets"]?.elements?.count == 4)
        #expect(json["report"]?["run"]?.string == run)
        #expect(json["waves"]?.elements?.count == 1)
        #expect(json["targets"]?.elements?.last?["code"]?.string == "Request_ResourceNotFound")
    }

    @Test func `the pictures that posts show are in the page, once`() async throws {
        let stage = try await AfterwardsStage()
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]
        try Data(png).write(to: URL(filePath: stage.world.folder).appending(path: "logo.png"))
        try stage.write("t", "<img src='cid:logo.png'>Hello {{displayName}}")
        let run = try await stage.announce()
        #expect(await stage.run("report", run, "-o", "r.html").status == .done)
        let page = try String(contentsOfFile: stage.world.folder + "/r.html", encoding: .utf8)
        let address = "data:image/png;base64,\(Data(png).base64EncodedString())"
        #expect(page.ranges(of: address).count == 1)
        let data = try data(page)
        let strings = data.compactMap(\.string)
        let shown = posts(data).map { $0["pictures"]?["logo.png"]?.double.map { strings[Int($0)] } }
        #expect(shown == [address, address, address, address])
        let attributes = try FileManager.default.attributesOfItem(atPath: stage.world.folder + "/r.html")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `the ending of the file says how it is written, and without one it has to be said`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        #expect(await stage.run("report", run).status == .usage)
        #expect(await stage.run("report", run, "-o", "report.txt").status == .usage)
        #expect(await stage.run("report", run, "--csv", "--json").status == .usage)
        #expect(await stage.run("report", run, "-o", "report.csv").status == .done)
        #expect(try String(contentsOfFile: stage.world.folder + "/report.csv", encoding: .utf8).hasPrefix("group,"))
        let lost = await stage.run("report", run, "-o", "missing/report.csv")
        #expect(lost.status == .failed)
        #expect(lost.error.contains("missing/report.csv"))
        #expect(!FileManager.default.fileExists(atPath: stage.world.folder + "/report.csv.part"))
    }

    @Test func `the page is whole, and needs nothing that is not in it`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        let run = try await stage.announce()
        let page = try await html(stage, run)
        #expect(page.hasPrefix("<!doctype html>\n<html lang=\"en\">"))
        #expect(page.hasSuffix("</body>\n</html>\n"))
        for part in [
            "<meta charset=\"utf-8\">", "<meta name=\"viewport\"",
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "prefers-color-scheme: dark", "@media print", "@media (max-width", "<svg ", "Adele Vance", run,
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(page.firstMatch(of: #/(src|href)\s*=\s*["']?(https?:)?\/\//#) == nil)
        #expect(page.firstMatch(of: #/<link|@import|url\(/#) == nil)
        try expectBalanced(page)
    }

    /// Sees to it that every element that is opened is closed, in its order.
    private func expectBalanced(_ page: String) throws {
        let void: Set<Substring> = ["meta", "input", "img", "br", "hr"]
        var open: [Substring] = []
        var rest = page[...]
        while let match = rest.firstMatch(of: #/<(/?)([a-z0-9]+)([^<>]*)>/#) {
            let (name, isEnd, isEmpty) = (match.2, !match.1.isEmpty, match.3.hasSuffix("/"))
            rest = rest[match.range.upperBound...]
            if isEnd {
                #expect(open.last == name, "</\(name)> closes \(open.last ?? "nothing")")
                if open.last == name { open.removeLast() }
            } else if !isEmpty, !void.contains(name) {
                open.append(name)
                if name == "script" || name == "style", let end = rest.range(of: "</\(name)>") {
                    rest = rest[end.lowerBound...]
                }
            }
        }
        #expect(open.isEmpty, "\(open)")
    }

    @Test func `only its own script may run, which its policy names by its hash`() async throws {
        let stage = try await AfterwardsStage()
        let page = try await html(stage, try await stage.announce())
        let policy = try #require(page.firstMatch(of: #/Content-Security-Policy" content="([^"]*)"/#)?.1)
        #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
        #expect(!policy.contains("script-src 'unsafe-inline'"))
        let start = try #require(page.range(of: "<script>")?.upperBound)
        let end = try #require(page.range(of: "</script>", range: start..<page.endIndex)?.lowerBound)
        let hash = Data(SHA256.hash(Array(page[start..<end].utf8))).base64EncodedString()
        #expect(policy.contains("'sha256-\(hash)'"))
        #expect(page.contains("<iframe id=\"frame\" sandbox=\"\""))
        #expect(!page[start..<end].contains("innerHTML"))
    }

    @Test func `what comes from data is never markup`() async throws {
        let stage = try await AfterwardsStage(groups: 1, of: 2)
        try stage.world.write(
            """
            local rows = csv.read "groups.csv"
            announce { name = args[1], to = rows, topic = args[1], body = function() return html(args[1]) end }
            """,
            to: "hostile<b>.lua"
        )
        let ending = await stage.run("run", "--json", "hostile<b>.lua", Self.hostile)
        let page = try await html(stage, try #require(try ending.json["run"]?.string))
        #expect(!page.contains("alert(1)</script>"))
        #expect(!page.contains("<img"))
        #expect(!page.contains("<b>.lua"))
        #expect(page.components(separatedBy: "<script").count == 3)
        #expect(page.components(separatedBy: "</script>").count == 3)
        try expectBalanced(page)
        let data = try data(page)
        #expect(posts(data).first?["text"]?.string == Self.hostile)
        #expect(data.contains(.string(Self.hostile)))
    }

    @Test func `a post that many have is there once, and personal ones are told by what differs`() async throws {
        let stage = try await AfterwardsStage()
        let same = String(repeating: "Rest and recharge. ", count: 20)
        try stage.write("t", same)
        let first = try data(try await html(stage, try await stage.announce()))
        #expect(rows(first).count == 4)
        #expect(posts(first).count == 1)
        #expect(rows(first).allSatisfy { $0[7] == .integer(0) })

        try stage.write("t", "\(same){{displayName}} 🎉 \(same)", name: "u", to: "b.lua")
        let second = posts(try data(try await html(stage, try await stage.announce("b.lua"))))
        #expect(second.count == 4)
        #expect(second[0]["text"]?.string == "\(same)Team 0 🎉 \(same)")
        let base = Array((second[0]["text"]?.string ?? "").utf16)
        for (number, post) in second.enumerated().dropFirst() {
            let (begin, end) = (Int(post["begin"]?.double ?? -1), Int(post["end"]?.double ?? -1))
            let whole =
                String(decoding: base[..<begin], as: UTF16.self) + (post["text"]?.string ?? "")
                + String(decoding: base[(base.count - end)...], as: UTF16.self)
            #expect(whole == "\(same)Team \(number) 🎉 \(same)")
            #expect((post["text"]?.string?.count ?? 99) < 4)
        }
    }

    @Test func `characters of two units are not taken apart`() {
        // The two differ in the second unit of a pair, and in the first.
        let shared = HTMLReportData.shared(Array("a🎉b".utf16), Array("a🎊b".utf16))
        #expect(shared == (1, 1))
        #expect(HTMLReportData.shared(Array("aa".utf16), Array("aaa".utf16)) == (2, 0))
        #expect(HTMLReportData.shared([], Array("a".utf16)) == (0, 0))
    }

    @Test func `the plot shows how many a second, and the pauses that stand out`() throws {
        var times = (0..<100).map { Int64($0) * 10_000 }
        times += (0..<100).map { 61_000_000 + Int64($0) * 10_000 }
        let plot = try #require(RatePlot(times))
        #expect(plot.buckets.reduce(0, +) == 200)
        #expect(plot.pauses == [.init(from: 990_000, to: 61_000_000)])
        #expect(plot.svg.contains("class=\"pause\""))
        try expectBalanced(plot.svg)
        // Slow all the way is no pause.
        #expect(try #require(RatePlot((0..<50).map { Int64($0) * 3_000_000 })).pauses.isEmpty)
        #expect(RatePlot([5, 5, 5]) == nil)
        #expect(RatePlot([]) == nil)
    }

    @Test func `the rate leaves out the pauses`() async throws {
        let stage = try await AfterwardsStage()
        let run = try await stage.announce()
        // Two answers, an hour, and two more: a second in which something was under way.
        try StoreContent(path: stage.world.folder + "/state/ledger.sqlite").change(
            (0..<4).map { number in
                let at = [0, 500_000, 3_600_500_000, 3_601_000_000][number]
                return "UPDATE effect SET settledAt = \(1_767_400_000_000_000 + at) WHERE target = '"
                    + "\(AfterwardsStage.groups[number])'"
            }.joined(separator: ";")
        )
        #expect(await stage.run("report", run, "--output", "r.html").status == .done)
        let page = try String(contentsOfFile: stage.world.folder + "/r.html", encoding: .utf8)
        #expect(
            page.contains("4 answers in 1 h, 4.0 a second on average without the pauses."),
            "\(page.prefix(9000))"
        )
    }

    @Test func `what was sent again, and what was taken back, stands as it is now`() async throws {
        let stage = try await AfterwardsStage(groups: 3, of: 4)
        let run = try await stage.announce()
        try await stage.add(groups: 4)
        #expect(await stage.run("retry", run, "--failed").status == .done)
        #expect(rows(try data(try await html(stage, run))).map { $0[3] } == Array(repeating: .string("sent"), count: 4))
        #expect(await stage.run("undo", run, "--yes").status == .done)
        let page = try await html(stage, run)
        #expect(rows(try data(page)).map { $0[3] } == Array(repeating: .string("undone"), count: 4))
        #expect(page.contains("<b>4</b> taken back"))
    }
}
