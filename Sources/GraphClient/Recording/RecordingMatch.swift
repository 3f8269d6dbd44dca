import GraphModel

/// What tells whether a request is one that was recorded: method, path, query and the body's hash.
///
/// Marks are left aside: that of a write without a name of its own differs from run to run.
struct RecordingMatch: Sendable, Hashable {
    let text: String

    init(_ request: GraphRequest) {
        let body = Self.unmarked(String(decoding: request.body, as: UTF8.self), property: Marker.property)
        let query = Self.unmarked(
            PercentEncoding.decode(request.query),
            property: "ep/value eq",
            anchor: Marker.property
        )
        text = GraphRequest.hash(request.method, request.path, query: query, body: Array(body.utf8)).hexadecimal
    }

    /// The match of an entry of a recording.
    init(recorded text: String) { self.text = text }

    /// The text without the marks' values, which are 32 hexadecimal digits after the property's name.
    private static func unmarked(_ text: String, property: String, anchor: String? = nil) -> String {
        guard text.contains(anchor ?? property) else { return text }
        var result = ""
        var rest = text[...]
        while let name = rest.firstRange(of: property) {
            result += rest[..<name.upperBound]
            rest = rest[name.upperBound...]
            // The value stands close behind the name.
            let near = rest.prefix(64)
            guard let value = near.firstMatch(of: #/[0-9a-f]{32}/#) else { continue }
            result += rest[..<value.range.lowerBound]
            rest = rest[value.range.upperBound...]
        }
        return result + rest
    }
}
