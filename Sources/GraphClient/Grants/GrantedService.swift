package import GraphModel
import Synchronization

/// Lets through what a run was granted, and refuses every other write before it is sent.
///
/// A refusal is an answer with the status 403 and the code `GrantRequired`, which names the option that would have
/// allowed the write. Reads pass.
package final class GrantedService<Next: GraphService>: GraphService {
    /// The code of refusals.
    package static var code: String { "GrantRequired" }

    private let next: Next
    let grants: Grants
    private let state = Mutex(State())

    private struct State {
        var posts = 0
        /// Posts that count as made and whose answer was lost: sent again, they are the same ones.
        var unproven: Set<IdempotencyKey> = []
        /// What was found out about groups whose names decide.
        var verdicts: [String: Bool] = [:]
    }

    package init(_ next: Next, grants: Grants) {
        self.next = next
        self.grants = grants
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        guard request.method.isWrite else { return try await next.respond(to: request) }
        if let refusal = try await refusal(of: request) { return refusal }
        guard Self.group(in: request.path) != nil, Self.makesPost(request) else {
            return try await next.respond(to: request)
        }
        do {
            let response = try await next.respond(to: request)
            // What was refused, or had been made before, did not use the grant up.
            if !response.isSuccess || response.isReplayed { state.withLock { $0.posts -= 1 } }
            return response
        } catch let reason as NoAnswer where reason.outcome == .notDone {
            state.withLock { $0.posts -= 1 }
            throw reason
        } catch {
            if let key = request.key { state.withLock { _ = $0.unproven.insert(key) } }
            throw error
        }
    }

    /// Why a write would be refused, found without sending it; nil if it was granted.
    ///
    /// A post that was granted counts as made.
    package func refusal(of request: GraphRequest) async throws -> GraphResponse? {
        guard request.method.isWrite else { return nil }
        guard let group = Self.group(in: request.path) else {
            guard !grants.allGroups else { return nil }
            return Self.refusal(
                "Nothing was granted that covers \(request.method.rawValue) \(request.path.prefix(120)). "
                    + "Allow it with --allow-all-groups."
            )
        }
        guard try await isGranted(group, like: request) else {
            return Self.refusal(
                "Writing to the group \(group.prefix(80)) was not granted. Allow it with --allow-groups "
                    + "\(group.prefix(80)), or every group with --allow-all-groups."
            )
        }
        guard Self.makesPost(request) else { return nil }
        if let key = request.key, state.withLock({ $0.unproven.remove(key) }) != nil { return nil }
        guard reserve(1) else { return Self.tooManyPosts(grants.maximumPosts) }
        return nil
    }

    /// Counts posts as made which are only planned; false if so many were not granted, and then none is counted.
    @discardableResult
    package func reserve(_ posts: Int) -> Bool {
        state.withLock { state in
            guard state.posts + posts <= grants.maximumPosts else { return false }
            state.posts += posts
            return true
        }
    }

    private static func tooManyPosts(_ maximum: Int) -> GraphResponse {
        refusal(
            "The run has made \(maximum) posts, which is all that it was granted. Allow more with --max-posts NUMBER."
        )
    }

    /// How many posts may still be made.
    var postsLeft: Int { state.withLock { max(0, grants.maximumPosts - $0.posts) } }

    private func isGranted(_ group: String, like request: GraphRequest) async throws -> Bool {
        if grants.covers([group]) { return true }
        guard grants.needsNames else { return false }
        return try await verdict(on: group, like: request) ?? false
    }

    /// Whether a group is granted by one of its names; nil if it cannot be read.
    func verdict(on group: String, like request: GraphRequest) async throws -> Bool? {
        if let known = state.withLock({ $0.verdicts[group] }) { return known }
        var look = GraphRequest(
            .get,
            "/groups/" + PercentEncoding.encode(group),
            query: "$select=id,displayName,mail,mailNickname",
            caller: request.caller,
            serviceRoot: request.serviceRoot
        )
        look.headers["Accept"] = "application/json"
        let response = try await next.respond(to: look)
        guard response.isSuccess else { return nil }
        var names = [group]
        try? JSONReader.read(response.body) { reader in
            try reader.object { reader, name in
                guard reader.kind == .string, ["displayName", "mail", "mailNickname"].contains(where: name.matches)
                else { return }
                names.append(try reader.string())
            }
        }
        let verdict = grants.covers(names)
        state.withLock { $0.verdicts[group] = verdict }
        return verdict
    }

    /// The group in which a path lies, as `groups/ID` or `groups('ID')`; nil if it lies in none.
    private static func group(in path: String) -> String? {
        let parts = path.pathSegments.map { PercentEncoding.decode(String($0)).lowercased() }
        guard let first = parts.first else { return nil }
        if first == "groups" { return parts.count > 1 ? parts[1] : nil }
        guard first.hasPrefix("groups('"), first.hasSuffix("')") else { return nil }
        return String(first.dropFirst(8).dropLast(2))
    }

    /// Whether a write makes a post: a create on conversations or threads, or a reply.
    private static func makesPost(_ request: GraphRequest) -> Bool {
        guard request.method == .post else { return false }
        let last = request.path.pathSegments.last?.lowercased() ?? ""
        return ["conversations", "threads", "reply", "forward"].contains(last)
    }

    private static func refusal(_ message: String) -> GraphResponse {
        var error = GraphError(403, .accessDenied, message)
        error.code = code
        return GraphResponse(error, id: GroupID.random().text, clientRequestID: nil, now: 0)
    }
}
