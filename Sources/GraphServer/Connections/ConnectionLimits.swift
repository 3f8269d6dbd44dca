import GraphModel

/// What one connection, and all of them together, may cost.
package struct ConnectionLimits: Sendable, Equatable {
    /// The most connections that are open at a time; one more is told 503 and closed.
    package var connections = 20_000
    /// How long a connection may lie idle between two requests.
    package var idleTimeout = Duration.seconds(75)
    /// How long the line and the headers of a request may take from their first byte.
    package var headTimeout = Duration.seconds(15)
    /// How long the whole body of a request may take.
    package var bodyTimeout = Duration.seconds(60)
    /// How long the body of a request may pause.
    package var bodyPause = Duration.seconds(15)
    /// How long a client may leave an answer unread.
    package var writeTimeout = Duration.seconds(60)
    /// How long a connection that is given up waits for the client to read why.
    package var lingerTimeout = Duration.seconds(2)
    /// The largest header field, or request line, in bytes.
    package var headerFieldSize = 32 << 10
    /// All header fields and the request line together, in bytes.
    package var headerSize = 64 << 10
    /// The most header fields.
    package var headerFields = 200
    /// The largest body as it comes over the wire, in bytes.
    package var bodySize = GraphRequest.maximumBodySize
    /// The largest body after decompression, in bytes.
    package var decompressedBodySize = GraphRequest.maximumDecompressedBodySize

    package init() {}
}
