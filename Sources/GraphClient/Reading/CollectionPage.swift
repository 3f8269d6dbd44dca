import Foundation
import GraphModel

/// A page of a collection as a service gives it.
struct CollectionPage: Sendable {
    var items: [JSONValue] = []
    var context: String?
    var count: Int64?
    var nextLink: String?

    /// Reads an answer; nil if it is no page.
    init?(_ response: GraphResponse) {
        guard response.isSuccess, let value = try? JSONValue(response.body), let items = value["value"]?.elements else {
            return nil
        }
        self.items = items
        context = value["@odata.context"]?.string
        if case .integer(let count)? = value["@odata.count"] { self.count = count }
        nextLink = value["@odata.nextLink"]?.string
    }

    /// A page of what is already here.
    init(items: [JSONValue], context: String?, count: Int64? = nil) {
        self.items = items
        self.context = context
        self.count = count
    }

    /// The page as an answer, with what stood in the header of another.
    func response(like other: GraphResponse) -> GraphResponse {
        var response = GraphResponse(
            json: JSONWriter.bytes(capacity: 512 * (items.count + 1)) { writer in
                writer.object { writer in
                    if let context { writer.member("@odata.context", context) }
                    if let count {
                        writer.name("@odata.count")
                        writer.integer(count)
                    }
                    if let nextLink { writer.member("@odata.nextLink", nextLink) }
                    writer.name("value")
                    writer.array { writer in
                        for item in items { writer.value(item) }
                    }
                }
            }
        )
        for name in ["request-id", "client-request-id", "Preference-Applied", ServerMode.header] {
            response.headers[name] = other.headers[name]
        }
        return response
    }
}

/// Where a page begins that was made here: behind so many items, the last of which had this id; on the wire
/// `$skiptoken`.
struct ReadingToken: Equatable {
    var offset: Int
    var lastID: String

    init(offset: Int, lastID: String) {
        self.offset = offset
        self.lastID = lastID
    }

    // No token of a service's looks like this: none has a dot after a word.
    private static let prefix = "herald."

    /// Reads a token; nil if it was not made here.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let offset = Int(parts[0]), offset >= 0 else { return nil }
        let encoded = parts[1].replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - encoded.utf8.count % 4) % 4)
        guard let id = Data(base64Encoded: encoded + padding) else { return nil }
        self.init(offset: offset, lastID: String(decoding: id, as: UTF8.self))
    }

    var text: String {
        let id = Data(lastID.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        return Self.prefix + "\(offset)." + id.replacing("=", with: "")
    }
}
