import Announcements
import GraphModel
import LuaRuntime

/// Renders an announcement's posts, one target after the other, and has them delivered when all are well.
actor AnnouncementComposer {
    /// How many refused targets the script is told of.
    static let failureLimit = 1000

    private let spec: AnnouncementSpec
    let draft: AnnouncementDraft
    private let context: ScriptContext
    private let shelf: AttachmentShelf
    /// Whether it is the first of its name in this process.
    private let isFirst: Bool
    private var row = 0

    /// How many rows of a table are looked up at once.
    private static let portion = 1000
    /// How many entries of `except` have been read.
    var exceptions = 0

    /// It runs where the draft does: they talk about each target several times.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe draft.unownedExecutor }

    private init(_ spec: AnnouncementSpec, draft: AnnouncementDraft, context: ScriptContext) {
        self.spec = spec
        self.draft = draft
        self.context = context
        isFirst = context.turns.isFirst(spec.name)
        shelf = AttachmentShelf(spec.attachments, files: context.files, beside: draft)
    }

    static func make(_ spec: AnnouncementSpec, context: ScriptContext) async throws(HostError) -> AnnouncementComposer {
        do {
            let draft =
                if let plan = context.plan {
                    await AnnouncementDraft(
                        name: spec.name,
                        plan: plan,
                        targets: context.targets,
                        now: context.now
                    )
                } else {
                    try await AnnouncementDraft(
                        name: spec.name,
                        lease: context.lease,
                        ledger: context.ledger,
                        targets: context.targets,
                        now: context.now
                    )
                }
            await draft.change(
                by: spec.onChange,
                finding: FirstThread(ledger: context.ledger, sender: context.sender, caller: context.caller)
            )
            await draft.exclude(context.suppressed)
            let composer = AnnouncementComposer(spec, draft: draft, context: context)
            // What is sent under the name comes from more than one origin now.
            if !composer.isFirst { _ = try await draft.begin(of: nil) }
            return composer
        } catch {
            throw ledgerFault(error)
        }
    }

    // MARK: Targets

    /// Adds a target for each row of a table, which needs a column of ids.
    func add(_ table: CSVTable) async throws(HostError) {
        guard let idColumn = table.column(caseInsensitive: "id") else {
            throw AnnouncementSpec.fault(
                "\(table.name) has no column 'id' to say which group a row means; its columns are "
                    + table.columns.joined(separator: ", ")
            )
        }
        var rest = table.rows[...]
        var sent = try await isOrigin(table) ? sent(to: rest.prefix(Self.portion), idColumn) : nil
        while !rest.isEmpty {
            let rows = rest.prefix(Self.portion)
            rest = rest.dropFirst(rows.count)
            let known = try await value(of: sent)
            // The next are looked up while these are taken into the list.
            if sent != nil { sent = self.sent(to: rest.prefix(Self.portion), idColumn) }
            for row in rows {
                if Task.isCancelled { throw Self.interrupted(spec.name) }
                let id = row[idColumn]
                if !known.isEmpty, let group = GroupID(padded: id), known.contains(group) {
                    if await draft.admit(group) { await draft.noteSent() }
                    continue
                }
                try await add(
                    id: id,
                    values: CSVRowValues(table: table, row: row),
                    place: { "\(table.name):\(row.line)" }
                )
            }
        }
    }

    /// Whether the run, going on, has sent what it did of this very table and these very texts.
    private func isOrigin(_ table: CSVTable) async throws(HostError) -> Bool {
        // A short list is rendered sooner than looked up.
        guard isFirst, table.rows.count >= Self.portion else { return false }
        do { return try await draft.begin(of: SHA256.hash(spec.hash + table.hash)) } catch {
            throw Self.ledgerFault(error)
        }
    }

    /// Looks up to which groups of some rows the run has sent its post.
    private func sent(to rows: Slice<CSVTable.Rows>, _ idColumn: Int) -> Task<Set<GroupID>, any Error> {
        Task.detached { [draft] in try await draft.sent(to: rows.compactMap { GroupID(padded: $0[idColumn]) }) }
    }

    private func value(of sent: Task<Set<GroupID>, any Error>?) async throws(HostError) -> Set<GroupID> {
        do { return try await sent?.value ?? [] } catch { throw Self.ledgerFault(error) }
    }

    /// Adds the targets that the script's part hands over: `{ group =, topic =, body =, skip = }` each.
    func add(_ entries: [JSONValue]) async throws(HostError) {
        for entry in entries {
            row += 1
            let group = entry["group"] ?? .null
            let id: String
            var members: [String: JSONValue] = [:]
            switch group {
            case .string(let text):
                id = text
                members = ["id": group]
            case .object(let object):
                members = object
                guard let text = object.first(where: { $0.key.lowercased() == "id" })?.value.string else {
                    await draft.fault("noID", "target \(row) has no 'id' that says which group is meant")
                    continue
                }
                id = text
            default:
                await draft.fault("noID", "target \(row) is neither a group's id nor a table with an 'id'")
                continue
            }
            if entry["skip"] == .boolean(true) {
                if let group = GroupID(id), await draft.admit(group) { await draft.skip(group) }
                continue
            }
            try await add(
                id: id,
                values: TemplateObject(members: members),
                place: { "target \(row)" },
                // A function has rendered it: what looks like a variable is text.
                topic: entry["topic"]?.string.map { Template(literal: $0) },
                body: try entry["body"].map { body throws(HostError) in try literalBody(body) }
            )
        }
    }

    private func literalBody(_ value: JSONValue) throws(HostError) -> AnnouncementSpec.Body {
        if let text = value.string { return .init(contentType: "text", content: Template(literal: text)) }
        guard let content = value["content"]?.string, let contentType = value["contentType"]?.string?.lowercased(),
            contentType == "html" || contentType == "text"
        else {
            throw AnnouncementSpec.fault("the body function must give html \"…\", markdown \"…\", text \"…\" or nil")
        }
        return .init(contentType: contentType, content: Template(literal: content))
    }

    private static func interrupted(_ name: String) -> HostError {
        HostError(code: "interrupted", message: "announce: '\(name)' was interrupted before anything was sent")
    }

    // MARK: One target

    private func add(
        id: String,
        values: some TemplateSource,
        place: () -> String,
        topic: Template? = nil,
        body: AnnouncementSpec.Body? = nil
    ) async throws(HostError) {
        guard let group = GroupID(padded: id) else {
            let shown = id.isEmpty ? "an empty id" : "'\(id.prefix(60))'"
            return await draft.fault(
                "badID/\(id)",
                "\(place()): \(shown) is no group id; a group id is a GUID, like 29981b6a-0e57-42dc-94c9-cd24f5306196"
            )
        }
        guard await draft.admit(group) else { return }
        var (topic, body) = (topic, body)
        if topic == nil || body == nil {
            switch spec.texts.languages.choice(for: values.language) {
            case .language(let language):
                topic = topic ?? spec.texts.topic(in: language)
                body = body ?? spec.texts.body(in: language)
            case .missing(let language):
                return await draft.fault(
                    "language/\(language)",
                    "\(place()), group \(group): \(spec.texts.languages.remedy(for: language))"
                )
            }
        }
        guard let topic, let body else {
            return await draft.fault(
                "noBody",
                "\(place()): the group \(group) has no \(topic == nil ? "topic" : "body")"
            )
        }
        do {
            let content = try body.content.render(values)
            let post = AnnouncementPost(
                topic: try topic.render(values),
                contentType: body.contentType,
                content: content,
                participants: spec.participants
            )
            switch await shelf.selection(showing: body.contentType == "html" ? ShownPictures.ids(in: content) : []) {
            case .none: try await add(post, attached: nil, to: group, named: values.groupName, place)
            case .attached(let part): try await add(post, attached: part, to: group, named: values.groupName, place)
            case .missing(let picture, let reason):
                await draft.fault(
                    "picture/\(picture)",
                    "\(place()), group \(group): the body shows 'cid:\(picture)', and there is no such picture: \(reason)"
                )
            }
        } catch let missing as Template.MissingVariable {
            await draft.fault(
                "missing/\(missing.name)",
                "\(place()), group \(group): the variable {{\(missing.name)}} is missing; give every target a value, or wrap it "
                    + "in {{#\(missing.name)}}…{{/\(missing.name)}}"
            )
        } catch {
            throw Self.ledgerFault(error)
        }
    }

    private func add(
        _ post: AnnouncementPost,
        attached: SharedPart?,
        to group: GroupID,
        named groupName: String?,
        _ place: () -> String
    ) async throws {
        if let problem = post.problem(attached: attached) {
            await draft.fault(problem.kind, "\(place()), group \(group): \(problem.message)")
        } else {
            var rendered = post.rendered(for: group, attached: attached)
            rendered.groupName = groupName
            rendered.computeHash()
            try await draft.add(rendered)
        }
    }

    // MARK: Delivery

    /// Sends the posts if there is no fault in any, and gives the script's result table.
    func deliver() async throws(HostError) -> [UInt8] {
        do {
            let (faults, unlisted) = try await draft.finish()
            if !faults.isEmpty { throw Self.refusal(spec.name, faults, unlisted) }
            try await confirm()
            if let plan = context.plan {
                guard await plan.admits(spec.waves, of: spec.name) else {
                    try await draft.discard()
                    throw AnnouncementSpec.fault(
                        "'\(spec.name)' is announced a second time with other waves, or at other times; a plan has one "
                            + "schedule for each name: give the second a name of its own"
                    )
                }
                let (tally, findings) = try await draft.recordPlan(spec.waves)
                return Self.result(tally, findings)
            }
            let delivery = Delivery(
                ledger: context.ledger,
                lease: context.lease,
                sender: context.sender,
                caller: context.caller,
                width: await width
            )
            let (name, waves, draft) = (spec.name, spec.waves, draft)
            let watcher = context.monitor.watch(name)
            let (tally, findings, halt) = try await context.turns.take(name) { part in
                try await draft.deliver(by: delivery, in: waves, part: part, watcher: watcher)
            }
            context.monitor.finished(tally, findings)
            if let halt { throw HostError(halt, of: name, tally) }
            return Self.result(tally, findings)
        } catch let error as HostError {
            throw error
        } catch {
            throw Self.ledgerFault(error)
        }
    }

    /// Asks whether the posts are to be sent.
    private func confirm() async throws {
        let (groups, preview) = await draft.summary
        guard preview.targets > 0 || preview.excluded > 0 else {
            throw AnnouncementSpec.fault("the list of targets of '\(spec.name)' is empty; nothing was sent")
        }
        var shown = RunMonitor.Preview(tally: preview, groups: groups)
        shown.replies = await draft.replies
        shown.refused = await draft.refused
        shown.oddities = await draft.oddities
        shown.waves = spec.waves
        let answer = await context.monitor.confirm(shown)
        guard case .refuse(let code, let reason) = answer else { return }
        try await draft.discard()
        throw HostError(code: code, message: "announce: '\(spec.name)': \(reason); nothing was sent")
    }

    /// How many posts are under way at once: fewer where each is large, so that memory does not grow with them.
    private var width: Int {
        get async { max(2, min(context.width, (32 << 20) / max(await shelf.largest, 1))) }
    }

    private static func refusal(_ name: String, _ faults: [AnnouncementDraft.Fault], _ unlisted: Int) -> HostError {
        let count = faults.reduce(unlisted) { $0 + $1.count }
        var lines = ["announce: '\(name)' has \(count) fault\(count == 1 ? "" : "s"); nothing was sent:"]
        for fault in faults {
            lines.append(
                "  " + fault.message + (fault.count > 1 ? " (and \(fault.count - 1) more with this fault)" : "")
            )
        }
        if unlisted > 0 { lines.append("  and \(unlisted) more faults") }
        return HostError(code: "announcementFaulty", message: lines.joined(separator: "\n"))
    }

    private static func ledgerFault(_ error: any Error) -> HostError {
        if let failure = error as? NoAnswer {
            return HostError(code: "unavailable", message: "announce: \(failure.message)", isRetryable: true)
        }
        return HostError(code: "ledgerUnavailable", message: "announce: \(error)")
    }

    private static func result(_ tally: AnnouncementTally, _ findings: [Finding]) -> [UInt8] {
        JSONWriter.bytes(capacity: 512) { writer in
            writer.object { writer in
                writer.member("name", tally.name)
                writer.member("targets", tally.targets)
                writer.member("planned", tally.planned)
                writer.member("sent", tally.sent)
                writer.member("already", tally.already)
                writer.member("changed", tally.changed)
                writer.member("failed", tally.failed)
                writer.member("ambiguous", tally.ambiguous)
                writer.member("skipped", tally.skipped)
                writer.member("excluded", tally.excluded)
                writer.member("duplicates", tally.duplicates)
                writer.name("seconds")
                writer.number(Double(tally.deliveryTime) / 1_000_000)
                writer.name("failures")
                writer.array { writer in
                    for finding in findings.lazy.filter({ $0.kind != .duplicate }).prefix(Self.failureLimit) {
                        writer.object { writer in
                            writer.member("group", finding.target)
                            writer.member("kind", finding.kind.rawValue)
                            if let code = finding.code { writer.member("code", code) }
                            writer.member("message", finding.message)
                        }
                    }
                }
            }
        }
    }
}

extension TemplateSource {
    /// The group's name, if the script's data has it.
    fileprivate var groupName: String? {
        guard case .text(let name)? = value(named: "displayName"), !name.isEmpty else { return nil }
        return name
    }
}

extension GroupID {
    /// Reads a GUID that may have white space around it.
    init?(padded text: String) {
        guard let id = GroupID(text) ?? GroupID(text.trimmed) else { return nil }
        self = id
    }
}
