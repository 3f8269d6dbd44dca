import Foundation
import GraphModel

/// Where a page begins: behind the item with these sort values and this id; on the wire `$skiptoken`, base64url.
struct PageToken: Sendable, Equatable {
    /// One for each sort key, the most important first.
    var values: [Filter.Value]
    var id: String

    init(values: [Filter.Value], id: String) {
        self.values = values
        self.id = id
    }

    /// The place of an item in a collection with one sort key that is a number.
    init(key: Int64, id: String) {
        self.init(values: [.integer(key)], id: id)
    }

    /// Reads a token; nil if it cannot be one that this service gave.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength, !text.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let data = Data(base64Encoded: base64), let parts = try? JSONValue(Array(data)).elements,
            let id = parts.last?.string, ItemID.isWellFormed(id), parts.count <= SortOrder.maximumKeys + 1
        else { return nil }
        self.init(values: [], id: id)
        for part in parts.dropLast() {
            switch part {
            case .string(let text): values.append(.text(text))
            case .integer(let integer): values.append(.integer(integer))
            default: return nil
            }
        }
        // One way of writing it, the one that is given out.
        guard self.text == text else { return nil }
    }

    var text: String {
        let bytes = JSONWriter.bytes(capacity: 64) { writer in
            writer.array { writer in
                for value in values {
                    switch value {
                    case .text(let text): writer.string(text)
                    case .integer(let integer): writer.value(.integer(integer))
                    }
                }
                writer.string(id)
            }
        }
        return Base64.encode(bytes, isForURL: true)
    }

    // A topic or a name is sorted by as a whole, and topics have 255 characters, each up to six bytes in JSON.
    private static let maximumLength = 32_768
}
