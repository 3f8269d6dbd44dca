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
    private let grants: Grants
    private let state = Mutex(State())

    private struct State {
        var posts = 0
        /// What was found out about groups whose names decide.
        var verdicts: [String: Bool] = [:]
    }

    package init(_ next: Next, grants: Grants) {
        self.next = next
        self.grants = grants
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        guard request.method.isWrite else { return try await next.respond(to: request) }
        let parts = request.path.split(separator: "/").map { PercentEncoding.decode(String($0)) }
        guard parts.first?.lowercased() == "groups" || parts.first?.lowercased().hasPrefix("groups(") == true,
            parts.count >= 2 || parts.first?.contains("(") == true
        else {
            guard grants.allGroups else {
                return Self.refusal(
                    "Nothing was granted that covers \(request.method.rawValue) \(request.path.prefix(120)). "
                        + "Allow it with --allow-all-groups."
                )
            }
            return try await next.respond(to: request)
        }
        let group = Self.group(in: parts)
        guard try await isGranted(group, like: request) else {
            return Self.refusal(
                "Writing to the group \(group.prefix(80)) was not granted. Allow it with --allow-groups \(group.prefix(80)), "
                    + "or every group with --allow-all-groups."
            )
        }
        guard Self.makesPost(request) else { return try await next.respond(to: request) }
        let isWithin = state.withLock { state in
            guard state.posts < grants.maximumPosts else { return false }
            state.posts += 1
            return true
        }
        guard isWithin else {
            return Self.refusal(
                "The run has made \(grants.maximumPosts) posts, which is all that it was granted. Allow more with "
                    + "--max-posts NUMBER."
            )
        }
        do {
            let response = try await next.respond(to: request)
            // What was refused, or had been made before, did not use the grant up.
            if !response.isSuccess || response.isReplayed { state.withLock { $0.posts -= 1 } }
            return response
        } catch let reason as NoAnswer where reason.outcome == .notDone {
            state.withLock { $0.posts -= 1 }
            throw reason
        }
    }

    private func isGranted(_ group: String, like request: GraphRequest) async throws -> Bool {
        if grants.covers([group]) { return true }
        guard grants.needsNames else { return false }
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
        guard response.isSuccess else { return false }
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

    private static func group(in parts: [String]) -> String {
        let first = parts[0]
        if let open = first.firstIndex(of: "("), first.hasSuffix(")") {
            return first[first.index(after: open)...].dropLast().trimmingQuotes.lowercased()
        }
        return parts[1].lowercased()
    }

    /// Whether a write makes a post: a create on conversations or threads, or a reply.
    private static func makesPost(_ request: GraphRequest) -> Bool {
        guard request.method == .post else { return false }
        let last = request.path.split(separator: "/").last?.lowercased() ?? ""
        return ["conversations", "threads", "reply", "forward"].contains(last)
    }

    private static func refusal(_ message: String) -> GraphResponse {
        var error = GraphError(403, .accessDenied, message)
        error.code = code
        return GraphResponse(error, id: GroupID.random().text, clientRequestID: nil, now: 0)
    }
}

extension Substring {
    fileprivate var trimmingQuotes: String {
        String(drop { $0 == "'" }.reversed().drop { $0 == "'" }.reversed())
    }
}
