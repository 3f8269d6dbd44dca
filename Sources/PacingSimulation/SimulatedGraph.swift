import GraphModel

/// Counts what arrives, by itself, and refuses what exceeds its limits, as Microsoft Graph says it does.
///
/// Windows slide: they are counted exactly, at any moment. What was refused counts too, so that asking again at once
/// keeps the door shut (reference, section 15). It knows nothing of who asks or how that is paced.
struct SimulatedGraph {
    /// Why a request is refused, and for how long.
    struct Refusal: Equatable {
        enum Reason {
            case mailboxConcurrency
            case mailbox
            case application
            case tenant
        }

        var reason: Reason
        /// Whole seconds, at least 1.
        var retryAfter: Int

        /// The answer as it goes over the wire.
        ///
        /// - Parameter namesScope: Whether it says for whom; Outlook's answers do not.
        /// - Returns: What the client gets.
        func response(namesScope: Bool) -> GraphResponse {
            var response = GraphResponse(status: 429)
            response.headers["Retry-After"] = String(retryAfter)
            guard namesScope else { return response }
            switch reason {
            case .mailbox, .mailboxConcurrency: break
            case .application: response.headers["x-ms-throttle-scope"] = "Application/ReadWrite/announcer"
            case .tenant: response.headers["x-ms-throttle-scope"] = "Tenant/ReadWrite/announcer/contoso"
            }
            return response
        }
    }

    /// How it is now; may change on the way.
    var limits: GraphLimits
    private var running: [Int32]
    private var mailboxes: [ArrivalLog]
    private var applications: [ArrivalLog]
    private var tenant: ArrivalLog
    /// How many were at work at once, at most, in any one mailbox.
    private(set) var mostRunning = 0

    init(_ limits: GraphLimits, mailboxes: Int, applications: Int) {
        self.limits = limits
        running = Array(repeating: 0, count: mailboxes)
        self.mailboxes = Array(repeating: ArrivalLog(capacity: limits.mailbox.requests), count: mailboxes)
        let log = ArrivalLog(capacity: limits.application.requests)
        self.applications = Array(repeating: log, count: applications)
        tenant = ArrivalLog(capacity: limits.tenant?.requests ?? 1)
    }

    /// Takes a request to work, or refuses it.
    ///
    /// - Returns: Nil if it is at work until ``finish(mailbox:)``.
    mutating func admit(mailbox: Int, application: Int, at now: Int64) -> Refusal? {
        var refusal = admit(application: application, at: now)
        let room = mailboxes[mailbox].roomAt(limit: limits.mailbox.requests, window: limits.mailbox.window)
        mailboxes[mailbox].note(now)
        if refusal == nil, room > now { refusal = Self.refusal(.mailbox, until: room, at: now) }
        if refusal == nil, running[mailbox] >= limits.mailboxConcurrency {
            refusal = Refusal(reason: .mailboxConcurrency, retryAfter: 1)
        }
        guard refusal == nil else { return refusal }
        running[mailbox] += 1
        mostRunning = max(mostRunning, Int(running[mailbox]))
        return nil
    }

    /// Counts a request that goes elsewhere.
    mutating func admit(application: Int, at now: Int64) -> Refusal? {
        let budget = limits.application
        let room = applications[application].roomAt(limit: budget.requests, window: budget.window)
        applications[application].note(now)
        var refusal = room > now ? Self.refusal(.application, until: room, at: now) : nil
        if let budget = limits.tenant {
            let room = tenant.roomAt(limit: budget.requests, window: budget.window)
            tenant.note(now)
            if refusal == nil, room > now { refusal = Self.refusal(.tenant, until: room, at: now) }
        }
        return refusal
    }

    mutating func finish(mailbox: Int) { running[mailbox] -= 1 }

    private static func refusal(_ reason: Refusal.Reason, until room: Int64, at now: Int64) -> Refusal {
        Refusal(reason: reason, retryAfter: Int(max(1, (room - now + 999_999) / 1_000_000)))
    }
}
