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
        /// Nil for the directory.
        var mailbox: String?
        var isWrite: Bool
        var uploaded: Int
        var isAboutExtensions: Bool
        /// What it costs of the directory's units; 0 in a mailbox.
        var units: Int
    }

    private struct Scope: Sendable, Hashable {
        var app: String
        var mailbox: String?
    }

    private struct Mailbox: Sendable {
        var running = 0
        var requests: ThrottleMeter
        var uploaded: ThrottleMeter
        /// Of those that found too many under way; it holds up nobody else.
        var crowded = ThrottlePenalty()

        mutating func isIdle(at now: Duration) -> Bool {
            running == 0 && requests.isIdle(at: now) && uploaded.isIdle(at: now) && !crowded.isEarly(at: now)
        }
    }

    private struct Directory: Sendable {
        var units: ThrottleMeter
        var writes: ThrottleMeter
        var extensions: ThrottleMeter

        mutating func isIdle(at now: Duration) -> Bool {
            units.isIdle(at: now) && writes.isIdle(at: now) && extensions.isIdle(at: now)
        }
    }

    private let limits: ThrottleLimits
    private var mailboxes: [Scope: Mailbox] = [:]
    private var directories: [String: Directory] = [:]
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
        mailboxes[Scope(app: demand.app, mailbox: mailbox)]?.running -= 1
    }

    private mutating func admitToMailbox(_ demand: Demand, at now: Duration) -> Admission {
        let scope = Scope(app: demand.app, mailbox: demand.mailbox)
        var mailbox =
            mailboxes[scope]
            ?? Mailbox(requests: ThrottleMeter(limits.requests), uploaded: ThrottleMeter(limits.uploadedBytes))
        defer { mailboxes[scope] = mailbox }
        let forRequests = mailbox.requests.wait(for: 1, at: now)
        let forUploads = mailbox.uploaded.wait(for: demand.uploaded, at: now)
        // Attempts count, whatever becomes of them.
        mailbox.requests.add(1, at: now)
        if forRequests > .zero || forUploads > .zero {
            let isByRequests = forRequests >= forUploads
            let meter = isByRequests ? \Mailbox.requests : \Mailbox.uploaded
            let seconds = mailbox[keyPath: meter].refuse(
                for: max(forRequests, forUploads),
                atMost: limits.maximumWait,
                at: now
            )
            return refusal(
                of: demand,
                GraphError.Code.throttled.rawValue,
                isByRequests
                    ? "Application is over its limit of requests in this mailbox."
                    : "Application is over its limit of uploads to this mailbox.",
                retryAfter: seconds,
                mailbox.requests.fields(resetAfter: seconds)
            )
        }
        guard mailbox.running < limits.concurrentRequests else {
            let seconds = mailbox.crowded.refuse(for: limits.concurrencyWait, atMost: limits.maximumWait, at: now)
            return refusal(
                of: demand,
                "ApplicationThrottled",
                "Application is over its MailboxConcurrency limit.",
                retryAfter: seconds,
                mailbox.requests.fields()
            )
        }
        mailbox.running += 1
        mailbox.uploaded.add(demand.uploaded, at: now)
        return .admitted(mailbox.requests.fields())
    }

    private mutating func admitToDirectory(_ demand: Demand, at now: Duration) -> Admission {
        var directory =
            directories[demand.app]
            ?? Directory(
                units: ThrottleMeter(limits.resourceUnits),
                writes: ThrottleMeter(limits.directoryWrites),
                extensions: ThrottleMeter(limits.extensionRequests)
            )
        defer { directories[demand.app] = directory }
        let needs: [(meter: WritableKeyPath<Directory, ThrottleMeter>, amount: Int, information: String)] = [
            (\.units, demand.units, "ResourceUnitLimitExceeded"),
            (\.writes, demand.isWrite && demand.mailbox == nil ? 1 : 0, "WriteLimitExceeded"),
            (\.extensions, demand.isAboutExtensions ? 1 : 0, "ResourceUnitLimitExceeded"),
        ]
        var refused: (meter: WritableKeyPath<Directory, ThrottleMeter>, wait: Duration, information: String)?
        for need in needs {
            let wait = directory[keyPath: need.meter].wait(for: need.amount, at: now)
            if wait > refused?.wait ?? .zero { refused = (need.meter, wait, need.information) }
            directory[keyPath: need.meter].add(need.amount, at: now)
        }
        guard let refused else {
            guard demand.mailbox == nil else { return .admitted([]) }
            return .admitted(
                [Field(name: "x-ms-resource-unit", value: "\(demand.units)")] + directory.units.fields()
            )
        }
        let seconds = directory[keyPath: refused.meter].refuse(
            for: refused.wait,
            atMost: limits.maximumWait,
            at: now
        )
        return refusal(
            of: demand,
            GraphError.Code.throttled.rawValue,
            "Too many requests.",
            retryAfter: seconds,
            [Field(name: "x-ms-throttle-information", value: refused.information)]
                + directory[keyPath: refused.meter].fields(resetAfter: seconds)
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
