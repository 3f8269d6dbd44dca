import GraphModel

/// Builds the path of a request from segments that may hold anything.
struct GraphPath: CustomStringConvertible, ExpressibleByStringLiteral {
    private(set) var description: String

    /// A path that is known.
    init(stringLiteral path: StaticString) {
        description = path.description
    }

    /// This path and one segment more, percent-encoded but for the unreserved characters (RFC 3986, section 2.3).
    func appending(_ segment: String) -> GraphPath {
        var path = self
        path.description += "/" + PercentEncoding.encode(segment)
        return path
    }
}
