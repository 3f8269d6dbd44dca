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

    init(_ target: some StringProtocol) {
        let target = target.prefix { $0 != "#" }
        let path = target.prefix { $0 != "?" }
        query = String(target[path.endIndex...].dropFirst())
        let rest = path.hasPrefix("/") ? path.dropFirst() : path[...]
        let first = rest.prefix { $0 != "/" }
        version = Self.versions.first { $0 == first.lowercased() }
        self.path = version == nil ? "/" + rest : String(rest[first.endIndex...])
        if self.path.isEmpty { self.path = "/" }
        // What a client library puts for "me", and normally takes out again before it sends (reference, section 18.1).
        let alias = "/users/me-token-to-replace"
        if version != nil, self.path.lowercased().hasPrefix(alias) {
            let rest = self.path.dropFirst(alias.count)
            if rest.isEmpty || rest.hasPrefix("/") { self.path = "/me" + rest }
        }
    }

    /// Whether this is the path of batches.
    var isBatch: Bool { ["/$batch", "/%24batch"].contains(path.lowercased()) }
}
