package import GraphModel

/// Puts a mark on each post that is made under a key, and finds it again: for a service that keeps no keys.
///
/// A key's mark is the same whenever and wherever it is made, so any program that knows the key can look.
package struct MarkingService<Next: GraphService>: ReconcilingService {
    package let readLag: Int64

    private let next: Next
    private let serviceRoot: String

    /// Wraps a service.
    ///
    /// - Parameters:
    ///   - next: What answers.
    ///   - readLag: How long what was written may stay invisible to readers, in microseconds.
    ///   - serviceRoot: What the service's links begin with: scheme, authority and version, without a final "/".
    package init(_ next: Next, readLag: Int64, serviceRoot: String) {
        self.next = next
        self.readLag = readLag
        self.serviceRoot = serviceRoot
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        guard let key = request.key, let place = PostPlace(request),
            let body = place.marked(request.body, with: Marker(key))
        else { return try await next.respond(to: request) }
        var request = request
        request.body = body
        return try await next.respond(to: request)
    }

    package func leavesMark(_ request: GraphRequest) -> Bool {
        guard let key = request.key else { return false }
        return PostPlace(request)?.marked(request.body, with: Marker(key)) != nil
    }

    package func find(
        _ key: IdempotencyKey,
        for request: GraphRequest,
        since: Int64
    ) async throws -> Whereabouts {
        guard let place = PostPlace(request) else {
            throw NoAnswer(
                .unknown,
                "What \(request.method.rawValue) \(request.path.prefix(120)) makes carries no mark."
            )
        }
        let search = MarkSearch(
            next,
            marker: Marker(key),
            topic: Self.topic(of: request.body),
            since: since,
            caller: request.caller,
            serviceRoot: serviceRoot
        )
        switch place {
        case .conversation(let group): return try await search.conversations(in: "/groups/\(group)")
        case .thread(let group, nil): return try await search.threads(in: "/groups/\(group)", of: "/groups/\(group)")
        case .thread(let group, let conversation?):
            return try await search.threads(
                in: "/groups/\(group)/conversations/\(conversation)",
                of: "/groups/\(group)"
            )
        case .reply(let thread): return try await search.reply(in: thread)
        }
    }

    private static func topic(of body: [UInt8]) -> String? {
        var topic: String?
        try? JSONReader.read(body) { reader in
            try reader.object { reader, name in
                if name.matches("topic"), reader.kind == .string { topic = try reader.string() }
            }
        }
        return topic
    }
}
