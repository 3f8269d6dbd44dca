package import GraphModel

/// Sends what a run has planned of an announcement, many at once, and settles what comes of it in the ledger.
///
/// The effects are read from the ledger in pages and their outcomes written to it in batches, so that memory does not
/// grow with the number of targets. On a backend that keeps keys a crash loses nothing: what was sent and not yet
/// settled is sent again under its key, which the backend answers as it did the first time. On one that keeps none the
/// attempts are written ahead, some at a time; what a crash leaves among them is looked for before it is sent.
package struct Delivery: Sendable {
    /// How far a delivery has come.
    package struct Progress: Sendable, Equatable {
        /// How many are to be sent.
        package var total: Int
        package var sent = 0
        package var already = 0
        package var failed = 0
        /// How many there are of which nobody can tell.
        package var ambiguous = 0

        /// How many have been answered, or given up.
        package var done: Int { sent + already + failed + ambiguous }
    }

    /// What a delivery came to.
    package struct Outcome: Sendable {
        package var sent = 0
        /// Posts that the backend had already, under the same key.
        package var already = 0
        /// How many targets are not to be sent to again by this delivery.
        package var answered = 0
        /// What was refused, or cannot be decided, and why.
        package var findings: [Finding] = []
        /// The numbers of the effects that were refused, or cannot be decided.
        var unsettled: Set<Int64> = []
        /// Why sending ended before every target had its answer; nil if all had.
        package var halt: Halt?
    }

    /// Which of an announcement's effects are sent.
    struct Scope: Sendable {
        /// Whether only those are that the run of the lease has planned, or has made its own.
        var isOwnOnly = false
        /// The numbers of effects that have been tried in vain and are left alone.
        var tried: Set<Int64> = []
    }

    /// Why a delivery stops before its end.
    package enum Halt: Sendable, Equatable {
        /// Somebody stopped the run.
        case interrupted
        /// The backend cannot be reached, or cannot write; the sentence says more.
        case unavailable(String)
        /// It went wrong too often, or somebody did not let the next wave begin; the sentence says which.
        case held(String)
        /// Somebody took everything back before the first post.
        case withdrawn
    }

    /// How many requests are under way at once, at most.
    package var width: Int
    /// How many outcomes are settled in one transaction.
    package var batch = 512
    /// How many attempts are written ahead in one transaction, on a backend without keys.
    package var ahead = 64

    /// How many targets may be refused, or end unproven; one more stops the delivery.
    ///
    /// Nil for any number.
    package var failuresAllowed: Int?
    /// When posts may be made; nil for at any time.
    package var window: SendWindow?
    /// Told what is waited for: until when, in microseconds since 1970, and why; nil when the wait is over.
    package var waits: @Sendable ((until: Int64, reason: String)?) -> Void = { _ in }

    /// Told what came of each target; nil if nobody wants to know.
    package var answered: (@Sendable (TargetAnswer) -> Void)?

    var scope = Scope()

    /// How long is waited for a window before the clock is looked at again.
    static let windowStep = Duration.seconds(60)

    /// How long the work of another run is waited for before it is looked at again.
    static let patience = Duration.milliseconds(200)

    /// Why a delivery in which too much went wrong is held.
    static func tooManyFailures(_ failures: Int, of targets: Int) -> String {
        "\(failures) of \(targets) targets of the wave failed, which is more than was allowed"
    }

    let ledger: Ledger
    let lease: Lease
    var sender: Sender
    let caller: Caller

    /// A delivery.
    ///
    /// - Parameters:
    ///   - ledger: Where the effects stand, and are settled.
    ///   - lease: The right to do so.
    ///   - sender: How they are sent.
    ///   - caller: By whom.
    ///   - width: How many requests are under way at once, at most.
    package init(ledger: Ledger, lease: Lease, sender: Sender, caller: Caller, width: Int) {
        self.ledger = ledger
        self.lease = lease
        self.sender = sender
        self.caller = caller
        self.width = width
    }

    /// Sends the effects of an announcement that are planned for some groups.
    ///
    /// Another run of the same announcement may be at work: each sends what it has claimed, and waits for what the other
    /// has; what the other run has settled counts as had already.
    ///
    /// When the surrounding task is cancelled, what is in flight is waited for and settled, and the rest stays planned.
    ///
    /// - Parameters:
    ///   - announcement: The announcement's number in the ledger.
    ///   - name: Its name, for the findings.
    ///   - groups: The groups that it is planned for.
    ///   - progress: Told of each answer.
    /// - Returns: What came of it.
    /// - Throws: ``StorageError`` if the ledger cannot be read or written.
    package func deliver(
        announcement: Int64,
        named name: String,
        to groups: consuming Set<GroupID>,
        progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> Outcome {
        var job = Job(name: name, groups: consume groups, now: sender.now, uptime: sender.uptime, answered: answered)
        var queue = Queue(
            announcement: announcement,
            lease: lease,
            batch: batch,
            ahead: sender.writesAhead ? ahead : nil,
            scope: scope
        )
        progress(job.state)
        while true {
            try await awaitWindow(&job)
            try await send(&queue, &job, progress)
            guard job.outcome.halt == nil, !job.missing.isEmpty else { break }
            // What is known is told before anything is waited for.
            try await ledger.settle(job.takePending(at: sender.uptime()), lease: lease)
            if !job.isOpen(at: sender.now()) { continue }
            // What is left, another run has claimed, settled, or taken back.
            let isContested = try await ledger.isContested(
                announcement: announcement,
                lease: lease,
                at: sender.now()
            )
            try await adopt(of: name, in: &job)
            progress(job.state)
            guard !job.missing.isEmpty else { break }
            guard isContested || !queue.isSpent else {
                job.outcome.halt = .unavailable("what was planned for \(job.missing.count) groups has been taken back")
                break
            }
            queue.rewind()
            guard isContested else { continue }
            // Two that wait for one another would wait for ever.
            try await ledger.release(announcement: announcement, lease: lease)
            do { try await sender.sleep(Self.patience) } catch {
                job.outcome.halt = .interrupted
                break
            }
        }
        job.release(queue.begun)
        try await ledger.settle(job.takePending(at: sender.uptime()), lease: lease)
        if job.outcome.halt == nil { await sweep(job.repeated, of: name, in: &job.outcome) }
        return job.outcome
    }

    /// Waits until posts may be made.
    private func awaitWindow(_ job: inout Job) async throws {
        guard let window else { return }
        var told: Int64?
        defer { if told != nil { waits(nil) } }
        while true {
            let now = sender.now()
            guard let open = window.next(from: now) else {
                job.outcome.halt = .held("its window never opens")
                return
            }
            job.open = open
            let rest = open.lowerBound - now
            guard rest > 0 else { return }
            if told != open.lowerBound { waits((open.lowerBound, "outside its window")) }
            told = open.lowerBound
            // In steps: the clock, by which the window opens, may be set meanwhile.
            do { try await sender.sleep(min(.microseconds(rest), Self.windowStep)) } catch {
                job.outcome.halt = .interrupted
                return
            }
        }
    }

    /// Sends what the queue gives, to its end or until sending has to stop.
    private func send(
        _ queue: inout Queue,
        _ job: inout Job,
        _ progress: @escaping @Sendable (Progress) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Event.self) { group in
            var inFlight = 0
            while true {
                while inFlight < width, job.outcome.halt == nil, job.isOpen(at: sender.now()) {
                    if Task.isCancelled {
                        job.outcome.halt = .interrupted
                        break
                    }
                    guard let effect = try await queue.next(of: ledger, for: &job.missing, at: sender.now()) else {
                        break
                    }
                    group.addTask { [begunAt = job.begunAt] in await attempt(effect, begunAt) }
                    inFlight += 1
                }
                guard let event = try await group.next() else { break }
                switch event {
                case .settled: continue
                case .broken(let error): throw error
                case .ended(let effect, let outcome):
                    inFlight -= 1
                    job.note(outcome, of: effect)
                    progress(job.state)
                    if let failuresAllowed, job.state.failed + job.state.ambiguous > failuresAllowed {
                        let failures = job.state.failed + job.state.ambiguous
                        job.outcome.halt =
                            job.outcome.halt ?? .held(Self.tooManyFailures(failures, of: job.state.total))
                    }
                }
                if job.isDue(batch, at: sender.uptime()) {
                    let settlements = job.takePending(at: sender.uptime())
                    group.addTask {
                        try await ledger.settle(settlements, lease: lease)
                        return .settled
                    }
                }
            }
        }
    }

    /// Looks whether what was sent more than once is there more than once after all.
    private func sweep(_ repeated: [Effect], of name: String, in outcome: inout Outcome) async {
        guard let first = repeated.compactMap(\.attemptedAt).min() else { return }
        do { try await sender.waitForReaders() } catch { return }
        for effect in repeated {
            let copies = try? await sender.copies(of: effect.request(by: caller), since: effect.attemptedAt ?? first)
            guard let copies, copies > 1 else { continue }
            outcome.findings.append(.doubled(effect, copies: copies, announcement: name))
        }
    }

    /// Counts what another run has settled.
    private func adopt(of name: String, in job: inout Job) async throws {
        var groups = job.missing
        if scope.isOwnOnly {
            // What is still this run's nobody has settled, whatever became of the group's other posts.
            let open: [EffectState] = [.planned, .sending, .ambiguous]
            groups.subtract(try await ledger.groups(announcement: name, run: lease.run, in: open).groups)
        }
        for settled in try await ledger.settled(announcement: name, in: groups) {
            job.adopt(settled.state, of: settled.group, code: settled.code, message: settled.message)
        }
    }

    private enum Event: Sendable {
        case ended(Effect, Sender.Outcome)
        case broken(any Error)
        case settled
    }

    private func attempt(_ effect: Effect, _ begunAt: Int64) async -> Event {
        // What was begun just now has not been sent before.
        let attemptedAt = effect.state == .planned ? nil : effect.attemptedAt ?? 0
        do {
            let outcome = try await sender.carryOut(
                effect.request(by: caller),
                attemptedAt: attemptedAt,
                // Whoever made it may have sent it as late as the moment in which it lost its lease. What was given up as
                // unproven was so before this began; how long ago cannot be told, since the clock may have been set.
                endedAt: effect.state == .sending ? sender.uptime() : begunAt,
                mayLeave: { [ledger, lease, now = sender.now] in try await ledger.assure(lease, at: now()) },
                willRepeat: { try await ledger.begin([effect.id], lease: lease, at: sender.now()) }
            )
            return .ended(effect, outcome)
        } catch {
            return .broken(error)
        }
    }
}
