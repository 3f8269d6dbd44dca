import GraphModel

/// A refusal by the authority, as Microsoft's identity platform writes one (RFC 6749, section 5.2; reference, section
/// 16.2).
struct OAuthError: Error, Sendable, Equatable {
    /// What clients branch on.
    enum Code: String, Sendable {
        case authorizationPending = "authorization_pending"
        case slowDown = "slow_down"
        case authorizationDeclined = "authorization_declined"
        case badVerificationCode = "bad_verification_code"
        case expiredToken = "expired_token"
        case invalidGrant = "invalid_grant"
        case invalidClient = "invalid_client"
        case unauthorizedClient = "unauthorized_client"
        case invalidRequest = "invalid_request"
        case invalidScope = "invalid_scope"
        case invalidTenant = "invalid_tenant"
        case unsupportedGrantType = "unsupported_grant_type"
        case unsupportedResponseType = "unsupported_response_type"
        case accessDenied = "access_denied"
        case interactionRequired = "interaction_required"
        case consentRequired = "consent_required"
        case temporarilyUnavailable = "temporarily_unavailable"
        case serverError = "server_error"
    }

    var code: Code
    /// The number that Microsoft's documents list it under.
    var number: Int
    /// One sentence for a person.
    var message: String

    init(_ code: Code, _ number: Int, _ message: String) {
        self.code = code
        self.number = number
        self.message = message
    }

    /// A parameter that is not there.
    static func missing(_ name: String) -> OAuthError {
        OAuthError(.invalidRequest, 900144, "The request must contain the parameter '\(name)'.")
    }

    var status: Int {
        switch code {
        case .invalidClient: 401
        case .temporarilyUnavailable: 503
        case .serverError: 500
        default: 400
        }
    }

    /// The text of `error_description`, without the lines that name the request.
    var description: String { "AADSTS\(number): \(message)" }

    /// The JSON body of the answer.
    ///
    /// - Parameters:
    ///   - correlationID: The id that the client gave the request; nil makes one.
    ///   - now: Microseconds since 1970.
    /// - Returns: JSON text.
    func body(correlationID: String?, now: Int64) -> [UInt8] {
        let trace = GroupID.random().text
        let correlation = correlationID.flatMap { GroupID($0)?.text } ?? GroupID.random().text
        let seconds = GraphDate(microseconds: now / 1_000_000 * 1_000_000).text
        let time = String(seconds.prefix(19)).replacing("T", with: " ") + "Z"
        return JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("error", code.rawValue)
                writer.member(
                    "error_description",
                    "\(description) Trace ID: \(trace) Correlation ID: \(correlation) Timestamp: \(time)"
                )
                writer.name("error_codes")
                writer.array { writer in writer.integer(number) }
                writer.member("timestamp", time)
                writer.member("trace_id", trace)
                writer.member("correlation_id", correlation)
            }
        }
    }
}
