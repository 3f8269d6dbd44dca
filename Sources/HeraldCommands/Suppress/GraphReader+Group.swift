import GraphModel

extension GraphReader {
    /// A group as people name it: by its id, its name, its address or its nickname.
    ///
    /// - Returns: Its id and its name, which is empty if the id is of no group that can be seen.
    /// - Throws: ``Failure`` if no group has the name, or more than one has it; what ``list(_:query:top:)`` throws.
    func group(named text: String) async throws -> (id: GroupID, displayName: String) {
        if let id = GroupID(text) {
            do {
                let found = try await item(GraphPath("/groups").appending(id.text), query: "$select=id,displayName")
                return (id, found.value["displayName"]?.string ?? "")
            } catch let error as GraphError where error.status == 404 {
                return (id, "")
            }
        }
        let quoted = "'" + text.replacing("'", with: "''") + "'"
        let filter = ["displayName", "mail", "mailNickname"].map { "\($0) eq \(quoted)" }.joined(separator: " or ")
        let query = "$filter=\(PercentEncoding.encode(filter))&$select=id,displayName"
        let found = try await list("/groups", query: query, top: 5).items.compactMap { item in
            item.value["id"]?.string.flatMap { GroupID($0) }.map { ($0, item.value["displayName"]?.string ?? "") }
        }
        guard let first = found.first else {
            throw Failure(.failed, "There is no group '\(text)'. `herald groups list` shows those that there are.")
        }
        guard found.count == 1 else {
            let ids = found.map { "\($0.0) (\($0.1))" }.joined(separator: ", ")
            throw Failure(.failed, "'\(text)' may be any of several groups: \(ids). Give its id.")
        }
        return first
    }
}
