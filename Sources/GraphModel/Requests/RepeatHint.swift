/// What a client library says of a write that it may send again without a key.
///
/// Set by the door for HTTP alone: what a script writes twice is meant twice.
package struct RepeatHint: Sendable, Equatable {
    /// How long an answer is kept, in microseconds.
    package static let lifetime: Int64 = 600_000_000
    /// How long a retry without a known id counts as one, in microseconds.
    package static let retryLifetime: Int64 = 180_000_000

    /// The client's name for the request; the same request with the same name is the same.
    package var clientRequestID: String?
    /// Whether the client says that it sent the request before.
    package var isRetry: Bool

    package init(clientRequestID: String?, isRetry: Bool) {
        self.clientRequestID = clientRequestID
        self.isRetry = isRetry
    }
}
