import GraphModel

/// One request, and what came of it.
struct Exchange: Sendable {
    var request: GraphRequest
    var result: Result<GraphResponse, NoAnswer>
    /// When it began, in microseconds since 1970.
    var startedAt: Int64
    /// How long it took, in microseconds.
    var time: Int64
}
