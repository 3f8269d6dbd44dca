import EmbeddedGraph
import GraphModel
import Testing

@testable import Announcements

/// What is known of groups before something is announced to them.
@Suite struct TargetReaderTests {
    private let world: World
    private let caller: Caller

    init() async throws {
        world = try await World(groups: 8)
        let operatorCaller = world.store.operatorCaller
        caller = Caller(
            id: operatorCaller.id,
            displayName: operatorCaller.displayName,
            address: operatorCaller.address,
            kind: .delegated
        )
    }

    private func send(_ method: GraphRequest.Method, _ path: String, _ body: String = "") async throws {
        let response = try await world.store.respond(
            to: GraphRequest(method, path, body: Array(body.utf8), caller: world.store.operatorCaller)
        )
        try #require(response.isSuccess, "\(path): \(String(decoding: response.body, as: UTF8.self))")
    }

    private func link(_ end: String) -> String { #"{"@odata.id":"\#(GraphRequest.localServiceRoot)/\#(end)"}"# }

    /// Groups of each kind that matters, by number: ordinary, private, private and one's own, deleted, for members only,
    /// rejecting, accepting others, with an owner.
    private func arrange() async throws -> [GroupID] {
        let groups = world.groups
        for index in [1, 2, 7] { try await send(.patch, "/groups/\(groups[index])", #"{"visibility":"Private"}"#) }
        try await send(.post, "/groups/\(groups[2])/members/$ref", link("users/\(caller.id)"))
        try await send(.post, "/groups/\(groups[7])/owners/$ref", link("users/\(caller.id)"))
        try await send(.delete, "/groups/\(groups[3])")
        try await send(.post, "/groups/\(groups[5])/rejectedSenders/$ref", link("users/\(caller.id)"))
        try await send(.post, "/groups/\(groups[6])/acceptedSenders/$ref", link("groups/\(groups[0])"))
        let security = GroupID.random()
        _ = try await world.store.importGroups([
            Group(
                id: security,
                displayName: "Security",
                mailNickname: "security",
                groupTypes: [],
                created: GraphDate(microseconds: 0)
            )
        ])
        return groups + [security, GroupID.random()]
    }

    @Test func `the store's own directory tells what requests tell, to a member of staff and to the operator`()
        async throws
    {
        let groups = try await arrange()
        for caller in [caller, world.store.operatorCaller] {
            let asked = try await TargetReader(world.store, caller: caller, depth: .everything).facts(of: groups)
            let looked = try await StoreDirectory(world.store, caller: caller).facts(of: groups)
            for group in groups { #expect(asked[group] == looked[group], "\(caller.kind), \(group)") }
            #expect(asked.count == groups.count)
        }
    }

    @Test func `groups that take no post by the caller are told apart`() async throws {
        let groups = try await arrange()
        let facts = try await StoreDirectory(world.store, caller: caller).facts(of: groups)
        #expect(
            groups.map { facts[$0]?.refusal } == [
                nil, .membersOnly, nil, .missing, nil, .rejected, .notAccepted, nil, .noMailbox, .missing,
            ]
        )
        #expect(facts[groups[2]]?.members == 1)
    }
}
