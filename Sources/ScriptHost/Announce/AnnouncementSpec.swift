import Announcements
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
    /// Its topic and its body.
    var texts: AnnouncementTexts
    /// A JSON array, as it stands in every post; empty if there are none.
    var participants: [UInt8]
    /// What the script attaches to every post.
    var attachments: [AttachedFile]
    /// What becomes of a group that has a post of the announcement with other content.
    var onChange: ChangeRule
    /// In which parts it goes out, and when.
    var waves: Waves
    /// The hash of all that the script said of it.
    let hash: [UInt8]

    init(_ value: JSONValue, files: ScriptFiles) async throws(HostError) {
        name = value["name"]?.string ?? ""
        guard !name.isEmpty, name.count <= Self.maximumNameLength,
            !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw Self.fault(
                "'name' must have 1 to \(Self.maximumNameLength) characters, none of them a control character"
            )
        }
        hash = SHA256.hash(JSONWriter.bytes { $0.value(value) })
        texts = try AnnouncementTexts(value)
        participants = try Self.participants(value["participants"])
        waves = try Waves(value)
        onChange = try Self.onChange(value["onChange"])
        attachments = try await Self.attachments(value["attachments"], files: files)
    }

    /// Reads what `html`, `text` or a script's own function gives.
    static func body(_ value: JSONValue) throws(HostError) -> Body {
        if let content = value.string {
            return Body(contentType: "text", content: try template(content, .none, "body"))
        }
        guard let content = value["content"]?.string, let contentType = value["contentType"]?.string?.lowercased(),
            contentType == "html" || contentType == "text"
        else { throw fault("'body' must be html \"…\", markdown \"…\" or text \"…\"") }
        return Body(
            contentType: contentType,
            content: try template(content, contentType == "html" ? .html : .none, "body")
        )
    }

    static func template(
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

    private static func attachments(
        _ value: JSONValue?,
        files: ScriptFiles
    ) async throws(HostError) -> [AttachedFile] {
        guard let elements = value?.elements, !elements.isEmpty else {
            if let value, value.elements == nil { throw fault("'attachments' must be a list of files") }
            return []
        }
        var attached: [AttachedFile] = []
        for element in elements { attached.append(try await AttachedFile(element, files: files)) }
        return attached
    }

    private static func onChange(_ value: JSONValue?) throws(HostError) -> ChangeRule {
        guard let value, value != .null else { return .report }
        guard let name = value.string, let rule = ChangeRule(rawValue: name), rule != .report else {
            throw fault("'onChange' is \"skip\", \"reply\" or \"new\"")
        }
        return rule
    }

    static func fault(_ message: String) -> HostError {
        HostError(code: "badArgument", message: "announce: \(message)")
    }
}
