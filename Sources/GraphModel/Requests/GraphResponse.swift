/// The answer to one Graph call as a value.
package struct GraphResponse: Sendable, Equatable {
    /// The HTTP status.
    package var status: Int
    package var headers: GraphHeaders
    /// The body, as JSON text unless `Content-Type` says otherwise; empty if there is none.
    package var body: [UInt8]

    /// The header that marks an answer given before, to the same request under the same key.
    package static let replayedHeader = "x-replayed"

    package init(status: Int, headers: GraphHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the request was carried out.
    package var isSuccess: Bool { (200..<300).contains(status) }

    /// Whether this answer was given before, and nothing was done this time.
    package var isReplayed: Bool { headers[Self.replayedHeader] != nil }

    /// The error that the body describes, if the status says that there is one.
    package var error: GraphError? {
        isSuccess || status == 304 ? nil : GraphError(status: status, body: body)
    }
}
