import GraphModel

/// Decides which requests are too many, as Microsoft Graph does (reference, section 15).
///
/// A value without a clock: times are handed in. It remembers each mailbox and app for as long as their past matters.
struct ThrottleState: Sendable {
    /// What was decided about a request.
    enum Admission: Sendable, Equatable {
        /// To be carried out, and then to be ``finish(_:at:)``-ed; the fields are for its answer.
        case admitted([Field])
        case refused(Refusal)
    }

    /// A refusal with 429.
    struct Refusal: Sendable, Equatable {
        var code: String
        var message: String
        /// In seconds, at least 1.
        var retryAfter: Int
        var fields: [Field]
    }

    /// A header field of an answer.
    struct Field: Sendable, Equatable {
        var name: String
        var value: String
    }

    /// What tells for whom and about what a request counts.
    struct Demand: Sendable, Equatable {
        var app: String
        var tenant: String
        /// Nil for the directory.
        var mailbox: String?
        var isWrite: Bool
        var uploaded: Int
        var isAboutExtensions: Bool
        /// Tells whether the same request comes again.
        var fingerprint: Int
        /// What it costs of the directory's units; 0 in a mailbox.
        var units: Int
    }

    private struct Scope: Sendable, Hashable {
        var app: String
        var tenant: String
        var mailbox: String?
    }

    private struct Mailbox: Sendable {
        var running = 0
        var requests: SlidingWindow
        var uploaded: SlidingWindow
        var early = EarlyReturns()

        mutating func isIdle(at now: Duration) -> Bool {
            requests.advance(to: now)
            uploaded.advance(to: now)
            return running == 0 && requests.used == 0 && uploaded.used == 0 && early.isIdle(at: now)
        }
    }

    private struct Directory: Sendable {
        var units: SlidingWindow
        var writes: SlidingWindow
        var extensions: SlidingWindow
        var early = EarlyReturns()

        mutating func isIdle(at now: Duration) -> Bool {
            units.advance(to: now)
            writes.advance(to: now)
            extensions.advance(to: now)
            return units.used == 0 && writes.used == 0 && extensions.used == 0 && early.isIdle(at: now)
        }
    }

    private let limits: ThrottleLimits
    private var mailboxes: [Scope: Mailbox] = [:]
    private var directories: [Scope: Directory] = [:]
    /// When to look next for what can be forgotten.
    private var nextSweep = Duration.zero

    init(_ limits: ThrottleLimits) { self.limits = limits }

    /// How many mailboxes and apps are remembered.
    var scopeCount: Int { mailboxes.count + directories.count }

    /// Decides about a request that comes now.
    mutating func admit(_ demand: Demand, at now: Duration) -> Admission {
        sweep(at: now)
        if demand.mailbox == nil || demand.isAboutExtensions {
            let admission = admitToDirectory(demand, at: now)
            guard demand.mailbox != nil, case .admitted = admission else { return admission }
        }
        return admitToMailbox(demand, at: now)
    }

    /// Takes note that a request which was admitted has its answer.
    mutating func finish(_ demand: Demand, at now: Duration) {
        guard let mailbox = demand.mailbox else { return }
        mailboxes[Scope(app: demand.app, tenant: demand.tenant, mailbox: mailbox)]?.running -= 1
    }

    private mutating func admitToMailbox(_ demand: Demand, at now: Duration) -> Admission {
        let scope = Scope(app: demand.app, tenant: demand.tenant, mailbox: demand.mailbox)
        var mailbox =
            mailboxes[scope]
            ?? Mailbox(requests: SlidingWindow(limits.requests), uploaded: SlidingWindow(limits.uploadedBytes))
        defer { mailboxes[scope] = mailbox }
        let reasons: [(wait: Duration, code: String, message: String)] = [
            (
                mailbox.running < limits.concurrentRequests ? .zero : limits.concurrencyWait,
                "ApplicationThrottled", "Application is over its MailboxConcurrency limit."
            ),
            (
                mailbox.requests.wait(for: 1, at: now),
                GraphError.Code.throttled.rawValue, "Application is over its limit of requests in this mailbox."
            ),
            (
                mailbox.uploaded.wait(for: demand.uploaded, at: now),
                GraphError.Code.throttled.rawValue, "Application is over its limit of uploads to this mailbox."
            ),
            (
                mailbox.early.remaining(of: demand.fingerprint, at: now),
                GraphError.Code.throttled.rawValue, "The request came back before the time that Retry-After gave."
            ),
        ]
        // Attempts count, whatever becomes of them.
        mailbox.requests.add(1, at: now)
        guard let reason = reasons.first(where: { $0.wait > .zero }) else {
            mailbox.running += 1
            mailbox.uploaded.add(demand.uploaded, at: now)
            return .admitted(mailbox.requests.fields())
        }
        let seconds = mailbox.early.refuse(
            demand.fingerprint,
            for: reasons.map(\.wait).max() ?? reason.wait,
            atMost: limits.maximumWait,
            at: now
        )
        return refusal(
            of: demand,
            reason.code,
            reason.message,
            retryAfter: seconds,
            mailbox.requests.fields(resetAfter: seconds)
        )
    }

    private mutating func admitToDirectory(_ demand: Demand, at now: Duration) -> Admission {
        let scope = Scope(app: demand.app, tenant: demand.tenant)
        var directory =
            directories[scope]
            ?? Directory(
                units: SlidingWindow(limits.resourceUnits),
                writes: SlidingWindow(limits.directoryWrites),
                extensions: SlidingWindow(limits.extensionRequests)
            )
        defer { directories[scope] = directory }
        let needs: [(window: WritableKeyPath<Directory, SlidingWindow>, amount: Int, information: String)] = [
            (\.writes, demand.isWrite && demand.mailbox == nil ? 1 : 0, "WriteLimitExceeded"),
            (\.units, demand.units, "ResourceUnitLimitExceeded"),
            (\.extensions, demand.isAboutExtensions ? 1 : 0, "ResourceUnitLimitExceeded"),
        ]
        var wait = directory.early.remaining(of: demand.fingerprint, at: now)
        var full: (window: WritableKeyPath<Directory, SlidingWindow>, information: String)?
        for need in needs where need.amount > 0 {
            let needed = directory[keyPath: need.window].wait(for: need.amount, at: now)
            if needed > .zero, full == nil { full = (need.window, need.information) }
            wait = max(wait, needed)
            // Attempts count, whatever becomes of them.
            directory[keyPath: need.window].add(need.amount, at: now)
        }
        guard wait > .zero else {
            guard demand.mailbox == nil else { return .admitted([]) }
            return .admitted(
                [Field(name: "x-ms-resource-unit", value: "\(demand.units)")] + directory.units.fields()
            )
        }
        let seconds = directory.early.refuse(
            demand.fingerprint,
            for: wait,
            atMost: limits.maximumWait,
            at: now
        )
        let (window, information) = full ?? (\.units, "ResourceUnitLimitExceeded")
        return refusal(
            of: demand,
            GraphError.Code.throttled.rawValue,
            "Too many requests.",
            retryAfter: seconds,
            [Field(name: "x-ms-throttle-information", value: information)]
                + directory[keyPath: window].fields(resetAfter: seconds)
        )
    }

    private func refusal(
        of demand: Demand,
        _ code: String,
        _ message: String,
        retryAfter seconds: Int,
        _ fields: [Field]
    ) -> Admission {
        let kind = demand.isWrite ? "Write" : "Read"
        let scope = "Tenant_Application/\(kind)/\(demand.app)/\(demand.mailbox ?? "tenant")"
        return .refused(
            Refusal(
                code: code,
                message: message,
                retryAfter: seconds,
                fields: [Field(name: "x-ms-throttle-scope", value: scope)] + fields
            )
        )
    }

    // MARK: Forgetting

    /// Forgets what has no past that matters, once in a while, or when there is too much of it.
    private mutating func sweep(at now: Duration) {
        let isFull = scopeCount >= limits.maximumScopes
        guard isFull || now >= nextSweep else { return }
        nextSweep = now + limits.requests.period / 10
        mailboxes = mailboxes.filter { _, mailbox in
            var mailbox = mailbox
            return !mailbox.isIdle(at: now)
        }
        directories = directories.filter { _, directory in
            var directory = directory
            return !directory.isIdle(at: now)
        }
        guard scopeCount >= limits.maximumScopes else { return }
        // Half of them at once, so that this is seldom: a mailbox that is forgotten starts with a clean slate.
        var surplus = mailboxes.count - limits.maximumScopes / 2
        mailboxes = mailboxes.filter { _, mailbox in
            guard surplus > 0, mailbox.running == 0 else { return true }
            surplus -= 1
            return false
        }
    }
}
