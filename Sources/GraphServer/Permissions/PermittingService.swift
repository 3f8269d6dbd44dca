package import GraphModel

/// Lets through what the caller was granted, and refuses the rest (reference, section 4).
///
/// What has no row in the table is refused as well: an operation that was forgotten is closed, not open.
package struct PermittingService: GraphService {
    /// What a server may allow or forbid beyond the table (reference, section 20).
    package struct Policy: Sendable {
        /// Whether programs may start conversations and threads and reply to threads, as users may.
        package var appOnlyPosting = false
        /// Whether programs may read attachments, as users may.
        package var appOnlyAttachments = true

        package init(appOnlyPosting: Bool = false, appOnlyAttachments: Bool = true) {
            self.appOnlyPosting = appOnlyPosting
            self.appOnlyAttachments = appOnlyAttachments
        }
    }

    private let service: any OperationNaming
    private let policy: Policy
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - service: What answers, if the caller may ask.
    ///   - policy: What holds beyond the table.
    ///   - now: Microseconds since 1970.
    package init(_ service: any OperationNaming, policy: Policy = Policy(), now: @escaping @Sendable () -> Int64) {
        self.service = service
        self.policy = policy
        self.now = now
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        // A request that the service takes for none of its operations is refused there, with the right words.
        if request.caller.kind != .operator, let (operation, parameters) = service.operation(of: request),
            let error = refusal(of: operation, parameters, for: request.caller)
        {
            let id = GroupID.random().text
            var response = GraphResponse(error, id: id, to: request, now: now())
            response.headers["request-id"] = id
            response.headers["client-request-id"] = request.headers["client-request-id"]
            return response
        }
        return try await service.respond(to: request)
    }

    /// Why a caller may not do something; nil if they may.
    func refusal(of operation: GraphOperation, _ parameters: [String: String], for caller: Caller) -> GraphError? {
        guard let rule = PermissionTable.rule(for: operation) else {
            return GraphError(403, .authorizationDenied, "This operation needs the operator of the store.")
        }
        if rule.isOpen { return nil }
        let granted = Permission.granted(caller.scopes)
        switch caller.kind {
        case .operator: return nil
        case .delegated:
            let isOwn = parameters["user"].map { Self.isSame($0, caller) } ?? false
            let needed = isOwn ? rule.delegated.union(rule.own) : rule.delegated
            return granted.isDisjoint(with: needed) ? Self.refusal(rule, needed, "delegated", caller) : nil
        case .application:
            guard !rule.isOfSignedInUser else {
                return GraphError(400, .badRequest, "/me request is only valid with delegated authentication flow.")
            }
            let needed = needed(of: rule)
            guard !needed.isEmpty else {
                return Self.denied(rule, "It needs a signed-in user; no application permission allows it.")
            }
            return granted.isDisjoint(with: needed) ? Self.refusal(rule, needed, "application", caller) : nil
        }
    }

    private func needed(of rule: PermissionRule) -> Set<Permission> {
        switch rule.exception {
        case .posting where policy.appOnlyPosting: rule.delegated
        case .attachments where policy.appOnlyAttachments: rule.delegated
        default: rule.application
        }
    }

    private static func isSame(_ user: String, _ caller: Caller) -> Bool {
        let user = user.lowercased()
        return user == caller.id || !caller.address.isEmpty && user == caller.address.lowercased()
    }

    private static func refusal(
        _ rule: PermissionRule,
        _ needed: Set<Permission>,
        _ kind: String,
        _ caller: Caller
    ) -> GraphError {
        let names = needed.map(\.rawValue).sorted()
        let choice = names.count == 1 ? "the \(kind) permission" : "one of the \(kind) permissions"
        return denied(rule, "It needs \(choice) \(names.joined(separator: ", ")).")
    }

    private static func denied(_ rule: PermissionRule, _ reason: String) -> GraphError {
        switch rule.surface {
        case .conversations: .accessDenied(reason)
        case .directory:
            GraphError(403, .authorizationDenied, "Insufficient privileges to complete the operation. " + reason)
        }
    }
}
