/// How a server behaves towards its clients.
package struct ServerOptions: Sendable {
    /// What connections may cost.
    package var limits = ConnectionLimits()
    /// How long batches may take.
    package var batchLimits = BatchLimits()
    /// The origins whose pages may ask, as browsers write them: `https://contoso.example`.
    package var allowedOrigins: Set<String> = []
    /// Whether links follow `X-Forwarded-Proto` and `X-Forwarded-Host`, which a proxy in front must then set.
    package var trustsForwarded = false
    /// Whether a write that comes again is known, by its key or by what a client library says of it; Graph does not.
    package var keepsKeys = true
    /// Whether `/metrics` is told without a token.
    package var hasOpenMetrics = true

    package init() {}
}
