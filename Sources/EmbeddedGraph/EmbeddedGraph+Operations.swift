package import GraphModel

extension EmbeddedGraph: OperationNaming {
    /// All that the store can do.
    package static var operations: [GraphOperation] {
        router.routes.values.joined().map { GraphOperation($0.method, $0.template) }
    }

    package func operation(
        of request: GraphRequest
    ) -> (operation: GraphOperation, parameters: [String: String])? {
        guard let path = try? UserOperations.resolveJoinedGroups(request.path, request.caller) else { return nil }
        let parts = Router.split(path)
        for route in Self.router.routes[parts.count] ?? [] where route.method == request.method {
            guard let parameters = route.match(parts) else { continue }
            return (GraphOperation(route.method, route.template), parameters)
        }
        return nil
    }
}

extension Route {
    /// The template that the route was made of.
    fileprivate var template: String {
        segments.map { segment in
            switch segment {
            case .name(let name): name
            case .parameter(let name): "{\(name)}"
            }
        }.joined(separator: "/")
    }
}
