import Foundation
import GraphModel
import LuaRuntime

/// Something that a script attaches to the posts of an announcement.
struct AttachedFile: Sendable {
    private enum Content: Sendable {
        /// A file: its media type, and its bytes in base64.
        case file(contentType: String, base64: String)
        /// What the script made itself, as JSON, and the id under which a body may show it.
        case made([UInt8], contentID: String?)
    }

    /// The name under which it arrives.
    let name: String
    private let content: Content

    /// Takes up an element of `attachments`: a path, what `file` gives, or an attachment as Graph has it.
    init(_ element: JSONValue, files: ScriptFiles) async throws(HostError) {
        if let path = element.string ?? element["file"]?.string {
            self = try await AttachedFile(path, named: element["name"]?.string, files: files)
            return
        }
        guard case .object = element, let name = element["name"]?.string else {
            throw AnnouncementSpec.fault("'attachments' is a list of files, as in { file \"poster.png\" }")
        }
        if let content = element["contentBytes"]?.string {
            guard let bytes = Base64.decode(content) else {
                throw AnnouncementSpec.fault("attachment '\(name)': its contentBytes are no base64")
            }
            try Self.check(bytes.count, name)
        }
        self.name = name
        self.content = .made(JSONWriter.bytes { $0.value(element) }, contentID: element["contentId"]?.string)
    }

    /// Reads a file beside the script.
    init(_ path: String, named name: String? = nil, files: ScriptFiles) async throws(HostError) {
        let bytes = try await files.read(path)
        try Self.check(bytes.count, path)
        self.name = name ?? path.split(separator: "/").last.map(String.init) ?? path
        content = .file(
            contentType: FileType.contentType(of: bytes, named: self.name),
            base64: Data(bytes).base64EncodedString()
        )
    }

    /// What is wrong with the size of a file, in bytes; nil if it may be attached.
    static func sizeFault(_ size: Int, _ name: String) -> String? {
        if size == 0 { return "attachment '\(name)' is empty" }
        guard size > Attachment.maximumSize else { return nil }
        return "attachment '\(name)' has \(size) bytes; Graph takes \(Attachment.maximumSize) at most"
    }

    private static func check(_ size: Int, _ name: String) throws(HostError) {
        if let fault = sizeFault(size, name) { throw AnnouncementSpec.fault(fault) }
    }

    /// Whether a body that shows the picture with this id means this file.
    func answers(to contentID: String) -> Bool {
        switch content {
        case .file: name == contentID
        case .made(_, let own): own == contentID
        }
    }

    /// Writes it as an element of a post's `attachments`.
    ///
    /// - Parameters:
    ///   - writer: Where it is written.
    ///   - contentID: The id under which the body shows it; nil if it does not.
    func write(to writer: inout JSONWriter, shownAs contentID: String?) {
        switch content {
        case .made(let json, _): writer.raw(json)
        case .file(let contentType, let base64):
            writer.object { writer in
                writer.member("@odata.type", "#microsoft.graph.fileAttachment")
                writer.member("name", name)
                writer.member("contentType", contentType)
                if let contentID {
                    writer.member("isInline", true)
                    writer.member("contentId", contentID)
                }
                writer.member("contentBytes", base64)
            }
        }
    }
}
