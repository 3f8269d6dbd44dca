import Foundation
import GraphModel

/// Finds the operation for a path.
struct Router: Sendable {
    /// What a path leads to.
    struct Match {
        var route: Route
        var parameters: [String: String]
    }

    /// A place in the tree of the templates' segments: what may follow there, and the routes that end there.
    private struct Node {
        /// By the name of the next segment, in small letters.
        var names: [String: Int] = [:]
        /// Where any other segment leads.
        var parameter: Int?
        /// Which of the routes end here.
        var ends: [Int] = []
    }

    private let routes: [Route]
    private var nodes = [Node()]

    init(_ routes: [Route]) {
        self.routes = routes
        for (index, route) in routes.enumerated() {
            let end = route.segments.reduce(0) { node($0, $1) }
            nodes[end].ends.append(index)
        }
    }

    /// Where a segment of a template leads from a place in the tree, which grows if need be.
    private mutating func node(_ place: Int, _ segment: Route.Segment) -> Int {
        let known: Int?
        switch segment {
        case .name(let name): known = nodes[place].names[name.lowercased()]
        case .parameter: known = nodes[place].parameter
        }
        if let known { return known }
        nodes.append(Node())
        let new = nodes.count - 1
        switch segment {
        case .name(let name): nodes[place].names[name.lowercased()] = new
        case .parameter: nodes[place].parameter = new
        }
        return new
    }

    /// Finds the route of a request.
    ///
    /// - Throws: ``GraphError``: 405 with the methods that are allowed, or 400 for a segment that is not known.
    func match(_ method: GraphRequest.Method, _ path: String) throws -> Match {
        let parts = Self.split(path)
        let found = fitting(parts)
        if let match = match(method, parts, found) { return match }
        guard found.isEmpty else { throw MethodNotAllowed(allowed: found.map { routes[$0].method }, parts: parts) }
        throw Self.unknownSegment(unknown(parts))
    }

    /// Finds the route of a method and the segments of a path; nil if there is none.
    func match(_ method: GraphRequest.Method, _ parts: [String]) -> Match? {
        match(method, parts, fitting(parts))
    }

    private func match(_ method: GraphRequest.Method, _ parts: [String], _ found: [Int]) -> Match? {
        // Where a path fits several templates, the first of the list counts.
        guard let first = found.filter({ routes[$0].method == method }).min() else { return nil }
        return Match(route: routes[first], parameters: routes[first].parameters(in: parts))
    }

    /// The routes, of whatever method, whose templates a path fits.
    private func fitting(_ parts: [String]) -> [Int] {
        var places = [0]
        for part in parts {
            var next: [Int] = []
            for place in places {
                if let name = nodes[place].names.isEmpty ? nil : nodes[place].names[part.lowercased()] {
                    next.append(name)
                }
                if let parameter = nodes[place].parameter { next.append(parameter) }
            }
            places = next
        }
        return places.flatMap { nodes[$0].ends }
    }

    /// There is nothing of this name where the path has it.
    static func unknownSegment(_ name: String) -> GraphError {
        GraphError(400, .badRequest, "Resource not found for the segment '\(name.prefix(80))'.")
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
        var allow: String {
            GraphRequest.Method.allCases.filter(allowed.contains).map(\.rawValue).joined(separator: ", ")
        }
    }

    /// The segments of a path, decoded; `groups('ID')` counts as `groups/ID`.
    static func split(_ path: String) -> [String] {
        var parts: [String] = []
        for raw in path.pathSegments {
            let part = PercentEncoding.decode(String(raw))
            if part.utf8.last != UInt8(ascii: ")") {
                parts.append(part)
            } else if part.hasSuffix("')"), let open = part.range(of: "('") {
                parts.append(String(part[..<open.lowerBound]))
                parts.append(String(part[open.upperBound...].dropLast(2)).replacing("''", with: "'"))
            } else if part.hasSuffix("')"), let open = part.firstIndex(of: "("), part[open...].contains("='") {
                // An alternate key stays with its name: `groups(uniqueName='x')` counts as `groups/uniqueName='x'`.
                parts.append(String(part[..<open]))
                parts.append(String(part[part.index(after: open)...].dropLast()))
            } else {
                parts.append(part)
            }
        }
        return parts
    }

    private func unknown(_ parts: [String]) -> String {
        var longest = 0
        for route in routes {
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
