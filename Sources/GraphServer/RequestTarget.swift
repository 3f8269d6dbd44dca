import GraphModel

/// The path and query of a request line, taken apart as far as this layer understands it; what is below the version
/// stays as it is on the wire.
struct RequestTarget: Equatable {
    /// `v1.0` or `beta`; nil if the path begins with neither.
    var version: String?
    /// Below the version, percent-encoded, beginning with "/".
    var path: String
    /// Without "?".
    var query: String

    static let versions = ["v1.0", "beta"]

    init(_ target: String) {
        // All that parts it is ASCII, so that it is looked at byte by byte.
        let end = target.utf8.firstIndex(of: UInt8(ascii: "#")) ?? target.endIndex
        let mark = target.utf8[..<end].firstIndex(of: UInt8(ascii: "?")) ?? end
        query = mark == end ? "" : String(target[target.utf8.index(after: mark)..<end])
        let path = target[..<mark]
        let rest = path.utf8.first == UInt8(ascii: "/") ? path[path.utf8.index(after: path.startIndex)...] : path
        let first = rest[..<(rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex)]
        version = Self.versions.first { first.isSameIgnoringCase($0) }
        self.path = version == nil ? "/" + rest : String(rest[first.endIndex...])
        if self.path.isEmpty { self.path = "/" }
        // What a client library puts for "me", and normally takes out again before it sends (reference, section 18.1).
        let alias = "/users/me-token-to-replace"
        if version != nil, self.path.prefix(alias.count).isSameIgnoringCase(alias) {
            let rest = self.path.dropFirst(alias.count)
            if rest.isEmpty || rest.hasPrefix("/") { self.path = "/me" + rest }
        }
    }

    /// Whether this is the path of batches.
    var isBatch: Bool { ["/$batch", "/%24batch"].contains { path.isSameIgnoringCase($0) } }
}
