package import GraphModel
import Synchronization

/// Stands between a script and the backend while a plan is made: reads pass, writes are recorded, and nothing is sent.
///
/// A write is answered as the backend would, with symbolic ids. What it would certainly be refused for is found out:
/// what was not granted, and that what it writes to is not there.
package final class PlanningService: GraphService {
    private let backend: any GraphService
    private let recorder: PlanRecorder
    private let grant: (@Sendable (GraphRequest) async throws -> GraphResponse?)?
    private let tellsReplies: Bool
    private let targets: (any GroupDirectory)?
    private let now: @Sendable () -> Int64
    private let facts = Mutex<[GroupID: TargetFacts]>([:])

    /// Wraps a backend.
    ///
    /// - Parameters:
    ///   - backend: What answers reads.
    ///   - recorder: What writes are told.
    ///   - tellsReplies: Whether the backend says what post a reply has made.
    ///   - grant: Gives the refusal of a write that was not granted.
    ///   - targets: What looks at the groups that are written to, so that it can be seen later whether they are the same;
    ///     nil if nothing does.
    ///   - now: Gives microseconds since 1970.
    package init(
        _ backend: any GraphService,
        recorder: PlanRecorder,
        tellsReplies: Bool,
        grant: (@Sendable (GraphRequest) async throws -> GraphResponse?)? = nil,
        targets: (any GroupDirectory)? = nil,
        now: @escaping @Sendable () -> Int64
    ) {
        self.targets = targets
        self.backend = backend
        self.recorder = recorder
        self.tellsReplies = tellsReplies
        self.grant = grant
        self.now = now
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        do {
            return request.method.isWrite ? try await plan(request) : try await read(request)
        } catch let reason as NoAnswer {
            throw reason
        } catch {
            throw NoAnswer(.notDone, "The plan cannot be written: \(error)")
        }
    }

    // MARK: Reads

    private func read(_ request: GraphRequest) async throws -> GraphResponse {
        let reads = PlannedReads(recorder: recorder, author: request.caller.displayName, now: now())
        if let response = try await reads.answer(to: request) { return response }
        if Self.isList(request.path), await recorder.hasRecorded {
            await recorder.note(
                "The script read lists after it had written: they show what is on the backend now, without what is planned."
            )
        }
        return try await backend.respond(to: request)
    }

    private static let collections: Set<String> = [
        "groups", "conversations", "threads", "posts", "attachments", "members", "owners", "acceptedsenders",
        "rejectedsenders", "$count", "delta", "delta()",
    ]

    private static func isList(_ path: String) -> Bool {
        path.split(separator: "/").last.map { collections.contains($0.lowercased()) } ?? false
    }

    // MARK: Writes

    private func plan(_ request: GraphRequest) async throws -> GraphResponse {
        if let fault = SymbolicUse.fault(in: request, effect: await recorder.next) {
            return refusal(GraphError(400, .badRequest, fault), request)
        }
        if let key = request.key, let known = try await recorder.ledger.known(request, key: key) {
            switch known {
            case .answered(let response): return response
            case .refused(let error): return refusal(error, request)
            }
        }
        if let refusal = try await grant?(request) { return refusal }
        let state = try await present(request)
        if let state, !state.isSuccess { return state }
        switch try await recorder.record(request, facts: try await facts(for: request)) {
        case .new(let ordinal), .again(let ordinal):
            guard let item = try await recorder.item(ordinal) else { return GraphResponse(status: 204) }
            let planned = PlannedObject(item, author: request.caller.displayName, now: now())
            if request.method == .patch, let state, request.path.lowercased().contains("/threads/") {
                return changed(state, by: request)
            }
            return planned.answer(root: request.serviceRoot, tellsReplies: tellsReplies)
        case .other(let ordinal):
            return refusal(
                GraphError(
                    409,
                    .keyReused,
                    "Effect \(ordinal) of the plan has this key already, and is another write."
                ),
                request
            )
        }
    }

    /// What is known of the group that is written to, or into; each is looked at once.
    private func facts(for request: GraphRequest) async throws -> TargetFacts? {
        guard let targets, let group = PlanRecorder.group(in: request.path) else { return nil }
        if let known = facts.withLock({ $0[group] }) { return known }
        let found = try await targets.facts(of: [group])[group]
        if let found { facts.withLock { $0[group] = found } }
        return found
    }

    /// What a write needs to be there: what it changes or deletes, or what it adds something to; nil if nothing.
    private func present(_ request: GraphRequest) async throws -> GraphResponse? {
        var segments = request.path.split(separator: "/").map(String.init)
        if request.method == .post {
            segments.removeLast()
            // What is made at the top needs nothing; an item in a collection needs the item, and an action its object.
            guard segments.count > 1 else { return nil }
        }
        guard !segments.isEmpty, segments.last != "$ref" else { return nil }
        var look = GraphRequest(
            .get,
            "/" + segments.joined(separator: "/"),
            caller: request.caller,
            serviceRoot: request.serviceRoot
        )
        look.headers["Accept"] = "application/json"
        let reads = PlannedReads(recorder: recorder, author: request.caller.displayName, now: now())
        let planned = try await reads.answer(to: look)
        let response = if let planned { planned } else { try await backend.respond(to: look) }
        // Only that it is not there tells something; what cannot be read may be written all the same.
        return response.isSuccess || response.status == 404 ? response : nil
    }

    private func changed(_ state: GraphResponse, by request: GraphRequest) -> GraphResponse {
        guard case .object(var value)? = try? JSONValue(state.body),
            case .object(let changes)? = try? JSONValue(request.body)
        else { return GraphResponse(status: 200) }
        value.merge(changes) { $1 }
        return GraphResponse(json: JSONWriter.bytes { $0.value(.object(value)) })
    }

    private func refusal(_ error: GraphError, _ request: GraphRequest) -> GraphResponse {
        GraphResponse(error, id: GroupID.random().text, to: request, now: now())
    }
}
