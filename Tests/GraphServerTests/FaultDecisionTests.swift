import GraphModel
import Testing

@testable import GraphServer

struct FaultDecisionTests {
    private static let group = "/groups/29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let caller = Caller(id: "a", displayName: "Adele", address: "a@contoso.example", kind: .operator)

    private func request(_ method: GraphRequest.Method, _ path: String) -> GraphRequest {
        GraphRequest(method, path, caller: Self.caller)
    }

    private func fates(
        _ text: String,
        seed: UInt64,
        count: Int = 1000
    ) throws -> [FaultDecisions.Decision] {
        var decisions = FaultDecisions(try FaultSpecification(text), seed: seed)
        return (0..<count).map { _ in decisions.decide(request(.get, "/groups"), at: .zero) }
    }

    @Test func `the same seed and the same requests give the same faults`() throws {
        let text = "lost-reply=10%,throttle=10%,unavailable=10%,reset=10%,latency=50ms±30ms"
        #expect(try fates(text, seed: 7) == fates(text, seed: 7))
        #expect(try fates(text, seed: 7) != fates(text, seed: 8))
    }

    @Test func `a latency does not move the other faults`() throws {
        let plain = try fates("lost-reply=10%,reset=10%", seed: 7)
        let late = try fates("lost-reply=10%,reset=10%,latency=1s", seed: 7)
        #expect(plain.map(\.fate) == late.map(\.fate))
        #expect(late.allSatisfy { $0.delay == .seconds(1) })
    }

    @Test func `each fault comes about as often as was asked for`() throws {
        let decisions = try fates("lost-reply=10%,throttle=20%,unavailable=5%,reset=15%", seed: 1, count: 20_000)
        var counts: [String: Int] = [:]
        for decision in decisions {
            switch decision.fate {
            case .throttled(let seconds), .unavailable(let seconds): #expect((1...3).contains(seconds))
            default: break
            }
            counts["\(decision.fate)".prefix { $0 != "(" }.description, default: 0] += 1
        }
        #expect((1850...2150).contains(counts["lostReply"] ?? 0))
        #expect((3800...4200).contains(counts["throttled"] ?? 0))
        #expect((850...1150).contains(counts["unavailable"] ?? 0))
        #expect((2800...3200).contains(counts["reset"] ?? 0))
        #expect((9750...10250).contains(counts["answered"] ?? 0))
    }

    @Test func `latencies lie within their spread`() throws {
        let delays = try fates("latency=50ms±30ms", seed: 3).map(\.delay)
        #expect(delays.allSatisfy { $0 >= .milliseconds(20) && $0 <= .milliseconds(80) })
        #expect(Set(delays).count > 900)
    }

    @Test func `what was made cannot be read, changed or deleted until the lag is over`() throws {
        var decisions = FaultDecisions(try FaultSpecification("read-lag=5s"), seed: 1)
        let made = GraphResponse(status: 201, json: Array(#"{"id":"C1","threads":[{"id":"T1","posts":[]}]}"#.utf8))
        decisions.note(made, to: request(.post, Self.group + "/conversations"), at: .seconds(10))
        let paths = ["/conversations/C1", "/threads/T1/posts", "/conversations('C1')/threads"]
        for path in paths {
            #expect(decisions.decide(request(.get, Self.group + path), at: .seconds(14)).fate == .notVisible)
        }
        for method in [GraphRequest.Method.delete, .patch] {
            let change = request(method, Self.group + "/conversations/C1")
            #expect(decisions.decide(change, at: .seconds(14)).fate == .notVisible)
        }
        #expect(decisions.invisibleIDs(at: .seconds(14)) == ["C1", "T1"])
        #expect(decisions.decide(request(.post, Self.group + "/threads/T1/reply"), at: .seconds(14)).fate == .answered)
        #expect(decisions.decide(request(.get, Self.group + "/threads/T2"), at: .seconds(14)).fate == .answered)
        for path in paths {
            #expect(decisions.decide(request(.get, Self.group + path), at: .seconds(15)).fate == .answered)
            #expect(decisions.decide(request(.delete, Self.group + path), at: .seconds(15)).fate == .answered)
        }
        #expect(decisions.invisibleIDs(at: .seconds(15)).isEmpty)
    }

    @Test func `a reply cannot be read until the lag is over`() throws {
        var decisions = FaultDecisions(try FaultSpecification("read-lag=5s"), seed: 1)
        let made = GraphResponse(status: 202, headers: ["x-post-id": "P1"])
        decisions.note(made, to: request(.post, Self.group + "/threads/T1/reply"), at: .zero)
        let path = Self.group + "/threads/T1/posts/P1"
        #expect(decisions.decide(request(.get, path), at: .seconds(4)).fate == .notVisible)
        #expect(decisions.decide(request(.get, path), at: .seconds(5)).fate == .answered)
    }

    @Test func `an answer that is given again does not start the lag again`() throws {
        var decisions = FaultDecisions(try FaultSpecification("read-lag=5s"), seed: 1)
        var made = GraphResponse(status: 201, json: Array(#"{"id":"C1"}"#.utf8))
        made.headers[GraphResponse.replayedHeader] = "true"
        decisions.note(made, to: request(.post, Self.group + "/conversations"), at: .zero)
        #expect(decisions.invisibleIDs(at: .zero).isEmpty)
    }

    // Reference, section 13.2, mailbox not ready.
    @Test func `a new group has no conversations until it is provisioned`() throws {
        var decisions = FaultDecisions(try FaultSpecification("provisioning=10s"), seed: 1)
        let made = GraphResponse(status: 201, json: Array(#"{"id":"29981b6a-0e57-42dc-94c9-cd24f5306196"}"#.utf8))
        decisions.note(made, to: request(.post, "/groups"), at: .seconds(1))
        let path = "/groups('29981B6A-0e57-42dc-94c9-cd24f5306196')/conversations"
        #expect(decisions.decide(request(.post, path), at: .seconds(10)).fate == .notProvisioned)
        #expect(decisions.decide(request(.get, Self.group), at: .seconds(10)).fate == .answered)
        #expect(decisions.decide(request(.post, path), at: .seconds(11)).fate == .answered)
    }

    @Test func `lists leave out what cannot be seen, and keep all else as it was`() throws {
        let list = #"{"@odata.context":"x","value":[{"id":"A","n":1.50},{"id":"B","threads":[{"id":"C"},{"id":"D"}]}]}"#
        let rest = try #require(MadeObjects.removing(["A", "D"], from: Array(list.utf8)))
        #expect(
            String(decoding: rest, as: UTF8.self)
                == #"{"@odata.context":"x","value":[{"id":"B","threads":[{"id":"C"}]}]}"#
        )
        #expect(MadeObjects.removing(["X"], from: Array(list.utf8)) == nil)
    }
}
