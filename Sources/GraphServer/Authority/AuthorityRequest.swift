import GraphModel

/// What was asked of the authority over HTTP.
struct AuthorityRequest: Sendable {
    /// The most bytes that a form may have.
    static let maximumFormSize = 65_536

    var method: String
    /// The path as on the wire, without the query.
    var path: String
    var query: String
    var headers: GraphHeaders
    var body: [UInt8]
    /// Scheme and authority that the client used, without a final "/".
    var origin: String

    /// The parameters of the query.
    func parameters() throws(OAuthError) -> FormParameters { try FormParameters(query) }

    /// The parameters of the body.
    func form() throws(OAuthError) -> FormParameters {
        let type = headers["Content-Type"]?.prefix { $0 != ";" }.lowercased() ?? ""
        guard type == "application/x-www-form-urlencoded" else {
            throw OAuthError(
                .invalidRequest,
                900144,
                "The body must be a form: Content-Type: application/x-www-form-urlencoded."
            )
        }
        guard body.count <= Self.maximumFormSize else {
            throw OAuthError(.invalidRequest, 90015, "The form has more than \(Self.maximumFormSize) bytes.")
        }
        return try FormParameters(String(decoding: body, as: UTF8.self))
    }
}

/// Names and values of a query or form; what is empty counts as missing (RFC 6749, section 3.1).
struct FormParameters: Sendable {
    private var values: [String: String] = [:]

    /// Takes a query or form apart.
    ///
    /// - Throws: ``OAuthError`` if a parameter stands twice.
    init(_ text: String) throws(OAuthError) {
        for field in text.split(separator: "&") {
            let name = field.prefix { $0 != "=" }
            let value = PercentEncoding.decode(String(field[name.endIndex...].dropFirst()), plusIsSpace: true)
            let decoded = PercentEncoding.decode(String(name), plusIsSpace: true)
            guard values.updateValue(value, forKey: decoded) == nil else {
                throw OAuthError(.invalidRequest, 90014, "The parameter '\(decoded.prefix(40))' stands twice.")
            }
        }
    }

    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A parameter that must be there.
    func required(_ name: String) throws(OAuthError) -> String {
        guard let value = self[name] else { throw .missing(name) }
        return value
    }
}
