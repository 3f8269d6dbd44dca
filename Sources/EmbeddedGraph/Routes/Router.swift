import Foundation
import GraphModel

/// Finds the operation for a path.
struct Router: Sendable {
    /// What a path leads to.
    struct Match {
        var route: Route
        var parameters: [String: String]
    }

    private let routes: [Int: [Route]]

    init(_ routes: [Route]) {
        self.routes = Dictionary(grouping: routes) { $0.segments.count }
    }

    /// Finds the route of a request.
    ///
    /// - Throws: ``GraphError``: 405 with the methods that are allowed, or 400 for a segment that is not known.
    func match(_ method: GraphRequest.Method, _ path: String) throws -> Match {
        let parts = Self.split(path)
        var allowed: [GraphRequest.Method] = []
        for route in routes[parts.count] ?? [] {
            guard let parameters = route.match(parts) else { continue }
            if route.method == method { return Match(route: route, parameters: parameters) }
            if !allowed.contains(route.method) { allowed.append(route.method) }
        }
        guard allowed.isEmpty else { throw MethodNotAllowed(allowed: allowed, parts: parts) }
        throw GraphError(400, .badRequest, "Resource not found for the segment '\(unknown(parts).prefix(80))'.")
    }

    /// A method that the path does not have.
    struct MethodNotAllowed: Error {
        var allowed: [GraphRequest.Method]
        var parts: [String]

        var error: GraphError {
            let hint = parts.last?.lowercased() == "posts" ? " A post is made by 'reply', or with its thread." : ""
            let code: GraphError.Code = parts.count <= 2 ? .directoryBadRequest : .invalidRequest
            return GraphError(405, code, "The OData request is not supported." + hint)
        }

        /// The value of the header `Allow`.
        var allow: String { allowed.map(\.rawValue).sorted().joined(separator: ", ") }
    }

    /// The segments of a path, decoded; `groups('ID')` counts as `groups/ID`.
    static func split(_ path: String) -> [String] {
        var parts: [String] = []
        for raw in path.split(separator: "/") {
            let part = PercentEncoding.decode(String(raw))
            if part.hasSuffix("')"), let open = part.range(of: "('") {
                parts.append(String(part[..<open.lowerBound]))
                parts.append(String(part[open.upperBound...].dropLast(2)).replacing("''", with: "'"))
            } else {
                parts.append(part)
            }
        }
        return parts
    }

    private func unknown(_ parts: [String]) -> String {
        var longest = 0
        for route in routes.values.joined() {
            var length = 0
            for (segment, part) in zip(route.segments, parts) {
                if case .name(let name) = segment, name.lowercased() != part.lowercased() { break }
                length += 1
            }
            longest = max(longest, length)
        }
        return longest < parts.count ? parts[longest] : parts.last ?? "/"
    }
}
