import Foundation
import GraphModel
import Storage

/// What other programs have put on a post, for reading.
struct PostData {
    private let context: OperationContext
    private let post: String

    init(_ context: OperationContext, ofPost post: String) {
        self.context = context
        self.post = post
    }

    /// Writes the extended properties that an expansion asks for by their ids.
    func writeProperties(_ expansion: Expansion, isMultiple: Bool, _ writer: inout JSONWriter) throws {
        let wanted = try Self.ids(in: expansion, isRequired: true).map { ExtendedPropertyID($0) }
        let table = isMultiple ? "multipleProperty" : "extendedProperty"
        let list = try context.connection.prepare("SELECT id, value FROM \(table) WHERE postID = $1 ORDER BY id")
        list.bind(post, 1)
        try writer.array { writer in
            while try list.step() {
                guard let id = list.text(0), wanted.contains(ExtendedPropertyID(id)) else { continue }
                writer.object { writer in
                    writer.member("id", id)
                    if isMultiple {
                        writer.name("value")
                        writer.raw((list.text(1) ?? "[]").utf8)
                    } else {
                        writer.member("value", list.text(1))
                    }
                }
            }
        }
    }

    /// Writes the extensions, or those that an expansion names.
    func writeExtensions(_ expansion: Expansion, _ writer: inout JSONWriter) throws {
        let wanted = Set(try Self.ids(in: expansion, isRequired: false).map { OpenExtension.key($0) })
        let isAll = expansion.options.filter == nil
        let found = try ExtensionTable(context.connection).all(ofPost: post)
        writer.array { writer in
            for value in found where isAll || wanted.contains(OpenExtension.key(value.name)) {
                writer.object { Self.write(value, &$0) }
            }
        }
    }

    /// Writes the members of an extension.
    static func write(_ value: OpenExtension, _ writer: inout JSONWriter) {
        writer.member("@odata.type", "#microsoft.graph.openTypeExtension")
        writer.member("id", value.id)
        writer.member("extensionName", value.name)
        for (name, data) in value.values.sorted(by: { $0.key < $1.key }) {
            writer.name(name)
            writer.value(data)
        }
    }

    /// The ids that `$filter=id eq '…'` names, or several of these with `or` between: Graph gives no others.
    private static func ids(in expansion: Expansion, isRequired: Bool) throws(GraphError) -> [String] {
        guard let filter = expansion.options.filter else {
            guard isRequired else { return [] }
            throw Expansion.refusal("\(expansion.name) needs ($filter=id eq '…') behind it")
        }
        let expression = try FilterParser.parse(filter)
        var parts = [expression]
        if case .or(let several) = expression { parts = several }
        var ids: [String] = []
        for part in parts {
            guard case .compare(let operand, .eq, .text(let id)) = part, operand.path.text.lowercased() == "id" else {
                throw Expansion.refusal("\(expansion.name) are filtered by id eq '…' alone")
            }
            ids.append(id)
        }
        return ids
    }
}

/// The id of an extended property: type, GUID and tag are compared without regard to letter case, names with it.
private struct ExtendedPropertyID: Equatable {
    private let folded: String

    init(_ text: String) {
        let name = text.range(of: " Name ", options: .caseInsensitive)
        folded = name.map { text[..<$0.upperBound].lowercased() + text[$0.upperBound...] } ?? text.lowercased()
    }
}
