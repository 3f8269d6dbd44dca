import GraphModel
import Testing

@testable import GraphServer

struct ThrottleTests {
    private typealias Demand = ThrottleState.Demand
    private var limits = ThrottleLimits()

    private func mail(
        _ box: String = "g",
        app: String = "app",
        write: Bool = true,
        bytes: Int = 10,
        same: Int? = nil
    ) -> Demand {
        demand(box, app: app, write: write, bytes: bytes, same: same)
    }

    private func directory(units: Int = 1, write: Bool = false) -> Demand {
        demand(nil, write: write, units: units)
    }

    private func demand(
        _ box: String?,
        app: String = "app",
        write: Bool,
        bytes: Int = 0,
        extensions: Bool = false,
        units: Int = 0,
        same: Int? = nil
    ) -> Demand {
        var demand = Demand(
            GraphRequest(.get, "/", caller: Caller(id: app, displayName: "", address: "", kind: .application))
        )
        demand.mailbox = box
        demand.isWrite = write
        demand.uploaded = bytes
        demand.isAboutExtensions = extensions
        demand.units = units
        demand.fingerprint = same ?? Int.random(in: 1 ... .max)
        return demand
    }

    /// Asks once, and finishes at once what is admitted.
    private func ask(_ state: inout ThrottleState, _ demand: Demand, at now: Duration) -> ThrottleState.Refusal? {
        switch state.admit(demand, at: now) {
        case .refused(let refusal): return refusal
        case .admitted:
            state.finish(demand, at: now)
            return nil
        }
    }

    // Reference, section 13.2, throttled; section 15, 4 concurrent requests.
    @Test func `the fifth request at once in a mailbox is refused`() {
        var state = ThrottleState(limits)
        for _ in 0..<4 { #expect(state.admit(mail(), at: .zero).refusal == nil) }
        let refusal = state.admit(mail(), at: .zero).refusal
        #expect(refusal?.code == "ApplicationThrottled")
        #expect(refusal?.message == "Application is over its MailboxConcurrency limit.")
        #expect(refusal?.retryAfter == 1)
        #expect(refusal?["x-ms-throttle-scope"] == "Tenant_Application/Write/app/g")
        #expect(state.admit(mail("h"), at: .zero).refusal == nil)
        #expect(state.admit(mail(app: "other"), at: .zero).refusal == nil)
        state.finish(mail(), at: .zero)
        #expect(state.admit(mail(), at: .seconds(1)).refusal == nil)
    }

    // Reference, section 15: app + mailbox; section 16.3: appid or azp with tid.
    @Test func `users of one app share its limits, and a user's other app has its own`() {
        func demand(_ user: String, _ app: String, _ tenant: String) -> Demand {
            let caller = Caller(
                id: user,
                displayName: "",
                address: "",
                kind: .delegated,
                clientID: app,
                tenantID: tenant
            )
            let group = "29981b6a-0e57-42dc-94c9-cd24f5306196"
            return Demand(GraphRequest(.get, "/groups/\(group)/threads", caller: caller))
        }
        var state = ThrottleState(limits)
        for user in ["adele", "adele", "megan", "megan"] {
            #expect(state.admit(demand(user, "announcer", "contoso"), at: .zero).refusal == nil)
        }
        let refusal = state.admit(demand("alex", "announcer", "contoso"), at: .zero).refusal
        #expect(refusal?.code == "ApplicationThrottled")
        #expect(refusal?["x-ms-throttle-scope"]?.hasPrefix("Tenant_Application/Read/announcer/") == true)
        #expect(state.admit(demand("adele", "reader", "contoso"), at: .zero).refusal == nil)
        #expect(state.admit(demand("adele", "announcer", "fabrikam"), at: .zero).refusal == nil)
    }

    @Test func `10,000 requests in 10 minutes fit into a mailbox`() {
        var state = ThrottleState(limits)
        for number in 0..<10_000 { #expect(ask(&state, mail(), at: .milliseconds(number)) == nil) }
        let refusal = ask(&state, mail(), at: .seconds(10))
        #expect(refusal?.code == "TooManyRequests")
        #expect(refusal?.retryAfter == 590)
        #expect(refusal?["RateLimit-Limit"] == "10000")
        #expect(refusal?["RateLimit-Remaining"] == "0")
        #expect(refusal?["RateLimit-Reset"] == "590")
        #expect(refusal?["x-ms-throttle-limit-percentage"] == "1.00")
        #expect(ask(&state, mail("h"), at: .seconds(10)) == nil)
        #expect(ask(&state, mail(), at: .seconds(600)) == nil)
    }

    @Test func `15 MB in 30 seconds may be uploaded, and reading goes on`() {
        var state = ThrottleState(limits)
        for _ in 0..<15 { #expect(ask(&state, mail(bytes: 1_000_000), at: .zero) == nil) }
        #expect(ask(&state, mail(bytes: 1), at: .seconds(1))?.retryAfter == 29)
        #expect(ask(&state, mail(write: false, bytes: 0), at: .seconds(1)) == nil)
        #expect(ask(&state, mail(bytes: 1), at: .seconds(30)) == nil)
    }

    @Test func `an upload larger than the limit is taken when nothing else is there`() {
        var state = ThrottleState(limits)
        #expect(ask(&state, mail(bytes: 20_000_000), at: .zero) == nil)
        #expect(ask(&state, mail(bytes: 1), at: .seconds(1)) != nil)
    }

    @Test func `who comes back too early waits twice as long each time`() {
        var limits = limits
        limits.requests = RateLimit(10, per: .seconds(10))
        limits.maximumWait = .seconds(100)
        var state = ThrottleState(limits)
        for _ in 0..<10 { #expect(ask(&state, mail(), at: .zero) == nil) }
        var waits: [Int] = []
        for _ in 0..<6 { waits.append(ask(&state, mail(same: 1), at: .seconds(1))?.retryAfter ?? 0) }
        #expect(waits == [9, 18, 36, 72, 100, 100])
        #expect(ask(&state, mail(same: 1), at: .seconds(100))?.retryAfter == 100)
        #expect(ask(&state, mail(same: 1), at: .seconds(200)) == nil)
    }

    @Test func `nobody is punished for what another request of the same app did`() {
        var limits = limits
        limits.requests = RateLimit(3, per: .seconds(10))
        var state = ThrottleState(limits)
        for _ in 0..<3 { #expect(ask(&state, mail(), at: .zero) == nil) }
        for number in 1...3 { #expect(ask(&state, mail(same: number), at: .zero)?.retryAfter == 10) }
        for number in 1...3 { #expect(ask(&state, mail(same: number), at: .seconds(10)) == nil) }
    }

    @Test func `coming early into a crowd lengthens the wait, but holds up nobody else`() {
        var state = ThrottleState(limits)
        for _ in 0..<4 { _ = state.admit(mail(), at: .zero) }
        #expect(state.admit(mail(same: 1), at: .zero).refusal?.retryAfter == 1)
        #expect(state.admit(mail(same: 1), at: .milliseconds(10)).refusal?.retryAfter == 2)
        #expect(state.admit(mail(same: 1), at: .milliseconds(20)).refusal?.retryAfter == 4)
        state.finish(mail(), at: .milliseconds(30))
        #expect(state.admit(mail(same: 1), at: .milliseconds(40)).refusal?.retryAfter == 8)
        #expect(state.admit(mail(), at: .milliseconds(40)).refusal == nil)
    }

    @Test func `the directory counts units and writes apart`() {
        var limits = limits
        limits.resourceUnits = RateLimit(30, per: .seconds(10))
        limits.directoryWrites = RateLimit(3, per: .seconds(150))
        var state = ThrottleState(limits)
        for _ in 0..<3 { #expect(ask(&state, directory(write: true), at: .zero) == nil) }
        let write = ask(&state, directory(write: true), at: .zero)
        #expect(write?.retryAfter == 150)
        #expect(write?["x-ms-throttle-information"] == "WriteLimitExceeded")
        #expect(write?["x-ms-throttle-scope"] == "Tenant_Application/Write/app/tenant")
        #expect(ask(&state, directory(units: 26), at: .zero) == nil)
        let read = ask(&state, directory(units: 1), at: .zero)
        #expect(read?.retryAfter == 10)
        #expect(read?["x-ms-throttle-information"] == "ResourceUnitLimitExceeded")
        #expect(ask(&state, directory(units: 1), at: .seconds(10)) == nil)
        #expect(ask(&state, mail(), at: .zero) == nil)
    }

    @Test func `extensions have a limit of their own`() {
        var limits = limits
        limits.extensionRequests = RateLimit(2, per: .seconds(10))
        var state = ThrottleState(limits)
        let demand = demand("g", write: false, extensions: true)
        for _ in 0..<2 { #expect(ask(&state, demand, at: .zero) == nil) }
        #expect(ask(&state, demand, at: .zero)?.retryAfter == 10)
        #expect(ask(&state, mail(), at: .zero) == nil)
    }

    @Test(arguments: [
        ("/groups", "", 1), ("/users", "", 2), ("/users/x", "$select=id", 1), ("/me/memberOf", "", 2),
        ("/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/members", "", 3),
        ("/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/members", "$select=id&$top=5", 1),
        ("/groups/29981b6a-0e57-42dc-94c9-cd24f5306196/transitiveMembers", "%24expand=manager&$top=100", 6),
        ("/groups", "$select=id&$top=1", 1), ("/groups('29981b6a-0e57-42dc-94c9-cd24f5306196')/threads", "", 0),
    ])
    func `requests of the directory cost units`(_ path: String, _ query: String, _ units: Int) {
        let caller = Caller(id: "app", displayName: "", address: "", kind: .application)
        #expect(ThrottleState.Demand(GraphRequest(.get, path, query: query, caller: caller)).units == units)
    }

    @Test func `mailboxes that are idle are forgotten`() {
        var state = ThrottleState(limits)
        for number in 0..<1000 { #expect(ask(&state, mail("\(number)"), at: .seconds(1)) == nil) }
        #expect(state.scopeCount == 1000)
        #expect(ask(&state, mail("new"), at: .seconds(700)) == nil)
        #expect(state.scopeCount == 1)
    }

    @Test func `many mailboxes at once stay within bounds`() {
        var limits = limits
        limits.maximumScopes = 100
        var state = ThrottleState(limits)
        _ = state.admit(mail("busy"), at: .zero)
        for number in 0..<10_000 { #expect(ask(&state, mail("\(number)"), at: .zero) == nil) }
        #expect(state.scopeCount <= 101)
        for _ in 0..<3 { #expect(state.admit(mail("busy"), at: .zero).refusal == nil) }
        #expect(state.admit(mail("busy"), at: .zero).refusal != nil)
    }
}

extension ThrottleState.Admission {
    fileprivate var refusal: ThrottleState.Refusal? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal
    }
}

extension ThrottleState.Refusal {
    fileprivate subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}
