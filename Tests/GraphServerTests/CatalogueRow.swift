import GraphModel
import Testing

@testable import GraphServer

/// One row of the reference's catalogue of endpoints: who may, and what is answered.
struct CatalogueRow: Sendable, CustomTestStringConvertible {
    /// The operation as the reference names it.
    let name: String
    let method: GraphRequest.Method
    /// Below the version; what stands in braces is put in by ``CatalogueWorld``.
    let path: String
    let query: String
    /// Column D: one of these is needed by a signed-in user; nobody may if it is empty.
    let users: Set<Permission>
    /// Column A: one of these is needed by a program; no program may if it is empty.
    let programs: Set<Permission>
    /// One of these is enough for who asks for themselves.
    let own: Set<Permission>
    let body: String
    let headers: GraphHeaders
    let status: Int

    init(
        _ name: String,
        _ method: GraphRequest.Method,
        _ path: String,
        users: Set<Permission> = [],
        programs: Set<Permission> = [],
        own: Set<Permission> = [],
        body: String = "",
        headers: GraphHeaders = [:],
        _ status: Int
    ) {
        self.name = name
        self.method = method
        let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
        self.path = parts[0]
        query = parts.count == 2 ? parts[1] : ""
        self.users = users
        self.programs = programs
        self.own = own
        self.body = body
        self.headers = headers
        self.status = status
    }

    var testDescription: String { "\(name): \(method.rawValue) \(path)" }

    /// Whether nobody may, because there is no such operation.
    var isAbsent: Bool { users.isEmpty && programs.isEmpty }
}

extension Set<Permission> {
    static let conversationReads: Self = [.groupConversationRead, .groupConversationWrite, .groupRead, .groupWrite]
    static let conversationWrites: Self = [.groupConversationWrite, .groupWrite]
    static let groupReads: Self = [
        .groupBasicRead, .memberRead, .groupRead, .groupWrite, .directoryRead, .directoryWrite,
    ]
    static let memberReads: Self = [.memberRead, .groupRead, .groupWrite, .directoryRead]
}
