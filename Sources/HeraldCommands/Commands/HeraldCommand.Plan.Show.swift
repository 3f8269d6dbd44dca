import Announcements
import ArgumentParser
import Files
import Foundation
import GraphModel
import ScriptHost

extension HeraldCommand.Plan {
    /// `herald plan show`.
    struct Show: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show what is in a plan, or what one group gets.",
            discussion: """
                Examples:

                  herald plan show last
                  herald plan show last --target 'Wellness'
                  herald plan show last --target 29981b6a-0e57-42dc-94c9-cd24f5306196 --html post.html
                """
        )

        @Argument(help: "The plan: its name, the beginning of it, 'last', or a file made with -o.")
        var plan: String
        @Option(
            help: ArgumentHelp(
                "Show what this group gets, given by its id or its name, or a part of that, or what an effect does, given by "
                    + "its number.",
                valueName: "group"
            )
        )
        var target: String?
        @Option(
            help: ArgumentHelp(
                "Write what the group gets to a file, as a page for a browser, which only its owner may read.",
                valueName: "file"
            ),
            completion: .file(extensions: ["html"])
        )
        var html: String?
        @Option(help: ArgumentHelp("Show only the first so many.", valueName: "number"))
        var top: Int?
        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        func validate() throws {
            if html != nil, target == nil {
                throw ValidationError("--html writes what one group gets; say which: --target.")
            }
            if let top, top < 1 { throw ValidationError("--top takes a number from 1, not \(top).") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            let plan = try await ledger.onlyPlan(plan, in: herald, by: source.choice)
            guard let target else { return try await showAll(plan, ledger, herald) }
            let items = try await ledger.items(of: plan, for: target)
            guard !items.isEmpty else {
                throw Failure(
                    .failed,
                    "The plan \(plan.id) sends nothing to '\(target)': \(source.choice.hint("plan show \(plan.id)")) lists all."
                )
            }
            if let html {
                let page = items.map { PlannedPost($0).page }.joined()
                do { try PrivateFile.replace(herald.path(html), with: Data(page.utf8)) } catch {
                    throw Failure(.failed, "\(html): the file cannot be written: \(error)")
                }
                return .done
            }
            if json {
                var lines = items.map { PlanLines.line($0) }
                lines = [
                    Array("{\"value\":[".utf8) + Array(lines.joined(separator: [UInt8(ascii: ",")]))
                        + Array("]}\n".utf8)
                ]
                try herald.output.write(lines[0])
                return .done
            }
            for (index, item) in items.enumerated() {
                if index > 0 { try herald.output.line() }
                try show(PlannedPost(item), herald.output)
            }
            return .done
        }

        private func show(_ post: PlannedPost, _ sink: ByteSink) throws {
            let item = post.item
            var fields = FieldList()
            fields.add("announcement", item.announcement)
            if item.announcement == nil { fields.add("effect", String(item.ordinal)) }
            fields.add("to", item.targetName)
            fields.add("group", item.target?.text)
            fields.add("members", item.members.map(\.grouped))
            fields.add("decision", item.decision.rawValue)
            fields.add("why", item.message)
            if item.announcement == nil || !item.path.hasSuffix("/conversations") {
                fields.add("request", "\(item.method.rawValue) \(PercentEncoding.decode(item.path))")
            }
            fields.add("topic", post.topic)
            fields.add("participants", post.participants.joined(separator: ", "))
            fields.add("attachments", post.attachments.joined(separator: ", "))
            try fields.write(to: sink)
            try sink.line()
            for line in post.lines(width: sink.isTerminal ? min(sink.columns, 100) : nil) {
                try sink.line(sink.shown(line))
            }
        }

        private func showAll(
            _ plan: PlanRecord,
            _ ledger: Ledger,
            _ herald: HeraldEnvironment
        ) async throws -> ExitStatus {
            let report = try await PlanReport(plan, ledger: ledger)
            if json { return try await writeJSON(plan, report, ledger, herald) }
            var fields = FieldList()
            fields.add("plan", plan.id)
            fields.add("script", ([plan.script] + plan.arguments).joined(separator: " "))
            fields.add("operator", plan.operatorName)
            fields.add(plan.backend.hasPrefix("http") ? "backend" : "store", plan.backend)
            fields.add("made", GraphDate(microseconds: plan.createdAt).text)
            fields.add("applied by", plan.appliedBy)
            try fields.write(to: herald.output)
            for line in report.summary + plan.notes.map({ "note: " + $0 }) {
                try herald.output.line(herald.output.shown(line))
            }
            var table = TextTable([
                .number("#"), .whole("DECISION"), .text("TO", minimum: 16), .number("MEMBERS"),
                .text("WHAT", minimum: 20),
            ])
            var last: Int64 = 0
            var left = top ?? .max
            while left > 0 {
                let page = try await ledger.planItems(plan.id, after: last, limit: min(left, 1000))
                guard let end = page.last?.ordinal else { break }
                last = end
                left -= page.count
                for item in page {
                    let post = PlannedPost(item)
                    let what = item.message.map { "\(post.headline): \($0)" } ?? post.headline
                    table.add([
                        String(item.ordinal), item.decision.rawValue, post.target, item.members.map(\.grouped) ?? "",
                        what,
                    ])
                }
            }
            if last > 0 {
                try herald.output.line()
                try table.write(to: herald.output)
            }
            return .done
        }

        private func writeJSON(
            _ plan: PlanRecord,
            _ report: PlanReport,
            _ ledger: Ledger,
            _ herald: HeraldEnvironment
        ) async throws -> ExitStatus {
            var writer = JSONWriter()
            var items: [[UInt8]] = []
            var last: Int64 = 0
            while items.count < top ?? .max {
                let page = try await ledger.planItems(
                    plan.id,
                    after: last,
                    limit: min((top ?? .max) - items.count, 1000)
                )
                guard let end = page.last?.ordinal else { break }
                last = end
                items += page.map { PlanLines.line($0) }
            }
            writer.object { writer in
                report.write(&writer)
                writer.name("items")
                writer.array { writer in for item in items { writer.raw(item) } }
            }
            try herald.output.write(writer.bytes + [UInt8(ascii: "\n")])
            return .done
        }
    }

    /// `herald plan list`.
    struct List: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the plans, newest first.",
            discussion: """
                Example:

                  herald plan list --top 5
                """
        )

        @Option(help: ArgumentHelp("Show only the newest so many.", valueName: "number"))
        var top = 20
        @Flag(help: "Write one JSON document.")
        var json = false
        @OptionGroup var source: ReaderOptions

        func validate() throws {
            if top < 1 { throw ValidationError("--top takes a number from 1, not \(top).") }
        }

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            let ledger = try source.ledger(in: herald)
            var reports: [PlanReport] = []
            for plan in try await ledger.plans(limit: top) {
                reports.append(try await PlanReport(plan, ledger: ledger))
            }
            if json {
                var writer = JSONWriter()
                writer.object { writer in
                    writer.name("value")
                    writer.array { writer in for report in reports { writer.raw(report.json) } }
                }
                try herald.output.write(writer.bytes + [UInt8(ascii: "\n")])
                return .done
            }
            guard !reports.isEmpty else {
                try herald.error.line("There are no plans yet.")
                return .done
            }
            var table = TextTable([
                .whole("PLAN"), .whole("APPLIED BY"), .text("SCRIPT", minimum: 12), .text("WHAT IS IN IT", minimum: 20),
            ])
            for report in reports {
                table.add([
                    report.plan.id, report.plan.appliedBy ?? "", report.plan.script,
                    report.summary.joined(separator: "; "),
                ])
            }
            try table.write(to: herald.output)
            return .done
        }
    }
}

extension Ledger {
    /// The one plan that a person means: by its name, by its beginning, or the file in which it is.
    ///
    /// - Throws: ``Failure`` if there is none, or more than one.
    func onlyPlan(
        _ name: String,
        in herald: HeraldEnvironment,
        by choice: LedgerChoice = LedgerChoice()
    ) async throws -> PlanRecord {
        let found = try await plans(named: name)
        if let exact = found.first(where: { $0.id == name }) { return exact }
        let path = herald.path(name)
        guard let first = found.first else {
            guard FileManager.default.fileExists(atPath: path) else {
                throw Failure(
                    .failed,
                    "There is no plan '\(name)', and no such file. `\(choice.hint("plan list"))` lists them."
                )
            }
            return try await PlanFile.read(path, named: name, into: self)
        }
        guard found.count == 1 else {
            throw Failure(
                .failed,
                "'\(name)' may be any of \(found.count) plans, \(first.id) among them; give more of its name."
            )
        }
        return first
    }

    /// What a plan does for a group, given by its id, its name or a part of that which no other has, or by the number of an
    /// effect.
    func items(of plan: PlanRecord, for target: String) async throws -> [PlanItem] {
        if let group = GroupID(target) { return try await planItems(plan.id, .target(group)) }
        if let ordinal = Int64(target), ordinal > 0 {
            return try await planItems(plan.id, after: ordinal - 1, limit: 1).filter { $0.ordinal == ordinal }
        }
        let wanted = target.lowercased()
        var items: [PlanItem] = []
        var similar: [PlanItem] = []
        var names: Set<String> = []
        var last: Int64 = 0
        while true {
            let page = try await planItems(plan.id, after: last)
            guard let end = page.last?.ordinal else { break }
            last = end
            for item in page {
                guard let name = item.targetName else { continue }
                names.insert(name)
                if name.lowercased() == wanted {
                    items.append(item)
                } else if name.lowercased().contains(wanted), similar.count < 1000 {
                    similar.append(item)
                }
            }
        }
        if items.isEmpty {
            let found = Set(similar.compactMap(\.targetName))
            if Set(similar.map(\.target)).count == 1 { return similar }
            var near = found.sorted()
            if near.isEmpty, let name = NearestName.of(target, among: names.sorted()) { near = [name] }
            guard near.isEmpty else {
                let shown = near.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
                let more = near.count > 5 ? " or one of \((near.count - 5).grouped) more" : ""
                throw Failure(.failed, "No group in the plan is called '\(target)'. Do you mean \(shown)\(more)?")
            }
        }
        let groups = Set(items.map(\.target))
        guard groups.count < 2 else {
            throw Failure(
                .failed,
                "\(groups.count) groups are called '\(target)'; give the id: "
                    + groups.compactMap { $0?.text }.sorted().joined(separator: ", ")
            )
        }
        return items
    }
}
