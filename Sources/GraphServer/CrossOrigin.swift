import HTTPTypes

/// What browsers are told about requests that pages of other origins make (Fetch standard, CORS protocol).
struct CrossOrigin: Sendable {
    let allowed: Set<String>

    private static let requestHeaders =
        "authorization, content-type, prefer, consistencylevel, client-request-id, sdkversion, if-match, "
        + "x-ms-throttle-priority, return-client-request-id, retry-attempt, idempotency-key"
    private static let responseHeaders =
        "ETag, Location, Preference-Applied, Content-Range, request-id, client-request-id, ReadWriteConsistencyToken, "
        + "SdkVersion, WWW-Authenticate, x-ms-client-gcc-tenant, Retry-After, x-replayed"

    /// Adds what every answer to a page says.
    func add(to fields: inout HTTPFields, for request: HTTPFields) {
        fields[.accessControlExposeHeaders] = Self.responseHeaders
        guard !allowed.isEmpty else { return }
        fields[values: .vary].append("Origin")
        guard let origin = request[.origin], allowed.contains(origin) else { return }
        fields[.accessControlAllowOrigin] = origin
    }

    /// Adds what a browser asks before a request; nothing to pages that may not ask.
    func addPermissions(to fields: inout HTTPFields, for request: HTTPFields) {
        guard let origin = request[.origin], allowed.contains(origin) else { return }
        fields[.accessControlAllowMethods] = "GET, POST, PATCH, PUT, DELETE"
        fields[.accessControlAllowHeaders] = Self.requestHeaders
        fields[.accessControlMaxAge] = "600"
    }
}
