package import GraphModel

extension EmbeddedGraph: OperationNaming {
    /// All that the store can do.
    package static var operations: [GraphOperation] {
        routes.filter { $0.mode != .strict }.map { GraphOperation($0.method, $0.template) }
    }

    package func operation(
        of request: GraphRequest
    ) -> (operation: GraphOperation, parameters: [String: String])? {
        guard let path = try? UserOperations.resolveJoinedGroups(request.path, request.caller) else { return nil }
        return router.match(request.method, Router.split(path)).map { match in
            (GraphOperation(match.route.method, match.route.template), match.parameters)
        }
    }
}

extension Route {
    /// The template that the route was made of.
    fileprivate var template: String {
        segments.map { segment in
            switch segment {
            // A function may be called with its parentheses, and by its full name.
            case .name(let name):
                name.hasSuffix("()") ? String(name.dropLast(2).split(separator: ".").last ?? "") : name
            case .parameter(let name): "{\(name)}"
            }
        }.joined(separator: "/")
    }
}
