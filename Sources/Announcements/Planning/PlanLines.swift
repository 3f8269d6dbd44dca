import GraphModel

/// A plan as lines of JSON: what its hash covers, and what its file holds.
package enum PlanLines {
    /// The version of the lines.
    static let format = 1

    /// The first line.
    package static func line(_ plan: PlanRecord) -> [UInt8] {
        JSONWriter.bytes(capacity: 512) { writer in
            writer.object { writer in
                writer.name("plan")
                writer.object { writer in
                    writer.member("format", format)
                    writer.member("id", plan.id)
                    writer.member("script", plan.script)
                    writer.member("scriptHash", plan.scriptHash)
                    writer.name("arguments")
                    writer.array { writer in for argument in plan.arguments { writer.string(argument) } }
                    writer.member("backend", plan.backend)
                    writer.member("operator", plan.operatorName)
                    writer.name("notes")
                    writer.array { writer in for note in plan.notes { writer.string(note) } }
                    writer.member("createdAt", plan.createdAt)
                }
            }
        }
    }

    /// The line of an announcement; they follow the first line, in the order of their names.
    package static func line(_ announcement: PlanAnnouncement) -> [UInt8] {
        JSONWriter.bytes(capacity: 256) { writer in
            writer.object { writer in
                writer.name("announcement")
                writer.object { writer in
                    writer.member("name", announcement.name)
                    writer.member("settings", announcement.settings)
                    writer.member("targets", announcement.targets)
                    writer.member("skipped", announcement.skipped)
                    writer.member("excluded", announcement.excluded)
                    writer.member("duplicates", announcement.duplicates)
                }
            }
        }
    }

    /// The line of an item; they follow the announcements, in their order.
    package static func line(_ item: PlanItem) -> [UInt8] {
        JSONWriter.bytes(capacity: item.body.count + 512) { writer in
            writer.object { writer in
                writer.name("item")
                writer.object { writer in write(item, &writer) }
            }
        }
    }

    private static func write(_ item: PlanItem, _ writer: inout JSONWriter) {
        writer.member("ordinal", item.ordinal)
        if let announcement = item.announcement { writer.member("announcement", announcement) }
        if let target = item.target { writer.member("target", target.text) }
        if let name = item.targetName { writer.member("targetName", name) }
        if let members = item.members { writer.member("members", members) }
        writer.member("key", item.key.description)
        writer.member("decision", item.decision.rawValue)
        if let code = item.code { writer.member("code", code) }
        if let message = item.message { writer.member("message", message) }
        writer.member("method", item.method.rawValue)
        writer.member("path", item.path)
        if let content = item.content { writer.member("content", content.hexadecimal) }
        if let headers = text(item.headers) { writer.member("headers", headers) }
        writer.member("body", String(decoding: item.body, as: UTF8.self))
        if let shared = item.shared {
            writer.member("sharedHash", shared.hash.hexadecimal)
            writer.member("sharedAt", shared.offset)
        }
    }

    /// The line of what the bodies of items have in common; it comes before the first of them, and no hash covers it but
    /// its own.
    package static func line(_ shared: SharedPart) -> [UInt8] {
        JSONWriter.bytes(capacity: shared.bytes.count + 128) { writer in
            writer.object { writer in
                writer.name("content")
                writer.object { writer in
                    writer.member("hash", shared.hash.hexadecimal)
                    writer.member("bytes", String(decoding: shared.bytes, as: UTF8.self))
                }
            }
        }
    }

    /// The last line.
    package static func line(hash: [UInt8]) -> [UInt8] {
        JSONWriter.bytes { writer in writer.object { $0.member("hash", hash.hexadecimal) } }
    }

    // MARK: Reading

    /// What a line says.
    package enum Line: Sendable, Equatable {
        case plan(PlanRecord)
        case announcement(PlanAnnouncement)
        /// An item; its shared part stands for itself by its hash alone.
        case item(PlanItem, sharedHash: String?, sharedAt: Int)
        case content(hash: String, bytes: [UInt8])
        case hash(String)
    }

    /// Reads a line.
    ///
    /// - Throws: ``PlanFault`` if it is none of a plan.
    package static func read(_ line: some Collection<UInt8>) throws -> Line {
        guard let value = try? JSONValue(line) else { throw PlanFault("It holds a line that is no JSON.") }
        if let hash = value["hash"]?.string { return .hash(hash) }
        if let plan = value["plan"] { return .plan(try record(plan)) }
        if let announcement = value["announcement"] {
            var read = PlanAnnouncement(
                name: try text(announcement, "name"),
                settings: try text(announcement, "settings")
            )
            read.targets = try number(announcement, "targets")
            read.skipped = try number(announcement, "skipped")
            read.excluded = try number(announcement, "excluded")
            read.duplicates = try number(announcement, "duplicates")
            return .announcement(read)
        }
        if let content = value["content"] {
            return .content(hash: try text(content, "hash"), bytes: Array(try text(content, "bytes").utf8))
        }
        guard let item = value["item"] else { throw PlanFault("It holds a line that is none of a plan.") }
        return .item(
            try self.item(item),
            sharedHash: item["sharedHash"]?.string,
            sharedAt: item["sharedAt"]?.double.map { Int($0) } ?? 0
        )
    }

    private static func record(_ value: JSONValue) throws -> PlanRecord {
        guard try number(value, "format") == format else {
            throw PlanFault("It was written by another version of Herald.")
        }
        return PlanRecord(
            id: try text(value, "id"),
            script: try text(value, "script"),
            scriptHash: try text(value, "scriptHash"),
            arguments: value["arguments"]?.elements?.compactMap(\.string) ?? [],
            backend: try text(value, "backend"),
            operatorName: try text(value, "operator"),
            notes: value["notes"]?.elements?.compactMap(\.string) ?? [],
            createdAt: Int64(try number(value, "createdAt"))
        )
    }

    private static func item(_ value: JSONValue) throws -> PlanItem {
        guard let key = IdempotencyKey(description: try text(value, "key")),
            let decision = PlanItem.Decision(rawValue: try text(value, "decision")),
            let method = GraphRequest.Method(rawValue: try text(value, "method"))
        else { throw PlanFault("It holds an item that cannot be understood.") }
        var item = PlanItem(
            ordinal: Int64(try number(value, "ordinal")),
            key: key,
            decision: decision,
            method: method,
            path: try text(value, "path"),
            headers: headers(value["headers"]?.string),
            body: Array(try text(value, "body").utf8)
        )
        item.announcement = value["announcement"]?.string
        item.target = value["target"]?.string.flatMap { GroupID($0) }
        item.targetName = value["targetName"]?.string
        item.members = value["members"]?.double.map { Int($0) }
        item.code = value["code"]?.string
        item.message = value["message"]?.string
        item.content = value["content"]?.string.flatMap(bytes)
        return item
    }

    /// The bytes that a text in hexadecimal stands for.
    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func text(_ value: JSONValue, _ name: String) throws -> String {
        guard let text = value[name]?.string else { throw PlanFault("It holds a line without '\(name)'.") }
        return text
    }

    private static func number(_ value: JSONValue, _ name: String) throws -> Int {
        guard case .integer(let number)? = value[name] else { throw PlanFault("It holds a line without '\(name)'.") }
        return Int(number)
    }

    // MARK: Headers

    /// Headers as a JSON object; nil if there are none.
    static func text(_ headers: GraphHeaders) -> String? {
        guard !headers.fields.isEmpty else { return nil }
        let bytes = JSONWriter.bytes { writer in
            writer.object { writer in
                for (name, value) in headers.fields {
                    writer.name(name)
                    writer.string(value)
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads what ``text(_:)`` wrote.
    static func headers(_ text: String?) -> GraphHeaders {
        var headers: GraphHeaders = [:]
        guard let text else { return headers }
        try? JSONReader.read(text.utf8) { reader in
            try reader.object { reader, name in headers[name.string] = try reader.string() }
        }
        return headers
    }
}
