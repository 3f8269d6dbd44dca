/// A refusal by a ``GraphService``, as the answer's body describes it.
package struct GraphError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of thing went wrong, by the codes that Graph uses on the conversation surface
    /// (reference, section 13.2).
    package enum Code: String, Sendable, CaseIterable {
        case invalidAuthenticationToken = "InvalidAuthenticationToken"
        case accessDenied = "ErrorAccessDenied"
        case sendAsDenied = "ErrorSendAsDenied"
        case authorizationDenied = "Authorization_RequestDenied"
        case directoryNotFound = "Request_ResourceNotFound"
        case directoryBadRequest = "Request_BadRequest"
        case unsupportedQuery = "Request_UnsupportedQuery"
        case mailboxNotEnabled = "MailboxNotEnabledForRESTAPI"
        case mailboxNotReady = "ResourceNotFound"
        case itemNotFound = "ErrorItemNotFound"
        case itemExists = "ErrorItemExists"
        case malformedID = "ErrorInvalidIdMalformed"
        case invalidOperation = "ErrorInvalidOperation"
        case invalidRequest = "ErrorInvalidRequest"
        case invalidRecipients = "ErrorInvalidRecipients"
        case badRequest = "BadRequest"
        case requestBodyRead = "RequestBodyRead"
        case expandNotSupported = "ExpandNotSupported"
        case searchNotSupported = "SearchNotSupported"
        case filteringOnConversations = "FilteringOnConversations"
        case invalidRestriction = "ErrorInvalidRestriction"
        case failedDependency = "FailedDependency"
        case tooLarge = "ErrorMessageSizeExceeded"
        case conflict = "ErrorIrresolvableConflict"
        case keyReused = "IdempotencyKeyReused"
        case throttled = "TooManyRequests"
        case quotaExceeded = "ErrorQuotaExceeded"
        case notImplemented = "NotImplemented"
        case internalError = "ErrorInternalServerError"
        case syncStateNotFound
        case unavailable = "serviceNotAvailable"
    }

    /// The HTTP status.
    package var status: Int
    /// The code as on the wire; another backend may use codes that are not in ``Code``.
    package var code: String
    /// One sentence for a person: what is wrong, and what they can do about it.
    package var message: String
    /// The JSON pointer of the faulty member of the request's body, if one member is at fault.
    package var target: String?
    /// The id under which the service logged the request.
    package var requestID: String?
    /// Where to ask instead, as the answer's header `Location` says.
    package var location: String?

    package init(_ status: Int, _ code: Code, _ message: String, target: String? = nil) {
        self.status = status
        self.code = code.rawValue
        self.message = message
        self.target = target
    }

    package var description: String { "\(code): \(message)" }
}

extension GraphError {
    /// Reads the error of an answer.
    ///
    /// A body that is empty or no JSON gives an error made of the status alone.
    package init(status: Int, body: [UInt8]) {
        self.init(status, .internalError, "The service answered with the status \(status).")
        code = "status\(status)"
        try? JSONReader.read(body) { reader in
            try reader.object { reader, name in
                guard name.matches("error"), reader.kind == .object else { return }
                try reader.object { reader, name in
                    switch name {
                    case "code" where reader.kind == .string: code = try reader.string()
                    case "message" where reader.kind == .string: message = try reader.string()
                    case "target" where reader.kind == .string: target = try reader.string()
                    case "innererror" where reader.kind == .object:
                        try reader.object { reader, name in
                            guard name.matches("request-id"), reader.kind == .string else { return }
                            requestID = try reader.string()
                        }
                    default: break
                    }
                }
            }
        }
    }
}
