package import GraphModel
import Synchronization

/// Waits for what this client has just made and the service does not find yet.
///
/// Microsoft Graph knows a new conversation, thread or post some seconds after it answered with its id, and a new
/// group's mailbox some minutes (reference, sections 1 and 19). A 404 below such an id, within a time after it was
/// made, is asked again; no other is (section 13.2). A write that was answered 404 was certainly not done.
package final class FreshIDService<Next: GraphService>: GraphService {
    /// How long something is waited for, counted from when it was made.
    package struct Windows: Sendable {
        package var item = Duration.seconds(60)
        package var group = Duration.seconds(300)

        package init() {}
    }

    private let next: Next
    private let windows: Windows
    private let clock: any PacingClock
    private let state = Mutex(State())

    private struct State {
        var made: [String: Made] = [:]
        /// How many there may be before those are forgotten whose time is over.
        var limit = 1024
    }

    private struct Made {
        var until: Int64
        var isGroup: Bool
        /// The id of what it was made as a part of; its own, if it was made by itself.
        var owner: String
    }

    private static var firstPause: Int64 { 250_000 }
    private static var longestPause: Int64 { 8_000_000 }

    /// Wraps a service.
    ///
    /// - Parameters:
    ///   - next: What answers.
    ///   - windows: How long something is waited for.
    ///   - clock: Tells the time, and waits.
    package init(_ next: Next, windows: Windows = Windows(), clock: any PacingClock = SystemPacingClock()) {
        self.next = next
        self.windows = windows
        self.clock = clock
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        var pause = Self.firstPause
        while true {
            let response = try await next.respond(to: request)
            if response.isSuccess {
                // Nobody reads back what was announced, of which there may be very much.
                let isRead = request.key?.namespace != .announcement
                if request.method == .post, isRead, !response.isReplayed { remember(request, response) }
                if request.method == .delete { forget(request) }
                return response
            }
            guard let end = end(of: request, response), clock.now < end, !Task.isCancelled else { return response }
            await clock.sleep(until: min(clock.now + pause, end))
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// Until when a refused request may be asked again; nil if it may not at all.
    private func end(of request: GraphRequest, _ response: GraphResponse) -> Int64? {
        guard response.status == 404, request.method == .get || request.method == .post,
            let code = response.error?.code
        else { return nil }
        // What a new group lacks is itself and its mailbox; whatever else is not found in it is not there.
        let ofGroup = [GraphError.Code.mailboxNotReady, .directoryNotFound].map(\.rawValue).contains(code)
        let ofItem = [GraphError.Code.mailboxNotReady, .itemNotFound].map(\.rawValue).contains(code)
        guard ofGroup || ofItem else { return nil }
        let ids = PathSegments.ids(in: request.path)
        return state.withLock { state in
            ids.compactMap { id in
                state.made[id].flatMap { ($0.isGroup ? ofGroup : ofItem) ? $0.until : nil }
            }.max()
        }
    }

    private func remember(_ request: GraphRequest, _ response: GraphResponse) {
        let last = request.path.pathSegments.last?.lowercased() ?? ""
        guard ["groups", "conversations", "threads", "reply"].contains(last) else { return }
        // The first is that of the whole: a body begins with its id.
        var ids: [String] = []
        try? JSONReader.read(response.body) { try Self.collect(&$0, into: &ids) }
        if let id = response.headers["Location"].flatMap({ PathSegments.ids(in: $0).last }) { ids.append(id) }
        if let id = response.headers["x-post-id"] { ids.append(id) }
        // As paths name them.
        ids = ids.flatMap(PathSegments.ids)
        guard let first = ids.first else { return }
        let isGroup = last == "groups"
        let now = clock.now
        let made = Made(
            until: now + Int64((isGroup ? windows.group : windows.item) / .microseconds(1)),
            isGroup: isGroup,
            owner: first
        )
        state.withLock { state in
            for id in ids { state.made[id] = made }
            guard state.made.count > state.limit else { return }
            state.made = state.made.filter { $0.value.until > now }
            state.limit = max(1024, state.made.count * 2)
        }
    }

    /// What was deleted is not to be waited for, nor what was made with it.
    private func forget(_ request: GraphRequest) {
        guard let id = PathSegments.ids(in: request.path).last else { return }
        state.withLock { state in
            guard state.made.removeValue(forKey: id) != nil else { return }
            state.made = state.made.filter { $0.value.owner != id }
        }
    }

    /// The ids of what was made, and of the threads and posts in it.
    private static func collect(_ reader: inout JSONReader, into ids: inout [String]) throws {
        try reader.object { reader, name in
            switch name {
            case "id" where reader.kind == .string: ids.append(try reader.string())
            case "threads" where reader.kind == .array, "posts" where reader.kind == .array:
                try reader.array { reader, _ in try collect(&reader, into: &ids) }
            default: break
            }
        }
    }
}
