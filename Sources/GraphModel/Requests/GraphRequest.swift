/// One Graph call as a value: what a script, an HTTP client or an item of a batch asks for.
package struct GraphRequest: Sendable, Equatable {
    /// The HTTP methods that Graph uses.
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case put = "PUT"
        case delete = "DELETE"

        /// Whether a request with this method writes.
        package var isWrite: Bool { self != .get }
    }

    package var method: Method
    /// The path below the version, percent-encoded as on the wire, beginning with "/": `/groups/29981b6a-…/threads`.
    package var path: String
    /// The query as on the wire, without "?": `$top=20&$select=id,topic`; empty if there is none.
    package var query: String
    package var headers: GraphHeaders
    /// The JSON text of the body; empty if there is none.
    package var body: [UInt8]
    /// Who asks.
    ///
    /// Set by the door the request came through, never copied from what a client sent.
    package var caller: Caller
    /// Names the write so that it happens at most once; nil for reads and for writes that may be repeated.
    package var key: IdempotencyKey?
    /// How to recognise the request when a client sends it again without a key; nil if each is meant anew.
    package var repeatHint: RepeatHint?
    /// What links in the answer begin with: scheme, authority and version, without a final "/".
    package var serviceRoot: String

    /// The root of the links that the embedded store hands to scripts.
    package static let localServiceRoot = "http://localhost/v1.0"

    package init(
        _ method: Method,
        _ path: String,
        query: String = "",
        headers: GraphHeaders = [:],
        body: [UInt8] = [],
        caller: Caller,
        key: IdempotencyKey? = nil,
        serviceRoot: String = GraphRequest.localServiceRoot
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.caller = caller
        self.key = key
        self.serviceRoot = serviceRoot
    }

    /// What tells whether two requests under one key are the same: SHA-256 over method, path, query and body.
    package var hash: [UInt8] {
        Self.hash(method, path, query: query, body: body)
    }

    /// The ``hash`` of a request that need not exist as a value.
    package static func hash(_ method: Method, _ path: String, query: String = "", body: [UInt8]) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(method.rawValue)
        hasher.update("\n")
        hasher.update(path)
        hasher.update("\n")
        hasher.update(query)
        hasher.update("\n")
        hasher.update(body)
        return hasher.finalize()
    }
}

/// A name for a write.
///
/// The backend keeps `(key, request hash) → answer`, and answers the same request with the same key
/// as it did the first time.
package struct IdempotencyKey: Sendable, Hashable, CustomStringConvertible {
    /// Two namespaces that never meet: names of announcements, and keys that scripts give themselves or Herald makes.
    package enum Namespace: String, Sendable {
        /// A post of an announcement: its name and the group.
        case announcement
        /// Any other write.
        case explicit
    }

    package var namespace: Namespace
    package var text: String

    package init(_ namespace: Namespace, _ text: String) {
        self.namespace = namespace
        self.text = text
    }

    /// The key of an announcement's post to one group.
    package static func announcement(_ name: String, group: GroupID) -> IdempotencyKey {
        IdempotencyKey(.announcement, "\(name)/\(group)")
    }

    /// The key of a further post of an announcement to a group: it names the content too, by the request's hash.
    package static func announcement(_ name: String, group: GroupID, content: [UInt8]) -> IdempotencyKey {
        IdempotencyKey(.announcement, "\(name)/\(group)/\(content.prefix(16).hexadecimal)")
    }

    package var description: String { "\(namespace.rawValue):\(text)" }

    /// Reads a key from its ``description``; nil if it is none.
    package init?(description: String) {
        guard let colon = description.firstIndex(of: ":"),
            let namespace = Namespace(rawValue: String(description[..<colon]))
        else { return nil }
        self.init(namespace, String(description[description.index(after: colon)...]))
    }
}

/// Who makes a request.
package struct Caller: Sendable, Equatable {
    /// On whose authority the caller acts.
    package enum Kind: String, Sendable {
        /// The owner of the embedded store, to whom the posting policy does not apply.
        case `operator`
        /// A signed-in user.
        case delegated
        /// A program on its own behalf.
        case application
    }

    /// The user's or service principal's object id: a lower-case GUID.
    package var id: String
    package var displayName: String
    package var address: String
    package var kind: Kind
    /// The permissions granted, by Graph's names; empty for the operator, who needs none.
    package var scopes: Set<String>
    /// The app that asks, by its registration's id in lower case; nil if nobody says.
    package var clientID: String?
    /// The tenant that the caller belongs to, by its id in lower case; nil if nobody says.
    package var tenantID: String?

    package init(
        id: String,
        displayName: String,
        address: String,
        kind: Kind,
        scopes: Set<String> = [],
        clientID: String? = nil,
        tenantID: String? = nil
    ) {
        self.clientID = clientID
        self.tenantID = tenantID
        self.id = id
        self.displayName = displayName
        self.address = address
        self.kind = kind
        self.scopes = scopes
    }
}

extension Caller {
    /// The header of the answer to `GET /me` by which a service says on whose authority the caller acts, where that is
    /// more than an access token shows.
    package static let kindHeader = "x-caller-kind"
}

extension IdempotencyKey {
    /// The header of answers by which a server says that it keeps keys.
    package static let keptHeader = "x-keeps-keys"

    /// The key as the value of the header `Idempotency-Key`: ASCII, at most 255 bytes, and different for different keys.
    package var headerValue: String {
        let text = description
        let isPlain = text.utf8.count <= 200 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain ? text : "sha256:" + SHA256.hash(Array(text.utf8)).hexadecimal
    }
}
