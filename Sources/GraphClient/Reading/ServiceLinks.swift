import GraphModel

/// The links in a service's answers, which lead back to the service and nowhere else.
///
/// A token is for one host: a link to another is refused, not followed (reference, section 17). To those who asked, all
/// links begin as the embedded store's do, with the root that the request names.
struct ServiceLinks: Sendable {
    /// Scheme, authority and version, without a final "/".
    let root: String

    /// The path and the query of a link below the root.
    ///
    /// - Throws: ``NoAnswer`` if it leads elsewhere.
    func place(of link: String) throws(NoAnswer) -> (path: String, query: String) {
        let rest = link.dropFirst(root.count)
        guard link.prefix(root.count).lowercased() == root.lowercased(), rest.first == "/" else {
            // What stands behind the host is not shown: it may hold more than an address.
            let host = link.split(separator: "?").first?.split(separator: "/").prefix(2).joined(separator: "//") ?? ""
            throw NoAnswer(
                .notDone,
                "The next page is said to be at \(host.prefix(120)), and the access token is for \(root) alone: it was "
                    + "not asked for."
            )
        }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
    }

    /// An answer with links that begin with another root.
    ///
    /// - Throws: ``NoAnswer`` if a link to a further page leads elsewhere.
    func moved(_ response: GraphResponse, to other: String) throws(NoAnswer) -> GraphResponse {
        var response = response
        if let location = response.headers["Location"], location.hasPrefix(root + "/") {
            response.headers["Location"] = other + location.dropFirst(root.count)
        }
        // What answers say as a rule need not be searched.
        guard let type = response.headers["Content-Type"], type.hasPrefix("application/json") || type.contains("json")
        else { return response }
        var moved: [UInt8] = []
        var copied = 0
        for member in Self.links(in: response.body) {
            guard let link = try? JSONReader.read(response.body[member.range], { try $0.string() }) else { continue }
            let rest: Substring
            if member.isFollowed {
                let (path, query) = try place(of: link)
                rest = path[...] + (query.isEmpty ? "" : "?" + query)
            } else {
                guard link.hasPrefix(root + "/") else { continue }
                rest = link.dropFirst(root.count)
            }
            moved += response.body[copied..<member.range.lowerBound]
            var writer = JSONWriter()
            writer.string(other + rest)
            moved += writer.bytes
            copied = member.range.upperBound
        }
        guard copied > 0 else { return response }
        response.body = moved + response.body[copied...]
        return response
    }

    // A name with its quotation mark and colon cannot stand within a text, where the mark would be escaped.
    private static let names: [(bytes: [UInt8], isFollowed: Bool)] = [
        (Array("odata.nextLink\"".utf8), true), (Array("odata.deltaLink\"".utf8), true),
        (Array("odata.context\"".utf8), false),
    ]

    /// Where the values of links stand, quotation marks and all.
    private static func links(in body: [UInt8]) -> [(range: Range<Int>, isFollowed: Bool)] {
        var found: [(range: Range<Int>, isFollowed: Bool)] = []
        var index = 0
        while let at = body[index...].firstIndex(of: UInt8(ascii: "@")) {
            index = at + 1
            guard let name = names.first(where: { body[index...].starts(with: $0.bytes) }) else { continue }
            var place = index + name.bytes.count
            func skipSpaces() {
                while place < body.count, [0x20, 0x09, 0x0A, 0x0D].contains(body[place]) { place += 1 }
            }
            skipSpaces()
            guard place < body.count, body[place] == UInt8(ascii: ":") else { continue }
            place += 1
            skipSpaces()
            guard place < body.count, body[place] == UInt8(ascii: "\"") else { continue }
            let start = place
            place += 1
            while place < body.count, body[place] != UInt8(ascii: "\"") {
                place += body[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard place < body.count else { break }
            found.append((start..<(place + 1), name.isFollowed))
            index = place
        }
        return found
    }
}
