package import GraphModel

extension Pacer {
    /// The mailbox in which a path lies: the group's; directory objects lie in none.
    package static func mailbox(of path: String) -> String {
        let parts = path.pathSegments
        guard parts.count >= 3, parts[0].lowercased() == "groups" else { return directory }
        let family = parts[2].prefix { $0 != "/" && $0 != "(" && $0 != "?" }.lowercased()
        return ["conversations", "threads"].contains(family) ? parts[1].lowercased() : directory
    }
}

extension Pacer.End {
    /// What an answer, or its absence, means for the pace (reference, sections 13.2 and 15).
    ///
    /// - Parameters:
    ///   - result: What came of the request.
    ///   - isRepeatable: Whether it may be done twice.
    ///   - path: What it asked for; a refusal that names no scope is the mailbox's if it lies in one.
    package init(_ result: Result<GraphResponse, NoAnswer>, isRepeatable: Bool, path: String) {
        switch result {
        case .success(let response):
            switch response.status {
            case 429:
                let scope = response.headers["x-ms-throttle-scope"]?.lowercased() ?? ""
                let isApplication = scope.hasPrefix("application") || scope.hasPrefix("tenant")
                self = .throttled(
                    retryAfter: RetryAfter.microseconds(of: response),
                    scope: isApplication || Pacer.mailbox(of: path) == Pacer.directory ? .application : .mailbox
                )
            case 500, 502, 503, 504:
                let wait = RetryAfter.microseconds(of: response)
                self = isRepeatable ? .unavailable(retryAfter: wait) : .broken(retryAfter: wait)
            default: self = .answered
            }
        case .failure(let reason) where reason.isFinal: self = .answered
        case .failure(let reason):
            let mayRepeat = isRepeatable || reason.outcome == .notDone
            self = mayRepeat ? .unavailable(retryAfter: nil) : .broken(retryAfter: nil)
        }
    }
}
