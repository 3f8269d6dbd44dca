import GraphModel

/// Answers `POST /$batch`: makes a request of each item, and one answer of theirs.
struct BatchResponder: Sendable {
    let service: AnsweringService

    /// Answers a whole batch.
    func respond(to outer: GraphRequest) async -> GraphResponse {
        guard outer.method == .post else {
            var response = service.refusal(GraphError(405, .badRequest, "A batch is sent by POST."), to: outer)
            response.headers["Allow"] = "POST"
            return response
        }
        let batch: Batch
        do throws(GraphError) {
            batch = try Batch(outer.body)
        } catch {
            return service.refusal(error, to: outer)
        }
        var response = GraphResponse(json: await batch.run { item in await answer(item, of: outer) })
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
        do throws(GraphError) {
            request.key = try RequestFraming.key(of: request)
        } catch {
            return service.refusal(error, to: request)
        }
        return await service.respond(toItem: request)
    }
}
