package import GraphModel

/// Somebody who may sign in: a user of the store.
package struct Person: Sendable, Equatable {
    package var id: String
    package var displayName: String
    package var address: String
}

/// The people of a store, asked for as its operator.
package struct People: Sendable {
    private let service: any GraphService
    private let caller: Caller

    /// - Parameters:
    ///   - service: The store.
    ///   - caller: Its operator.
    package init(_ service: any GraphService, as caller: Caller) {
        self.service = service
        self.caller = caller
    }

    /// The user with an id or an address; nil if there is none.
    ///
    /// - Throws: ``NoAnswer`` if the store cannot be asked, ``GraphError`` if it refuses.
    package func find(_ key: String) async throws -> Person? {
        let response = try await service.respond(
            to: GraphRequest(.get, "/users/" + PercentEncoding.encode(key), caller: caller)
        )
        if response.status == 404 { return nil }
        if let error = response.error { throw error }
        return Self.person(try JSONValue(response.body))
    }

    /// The first users, for a person to choose from.
    ///
    /// - Throws: ``NoAnswer`` if the store cannot be asked, ``GraphError`` if it refuses.
    func first(_ count: Int) async throws -> [Person] {
        let response = try await service.respond(
            to: GraphRequest(.get, "/users", query: "$top=\(count)", caller: caller)
        )
        if let error = response.error { throw error }
        return try JSONValue(response.body)["value"]?.elements?.compactMap(Self.person) ?? []
    }

    private static func person(_ value: JSONValue) -> Person? {
        guard let id = value["id"]?.string, let address = value["userPrincipalName"]?.string else { return nil }
        return Person(id: id, displayName: value["displayName"]?.string ?? address, address: address)
    }
}
