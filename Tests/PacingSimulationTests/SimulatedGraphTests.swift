import GraphModel
import Testing

@testable import PacingSimulation

/// The documented limits, as the simulated Graph enforces them (reference, section 15).
@Suite struct SimulatedGraphTests {
    private let second: Int64 = 1_000_000

    private func graph(_ change: (inout GraphLimits) -> Void = { _ in }) -> SimulatedGraph {
        var limits = GraphLimits()
        change(&limits)
        return SimulatedGraph(limits, mailboxes: 3, applications: 2)
    }

    @Test func `a mailbox works on four requests of an app, and refuses the fifth`() {
        var graph = graph()
        for _ in 0..<4 { #expect(graph.admit(mailbox: 0, application: 0, at: 0) == nil) }
        let refusal = graph.admit(mailbox: 0, application: 0, at: 0)
        #expect(refusal == .init(reason: .mailboxConcurrency, retryAfter: 1))
        #expect(graph.admit(mailbox: 1, application: 0, at: 0) == nil)
        graph.finish(mailbox: 0)
        #expect(graph.admit(mailbox: 0, application: 0, at: 1) == nil)
        #expect(graph.mostRunning == 4)
    }

    @Test func `a mailbox takes 10,000 requests in any ten minutes`() {
        var graph = graph()
        for number in 0..<10_000 {
            #expect(graph.admit(mailbox: 0, application: 0, at: Int64(number) * 1_000) == nil)
            graph.finish(mailbox: 0)
        }
        #expect(graph.admit(mailbox: 0, application: 0, at: 10 * second)?.reason == .mailbox)
        // The first two, and the refused one, count: there is room for one once the first two have left the window.
        #expect(graph.admit(mailbox: 0, application: 0, at: 600 * second + 1_000) == nil)
    }

    @Test func `an app takes 2,000 requests in any second, and what is refused counts`() {
        var graph = graph { $0.mailboxConcurrency = .max }
        for number in 0..<2_000 {
            #expect(graph.admit(mailbox: number % 3, application: 0, at: 500_000) == nil)
        }
        let refusal = graph.admit(mailbox: 0, application: 0, at: 600_000)
        #expect(refusal == .init(reason: .application, retryAfter: 1))
        #expect(graph.admit(mailbox: 0, application: 1, at: 600_000) == nil)
        #expect(graph.admit(mailbox: 0, application: 0, at: 1_499_999)?.reason == .application)
        for _ in 0..<1_998 { #expect(graph.admit(mailbox: 0, application: 0, at: 1_500_000) == nil) }
        #expect(graph.admit(mailbox: 0, application: 0, at: 1_500_000)?.reason == .application)
    }

    @Test func `a tenant's limit counts the requests of all apps`() {
        var graph = graph { $0.tenant = .init(requests: 2, window: 10_000_000) }
        #expect(graph.admit(mailbox: 0, application: 0, at: 0) == nil)
        #expect(graph.admit(mailbox: 1, application: 1, at: 0) == nil)
        #expect(graph.admit(mailbox: 2, application: 1, at: second) == .init(reason: .tenant, retryAfter: 9))
    }

    @Test func `a refusal names the app or the tenant it is meant for, if it names anybody`() {
        let refusal = SimulatedGraph.Refusal(reason: .application, retryAfter: 7)
        let response = refusal.response(namesScope: true)
        #expect(response.status == 429)
        #expect(response.headers["Retry-After"] == "7")
        #expect(response.headers["x-ms-throttle-scope"]?.hasPrefix("Application/") == true)
        #expect(refusal.response(namesScope: false).headers["x-ms-throttle-scope"] == nil)
        let mailbox = SimulatedGraph.Refusal(reason: .mailbox, retryAfter: 7)
        #expect(mailbox.response(namesScope: true).headers["x-ms-throttle-scope"] == nil)
    }
}
