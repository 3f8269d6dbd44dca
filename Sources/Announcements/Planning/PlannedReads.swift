import GraphModel

/// Answers reads of what a plan makes, from the plan: by symbolic ids.
struct PlannedReads {
    let recorder: PlanRecorder
    let author: String
    let now: Int64

    /// The answer to a read of a path in which a symbolic id stands; nil if none does.
    func answer(to request: GraphRequest) async throws -> GraphResponse? {
        let segments = request.path.split(separator: "/").map { PercentEncoding.decode(String($0)) }
        guard let place = segments.lastIndex(where: { $0.contains(SymbolicID.sign) }) else { return nil }
        guard let id = SymbolicID(segments[place]) else {
            let message = SymbolicUse.misuse(segments[place], "its path", nil)
            return refusal(GraphError(400, .badRequest, message), request)
        }
        guard var value = try await object(id) else { return refusal(.noSuchItem, request) }
        let tail = segments[(place + 1)...]
        guard let collection = tail.first?.lowercased() else {
            value["@odata.context"] = nil
            return GraphResponse(json: JSONWriter.bytes { $0.value(.object(value)) })
        }
        let children = try await children(of: id, in: collection)
        switch tail.dropFirst().first?.lowercased() {
        case nil:
            return GraphResponse(
                json: JSONWriter.bytes { writer in
                    writer.object { writer in
                        writer.name("value")
                        writer.array { writer in for child in children { writer.value(.object(child)) } }
                    }
                }
            )
        case "$count":
            return GraphResponse(
                status: 200,
                headers: ["Content-Type": "text/plain"],
                body: Array(String(children.count).utf8)
            )
        default: return refusal(.noSuchItem, request)
        }
    }

    /// An object as it will be when all that is planned so far has been done; nil if it will not be there.
    private func object(_ id: SymbolicID) async throws -> [String: JSONValue]? {
        guard let item = try await recorder.item(id.effect),
            var value = PlannedObject(item, author: author, now: now).object(at: id.steps.dropLast())
        else { return nil }
        for later in try await writes(after: id.effect) {
            let segments = later.address.path.split(separator: "/").map { PercentEncoding.decode(String($0)) }
            guard segments.last == id.text else { continue }
            switch later.method {
            case .delete: return nil
            case .patch, .put:
                if case .object(let changes)? = try? JSONValue(later.wholeBody) { value.merge(changes) { $1 } }
            case .get, .post: break
            }
        }
        return value
    }

    /// What lies in a collection of a planned object: what was made with it, and what was added since.
    private func children(of id: SymbolicID, in collection: String) async throws -> [[String: JSONValue]] {
        guard let item = try await recorder.item(id.effect) else { return [] }
        let steps = Array(id.steps.dropLast())
        var ids = PlannedObject(item, author: author, now: now).children(of: steps, in: collection)
            .map { SymbolicID(effect: id.effect, steps: $0 + [.member("id")]) }
        for later in try await writes(after: id.effect) {
            let planned = PlannedObject(later, author: author, now: now)
            guard planned.kind != .none, planned.segments.count > 1,
                planned.segments[planned.segments.count - 2] == id.text
            else { continue }
            let made = planned.kind == .post ? "posts" : planned.segments.last?.lowercased()
            if made == collection { ids.append(SymbolicID(effect: later.ordinal, steps: [.member("id")])) }
        }
        var children: [[String: JSONValue]] = []
        for id in ids { if let child = try await object(id) { children.append(child) } }
        return children
    }

    private func writes(after ordinal: Int64) async throws -> [PlanItem] {
        var items: [PlanItem] = []
        var last = ordinal
        while true {
            let page = try await recorder.ledger.planItems(recorder.plan.id, .writes, after: last)
            items += page.filter { $0.path.contains("effect") }
            guard let end = page.last?.ordinal else { return items }
            last = end
        }
    }

    private func refusal(_ error: GraphError, _ request: GraphRequest) -> GraphResponse {
        GraphResponse(error, id: GroupID.random().text, to: request, now: now)
    }
}

extension GraphError {
    /// The plan makes nothing of this id, or has deleted it.
    fileprivate static let noSuchItem = GraphError(
        404,
        .itemNotFound,
        "The plan makes nothing that has this id, or deletes it again."
    )
}
