import Announcements
import Foundation
import GraphModel
import LuaRuntime

/// What a script wants announced, checked: all that is the same for every target.
struct AnnouncementSpec: Sendable {
    /// A body whose content is a template.
    struct Body: Sendable {
        var contentType: String
        var content: Template
    }

    /// The longest name of an announcement, in characters.
    static let maximumNameLength = 128

    var name: String
    /// nil where the script gives a topic for each target.
    var topic: Template?
    /// nil where the script gives a body for each target.
    var body: Body?
    /// JSON arrays, as they stand in every post; empty if there are none.
    var participants: [UInt8]
    var attachments: [UInt8]
    /// In which parts it goes out, and when.
    var waves: Waves

    init(_ value: JSONValue, files: ScriptFiles) async throws(HostError) {
        name = value["name"]?.string ?? ""
        guard !name.isEmpty, name.count <= Self.maximumNameLength,
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw Self.fault(
                "'name' must have 1 to \(Self.maximumNameLength) characters, none of them a control character"
            )
        }
        topic = try value["topic"]?.string.map { text throws(HostError) in try Self.template(text, .none, "topic") }
        body = try value["body"].map { body throws(HostError) in try Self.body(body) }
        participants = try Self.participants(value["participants"])
        waves = try Waves(value)
        attachments = try await Self.attachments(value["attachments"], files: files)
    }

    /// Reads what `html`, `text` or a script's own function gives.
    static func body(_ value: JSONValue) throws(HostError) -> Body {
        if let content = value.string {
            return Body(contentType: "text", content: try template(content, .none, "body"))
        }
        guard let content = value["content"]?.string, let contentType = value["contentType"]?.string?.lowercased(),
            contentType == "html" || contentType == "text"
        else { throw fault("'body' must be html \"…\" or text \"…\"") }
        return Body(
            contentType: contentType,
            content: try template(content, contentType == "html" ? .html : .none, "body")
        )
    }

    private static func template(
        _ source: String,
        _ escaping: Template.Escaping,
        _ field: String
    ) throws(HostError) -> Template {
        do throws(Template.Fault) {
            return try Template(source, escaping: escaping)
        } catch {
            throw HostError(code: "badTemplate", message: "announce: '\(field)': \(error.message)")
        }
    }

    private static func participants(_ value: JSONValue?) throws(HostError) -> [UInt8] {
        guard let elements = value?.elements, !elements.isEmpty else {
            if let value, value.elements == nil { throw fault("'participants' must be a list of addresses") }
            return []
        }
        var writer = JSONWriter()
        var problem: HostError?
        writer.array { writer in
            for (index, element) in elements.enumerated() {
                let person = element["emailAddress"] ?? element
                let address = element.string ?? person["address"]?.string ?? ""
                if let reason = EmailAddress.fault(in: address) {
                    problem = problem ?? fault("participant \(index + 1), '\(address)': \(reason)")
                }
                writer.object { writer in
                    writer.name("emailAddress")
                    writer.object { writer in
                        if let name = person["name"]?.string { writer.member("name", name) }
                        writer.member("address", address)
                    }
                }
            }
        }
        if let problem { throw problem }
        return writer.bytes
    }

    private static func attachments(_ value: JSONValue?, files: ScriptFiles) async throws(HostError) -> [UInt8] {
        guard let elements = value?.elements, !elements.isEmpty else { return [] }
        var pieces: [[UInt8]] = []
        for element in elements {
            guard let path = element.string else {
                pieces.append(JSONWriter.bytes { $0.value(element) })
                continue
            }
            let bytes = try await files.read(path)
            guard bytes.count <= Attachment.maximumSize else {
                throw fault(
                    "attachment '\(path)' has \(bytes.count) bytes; Graph takes \(Attachment.maximumSize) at most"
                )
            }
            pieces.append(
                JSONWriter.bytes(capacity: bytes.count * 4 / 3 + 256) { writer in
                    writer.object { writer in
                        writer.member("@odata.type", "#microsoft.graph.fileAttachment")
                        writer.member("name", path.split(separator: "/").last.map(String.init) ?? path)
                        writer.member("contentBytes", Data(bytes).base64EncodedString())
                    }
                }
            )
        }
        return JSONWriter.bytes { writer in
            writer.array { writer in
                for piece in pieces { writer.raw(piece) }
            }
        }
    }

    static func fault(_ message: String) -> HostError {
        HostError(code: "badArgument", message: "announce: \(message)")
    }
}
