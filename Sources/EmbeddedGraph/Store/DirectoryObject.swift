import GraphModel
import Storage

/// Somebody or something of the directory that a reference may point to.
struct DirectoryObject: Equatable {
    enum Kind: String {
        case user, group

        /// What answers call the type.
        var type: String { "#microsoft.graph.\(rawValue)" }
        /// The collection in which links have it.
        var collection: String { rawValue + "s" }
    }

    var kind: Kind
    var id: String
    var displayName: String
    var mail: String?

    /// What may be selected of any kind.
    static let properties: Set<String> = ["id", "displayName", "mail"]

    /// The object that a link names by its end: `users/{id or principal name}`, `groups/{id}` or
    /// `directoryObjects/{id}`, on any host (reference, section 5.8).
    ///
    /// - Throws: ``GraphError`` if that is no such link, or there is nothing of that name.
    static func find(link: String, _ connection: Connection) throws -> DirectoryObject {
        // A link within a query is encoded once or twice, by client (reference, section 11.3).
        let link = link.contains("/") ? link : PercentEncoding.decode(link)
        let parts = Router.split(link)
        let collection = parts.dropLast().last?.lowercased() ?? ""
        guard parts.count >= 2, let key = parts.last, ["users", "groups", "directoryobjects"].contains(collection)
        else {
            throw GraphError(
                400,
                .directoryBadRequest,
                "'\(link.prefix(120))' is no link to a user or a group, which ends with users/ID, groups/ID or "
                    + "directoryObjects/ID.",
                target: "/@odata.id"
            )
        }
        let found: DirectoryObject? =
            switch collection {
            case "users": try user(key, connection)
            case "groups": try group(key, connection)
            default: try find(key, connection)
            }
        guard let found else { throw GroupOperations.unknown(key) }
        return found
    }

    /// The user or group with an id, or the user with a principal name; nil if there is none.
    static func find(_ key: String, _ connection: Connection) throws -> DirectoryObject? {
        try user(key, connection) ?? group(key, connection)
    }

    private static func user(_ key: String, _ connection: Connection) throws -> DirectoryObject? {
        try UserTable(connection).find(key).map {
            DirectoryObject(kind: .user, id: $0.id, displayName: $0.displayName, mail: $0.address)
        }
    }

    private static func group(_ key: String, _ connection: Connection) throws -> DirectoryObject? {
        guard let id = GroupID(key) else { return nil }
        let find = try connection.prepare(#"SELECT displayName, mail FROM "group" WHERE id = $1"#)
        find.bind(id.text, 1)
        guard try find.step() else { return nil }
        defer { find.reset() }
        return DirectoryObject(kind: .group, id: id.text, displayName: find.text(0) ?? "", mail: find.text(1))
    }

    func write(_ selection: Selection, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("@odata.type", kind.type)
            writer.member("id", id)
            if selection.wants("displayName") { writer.member("displayName", displayName) }
            if selection.wants("mail") { writer.member("mail", mail) }
        }
    }
}
