import GraphModel

/// Answers `POST /$batch`: makes a request of each item, and one answer of theirs.
struct BatchResponder: Sendable {
    let service: AnsweringService
    /// Whether items may wait for later ones.
    let mode: ServerMode
    let limits: BatchLimits
    /// Whether a write that comes again is known.
    let keepsKeys: Bool
    let metrics: ServerMetrics

    /// Answers a whole batch.
    func respond(to outer: GraphRequest) async -> GraphResponse {
        guard outer.method == .post else {
            var response = service.refusal(GraphError(405, .badRequest, "A batch is sent by POST."), to: outer)
            response.headers["Allow"] = "POST"
            return response
        }
        let batch: Batch
        do throws(GraphError) {
            batch = try Batch(outer.body, mode: mode)
        } catch {
            return service.refusal(error, to: outer)
        }
        var response = GraphResponse(
            json: await batch.run(within: limits) { item in
                let response = await answer(item, of: outer)
                metrics.endedItem(isReplayed: response.isReplayed)
                return response
            }
        )
        response.headers["request-id"] = GroupID.random().text
        response.headers["client-request-id"] = outer.headers["client-request-id"]
        return response
    }

    private func answer(_ item: BatchItem, of outer: GraphRequest) async -> GraphResponse {
        let origin = outer.serviceRoot.dropLast(outer.serviceRoot.reversed().prefix { $0 != "/" }.count + 1)
        let url = item.url.hasPrefix(origin + "/") ? String(item.url.dropFirst(origin.count)) : item.url
        let target = RequestTarget(url.replacing(" ", with: "%20"))
        var request = GraphRequest(
            item.method,
            target.path,
            query: target.query,
            headers: item.headers,
            body: item.body,
            caller: outer.caller,
            serviceRoot: target.version.map { "\(origin)/\($0)" } ?? outer.serviceRoot
        )
        // An item acts with the token of the batch.
        request.headers["Authorization"] = nil
        guard !target.isBatch else {
            return service.refusal(GraphError(400, .badRequest, "A batch cannot hold a batch."), to: request)
        }
        guard keepsKeys else { return await service.respond(toItem: request) }
        do throws(GraphError) {
            request.key = try RequestFraming.key(of: request)
            request.repeatHint = Self.repeatHint(of: request, item, in: outer)
        } catch {
            return service.refusal(error, to: request)
        }
        return await service.respond(toItem: request)
    }

    /// What tells an item that was sent before: its own headers, or the name of its batch and its id in it.
    private static func repeatHint(
        of request: GraphRequest,
        _ item: BatchItem,
        in outer: GraphRequest
    ) -> RepeatHint? {
        var hint = RequestFraming.repeatHint(of: request)
        if hint?.clientRequestID == nil, let batch = outer.headers["client-request-id"] {
            hint?.clientRequestID = "\(batch.prefix(100))/\(item.id.prefix(100).lowercased())"
        }
        // A client repeats the whole batch, and says so in the batch's own header.
        if RequestFraming.isRetry(outer) { hint?.isRetry = true }
        return hint
    }
}
