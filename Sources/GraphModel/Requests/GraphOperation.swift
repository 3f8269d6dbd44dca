/// What a request asks for, as the service that answers it understands the path.
package struct GraphOperation: Sendable, Hashable {
    package var method: GraphRequest.Method
    /// The path with names in place of values: `groups/{group}/threads`.
    package var template: String

    package init(_ method: GraphRequest.Method, _ template: String) {
        self.method = method
        self.template = template
    }
}

/// A service that can say beforehand which of its operations will answer.
///
/// Whoever must allow or refuse an operation asks here and never reads the path itself: two readings of one path are
/// how a refusal is walked around.
package protocol OperationNaming: GraphService {
    /// The operation that would answer a request, and the values of its template's parameters.
    ///
    /// - Returns: nil if none would, and the service certainly refuses the request.
    func operation(of request: GraphRequest) -> (operation: GraphOperation, parameters: [String: String])?
}
