package import GraphModel
import Synchronization

/// Waits until lists show what this client has just made.
///
/// Microsoft Graph leaves new conversations, threads and posts out of lists for some seconds (reference, section 1, row 4),
/// and a script that lists what it wrote must not see less than it wrote. A list without options that would leave
/// something out, or change its order, is asked for again until it shows what is new, for a time.
package final class FreshListService<Next: GraphService>: GraphService {
    private let next: Next
    private let window: Int64
    private let clock: any PacingClock
    /// What lists have not shown yet, by the path of the list.
    private let expected = Mutex<[String: [Made]]>([:])

    private struct Made {
        var id: String
        var until: Int64
    }

    private static var firstPause: Int64 { 250_000 }
    private static var longestPause: Int64 { 4_000_000 }
    private static var patienceWithPages: Int64 { 10_000_000 }
    /// Options with which a list shows something else than what is newest, or all.
    private static var selective: [String] { ["$filter", "$search", "$skip", "$skiptoken", "$orderby"] }

    /// Wraps a service.
    ///
    /// - Parameters:
    ///   - next: What answers.
    ///   - window: How long something is waited for, counted from when it was made.
    ///   - clock: Tells the time, and waits.
    package init(_ next: Next, window: Duration = .seconds(60), clock: any PacingClock = SystemPacingClock()) {
        self.next = next
        self.window = Int64(window / .microseconds(1))
        self.clock = clock
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        var pause = Self.firstPause
        while true {
            let response = try await next.respond(to: request)
            guard response.isSuccess else { return response }
            switch request.method {
            // Nobody reads back what was announced, of which there may be very much.
            case .post where request.key?.namespace != .announcement: remember(request, response)
            case .delete: forget(request)
            case .get:
                guard let end = end(of: request, response), clock.now < end, !Task.isCancelled else { break }
                await clock.sleep(until: min(clock.now + pause, end))
                pause = min(pause * 2, Self.longestPause)
                continue
            default: break
            }
            return response
        }
    }

    // MARK: What was made

    private func remember(_ request: GraphRequest, _ response: GraphResponse) {
        var segments = PathSegments.ids(in: request.path)
        guard segments.count >= 3, segments[0] == "groups", let last = segments.popLast()?.lowercased() else { return }
        let group = "groups/\(segments[1])"
        let json = (try? JSONValue(response.body)) ?? .null
        var made: [(list: String, id: String)] = []
        switch last {
        case "conversations" where segments.count == 2:
            guard let id = json["id"]?.string else { return }
            made.append(("\(group)/conversations", id))
            for thread in json["threads"]?.elements ?? [] {
                if let thread = thread["id"]?.string {
                    made.append(("\(group)/threads", thread))
                    made.append(("\(group)/conversations/\(id)/threads", thread))
                }
            }
        case "threads":
            guard let id = json["id"]?.string else { return }
            made.append(("\(group)/threads", id))
            if segments.count > 2 { made.append((segments.joined(separator: "/") + "/threads", id)) }
        case "reply":
            // Only a Herald server tells the id of a reply.
            guard let id = response.headers["x-post-id"], let index = segments.lastIndex(of: "threads"),
                index + 1 < segments.count
            else { return }
            made.append(("\(group)/threads/\(segments[index + 1])/posts", id))
            made.append((segments[...(index + 1)].joined(separator: "/") + "/posts", id))
        default: return
        }
        let now = clock.now
        expected.withLock { expected in
            expected = expected.compactMapValues { list in
                let rest = list.filter { $0.until > now }
                return rest.isEmpty ? nil : rest
            }
            for (list, id) in made where expected[list]?.contains(where: { $0.id == id }) != true {
                expected[list, default: []].append(Made(id: id, until: now + window))
            }
        }
    }

    /// What was deleted is not waited for, nor anything in it.
    private func forget(_ request: GraphRequest) {
        let path = PathSegments.ids(in: request.path).joined(separator: "/")
        guard let id = path.split(separator: "/").last.map(String.init) else { return }
        expected.withLock { expected in
            expected = expected.compactMapValues { list in
                let rest = list.filter { $0.id != id }
                return rest.isEmpty ? nil : rest
            }.filter { !$0.key.hasPrefix(path + "/") && !$0.key.contains("/\(id)/") }
            // A conversation takes its threads along, of which it may have been the only one.
            if path.contains("/conversations/") || path.contains("/threads/") {
                let group = path.split(separator: "/").prefix(2).joined(separator: "/")
                expected["\(group)/threads"] = nil
                expected["\(group)/conversations"] = nil
            }
        }
    }

    // MARK: What lists show

    /// Until when a list may be asked for again; nil if it shows all that it should.
    private func end(of request: GraphRequest, _ response: GraphResponse) -> Int64? {
        guard expected.withLock({ !$0.isEmpty }) else { return nil }
        let path = PathSegments.ids(in: request.path).joined(separator: "/")
        let now = clock.now
        guard let waiting = expected.withLock({ $0[path] })?.filter({ $0.until > now }), !waiting.isEmpty,
            !Self.selective.contains(where: PercentEncoding.decode(request.query).lowercased().contains),
            let json = try? JSONValue(response.body), let elements = json["value"]?.elements
        else { return nil }
        let shown = Set(elements.compactMap { $0["id"]?.string })
        expected.withLock { expected in
            let rest = expected[path]?.filter { !shown.contains($0.id) } ?? []
            expected[path] = rest.isEmpty ? nil : rest
        }
        let missing = waiting.filter { !shown.contains($0.id) }
        guard json["@odata.nextLink"] != nil else { return missing.map(\.until).max() }
        // Of more than a page only the newest conversation or thread is sure to be on the first; posts come oldest first.
        // Somebody else's may be newer still, so it is not waited for long.
        guard !path.hasSuffix("/posts"), let newest = missing.last, newest.id == waiting.last?.id else { return nil }
        return newest.until - window + min(window, Self.patienceWithPages)
    }
}
