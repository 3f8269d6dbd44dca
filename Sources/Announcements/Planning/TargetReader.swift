package import GraphModel
import Synchronization

/// Reads by requests what has to be known of groups before something is announced to them.
///
/// The reads are made side by side, so that what the backend takes together goes together.
package final class TargetReader: GroupDirectory {
    /// How much is asked.
    package enum Depth: Sendable, Equatable {
        /// Whether a group is there, and has conversations.
        case existence
        /// Besides, how many members it has.
        case audience
        /// Besides, how many members it has and whether it takes posts by the caller, as far as that can be known.
        case everything
    }

    private let service: any GraphService
    private let caller: Caller
    private let depth: Depth
    private let width: Int
    /// How many groups are asked for in one request.
    private let chunk: Int
    private let own = Mutex<Task<Set<String>?, Never>?>(nil)

    /// How many groups one `$filter` names on a service that answers from afar: Graph takes 15 values behind `in`.
    package static let filterSize = 15

    /// A reader.
    ///
    /// - Parameters:
    ///   - service: What answers.
    ///   - caller: Who asks, and is to announce.
    ///   - depth: How much is asked.
    ///   - width: How many requests are under way at once.
    ///   - chunk: How many groups are asked for in one request, where there are more than these.
    package init(
        _ service: any GraphService,
        caller: Caller,
        depth: Depth,
        width: Int = 32,
        chunk: Int = 1
    ) {
        self.service = service
        self.caller = caller
        self.depth = depth
        self.width = width
        self.chunk = chunk
    }

    package func facts(of groups: [GroupID]) async throws -> [GroupID: TargetFacts] {
        let size = groups.count > chunk ? chunk : 1
        let parts = stride(from: 0, to: groups.count, by: size).map { start in
            Array(groups[start..<min(start + size, groups.count)])
        }
        var facts: [GroupID: TargetFacts] = [:]
        facts.reserveCapacity(groups.count)
        try await withThrowingTaskGroup(of: [GroupID: TargetFacts].self) { tasks in
            var rest = parts.makeIterator()
            func addNext() {
                guard let part = rest.next() else { return }
                tasks.addTask { try await self.read(part) }
            }
            for _ in 0..<width { addNext() }
            while let more = try await tasks.next() {
                facts.merge(more) { $1 }
                addNext()
            }
        }
        return facts
    }

    private func read(_ groups: [GroupID]) async throws -> [GroupID: TargetFacts] {
        guard groups.count > 1 else {
            guard let group = groups.first, let facts = try await read(group) else { return [:] }
            return [group: facts]
        }
        let names = groups.map { "'\($0)'" }.joined(separator: ",")
        let response = try await get(
            "/groups",
            "$filter=" + PercentEncoding.encode("id in (\(names))") + "&$select=\(selection)&$top=\(groups.count)"
        )
        guard response.isSuccess, let found = try? JSONValue(response.body)["value"]?.elements else {
            // A service that does not filter so is asked for each by itself.
            var facts: [GroupID: TargetFacts] = [:]
            for group in groups { facts[group] = try await read(group) }
            return facts
        }
        var facts: [GroupID: TargetFacts] = [:]
        for group in groups { facts[group] = TargetFacts(refusal: .missing) }
        for value in found {
            guard let group = value["id"]?.string.flatMap({ GroupID($0) }) else { continue }
            facts[group] = try await judge(Read(value), group)
        }
        return facts
    }

    private func read(_ group: GroupID) async throws -> TargetFacts? {
        let response = try await get("/groups/\(group)", "$select=" + selection)
        if response.status == 404 { return TargetFacts(refusal: .missing) }
        guard response.isSuccess, let read = Read(response.body) else { return nil }
        return try await judge(read, group)
    }

    private func get(_ path: String, _ query: String) async throws -> GraphResponse {
        try await service.respond(to: GraphRequest(.get, path, query: query, caller: caller))
    }

    private var selection: String {
        let base = "id,displayName,groupTypes"
        return asksForPolicy ? base + ",visibility,resourceBehaviorOptions" : base
    }

    /// Whether it depends on the group if the caller may post.
    private var asksForPolicy: Bool { depth == .everything && caller.kind == .delegated }

    // MARK: One group

    /// What an answer says of a group.
    private struct Read {
        var name: String?
        var isUnified = false
        var isPublic = true
        var onlyMembersPost = false

        init?(_ body: [UInt8]) {
            do {
                try JSONReader.read(body) { reader in
                    try reader.object { reader, name in
                        switch name {
                        case "displayName" where reader.kind == .string: self.name = try reader.string()
                        case "visibility" where reader.kind == .string: isPublic = try reader.string() == "Public"
                        case "groupTypes" where reader.kind == .array:
                            try reader.array { reader, _ in if try reader.string() == "Unified" { isUnified = true } }
                        case "resourceBehaviorOptions" where reader.kind == .array:
                            try reader.array { reader, _ in
                                if try reader.string() == "AllowOnlyMembersToPost" { onlyMembersPost = true }
                            }
                        default: break
                        }
                    }
                }
            } catch {
                return nil
            }
        }

        init(_ value: JSONValue) {
            name = value["displayName"]?.string
            isUnified = value["groupTypes"]?.elements?.contains(.string("Unified")) ?? false
            isPublic = value["visibility"]?.string.map { $0 == "Public" } ?? true
            onlyMembersPost =
                value["resourceBehaviorOptions"]?.elements?.contains(.string("AllowOnlyMembersToPost")) ?? false
        }
    }

    private func judge(_ read: Read, _ group: GroupID) async throws -> TargetFacts {
        guard read.isUnified else { return TargetFacts(name: read.name, refusal: .noMailbox) }
        var facts = TargetFacts(name: read.name)
        guard depth != .existence else { return facts }
        facts.members = try await members(of: group)
        if asksForPolicy { facts.refusal = try await refusal(read, group) }
        return facts
    }

    private func members(of group: GroupID) async throws -> Int? {
        // A count by itself would go in no batch.
        var request = GraphRequest(
            .get,
            "/groups/\(group)/members",
            query: "$count=true&$top=1&$select=id",
            caller: caller
        )
        request.headers["ConsistencyLevel"] = "eventual"
        let response = try await service.respond(to: request)
        guard response.isSuccess else { return nil }
        return (try? JSONValue(response.body))?["@odata.count"]?.double.map { Int($0) }
    }

    /// Why the group does not take posts by the caller (reference, section 11.4); nil as well where it cannot be known.
    private func refusal(_ read: Read, _ group: GroupID) async throws -> TargetFacts.Refusal? {
        async let accepted = senders("accepted", of: group)
        async let rejected = senders("rejected", of: group)
        let isClosed = !read.isPublic || read.onlyMembersPost
        let (acceptedIDs, rejectedIDs) = (try await accepted, try await rejected)
        guard isClosed || !acceptedIDs.isEmpty || !rejectedIDs.isEmpty else { return nil }
        if rejectedIDs.contains(caller.id) { return .rejected }
        guard let own = await memberships() else { return nil }
        if !rejectedIDs.isDisjoint(with: own) { return .rejected }
        if !acceptedIDs.isEmpty, !acceptedIDs.contains(caller.id), acceptedIDs.isDisjoint(with: own) {
            return .notAccepted
        }
        guard isClosed, !own.contains(group.text) else { return nil }
        let owners = try await ids("/groups/\(group)/owners")
        guard let owners else { return nil }
        return owners.contains(caller.id) ? nil : .membersOnly
    }

    private func senders(_ list: String, of group: GroupID) async throws -> Set<String> {
        try await ids("/groups/\(group)/\(list)Senders") ?? []
    }

    private func ids(_ path: String) async throws -> Set<String>? {
        let response = try await get(path, "$top=100")
        guard response.isSuccess, let found = try? JSONValue(response.body)["value"]?.elements else { return nil }
        return Set(found.compactMap { $0["id"]?.string })
    }

    /// The groups to which the caller belongs, read once; nil if they cannot be.
    private func memberships() async -> Set<String>? {
        let reading = own.withLock { own in
            let task = own ?? Task { await readMemberships() }
            own = task
            return task
        }
        return await reading.value
    }

    private func readMemberships() async -> Set<String>? {
        var ids: Set<String> = []
        var query = "$select=id&$top=999"
        while true {
            guard let response = try? await get("/me/transitiveMemberOf", query), response.isSuccess,
                let page = try? JSONValue(response.body), let found = page["value"]?.elements
            else { return nil }
            ids.formUnion(found.compactMap { $0["id"]?.string })
            guard let link = page["@odata.nextLink"]?.string, let mark = link.firstIndex(of: "?") else { return ids }
            let next = String(link[link.index(after: mark)...])
            guard next != query else { return ids }
            query = next
        }
    }
}
