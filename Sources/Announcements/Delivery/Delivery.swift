package import GraphModel

/// Sends what a run has planned of an announcement, many at once, and settles what comes of it in the ledger.
///
/// The effects are read from the ledger in pages and their outcomes written to it in batches, so that memory does not
/// grow with the number of targets. On a backend that keeps keys a crash loses nothing: what was sent and not yet
/// settled is sent again under its key, which the backend answers as it did the first time.
package struct Delivery: Sendable {
    /// How far a delivery has come.
    package struct Progress: Sendable, Equatable {
        /// How many are to be sent.
        package var total: Int
        package var sent = 0
        package var already = 0
        package var failed = 0

        /// How many have been answered.
        package var done: Int { sent + already + failed }
    }

    /// What a delivery came to.
    package struct Outcome: Sendable {
        package var sent = 0
        /// Posts that the backend had already, under the same key.
        package var already = 0
        /// What was refused, and why.
        package var findings: [Finding] = []
        /// Why sending ended before every target had its answer; nil if all had.
        package var halt: Halt?
    }

    /// Why a delivery stops before its end.
    package enum Halt: Sendable, Equatable {
        /// Somebody stopped the run.
        case interrupted
        /// The backend cannot be reached, or cannot write; the sentence says more.
        case unavailable(String)
    }

    /// How many requests are under way at once, at most.
    package var width: Int
    /// How many outcomes are settled in one transaction.
    package var batch = 512

    let ledger: Ledger
    let backend: any GraphService
    let caller: Caller
    let now: @Sendable () -> Int64

    package init(
        ledger: Ledger,
        backend: any GraphService,
        caller: Caller,
        width: Int,
        now: @escaping @Sendable () -> Int64
    ) {
        self.ledger = ledger
        self.backend = backend
        self.caller = caller
        self.width = width
        self.now = now
    }

    /// Sends the effects of an announcement that are planned for some groups.
    ///
    /// Another run of the same announcement may be at work. Whoever planned an effect last, either run sends it, which
    /// its key makes harmless; what the other run has settled first counts as had already.
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
        to groups: Set<GroupID>,
        progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> Outcome {
        var outcome = Outcome()
        var state = Progress(total: groups.count)
        var pending: [Settlement] = []
        var missing = groups
        var page = ArraySlice<Effect>()
        var last: Int64 = 0
        var isExhausted = false
        progress(state)

        try await withThrowingTaskGroup(of: Event.self) { group in
            var inFlight = 0
            while true {
                while inFlight < width, outcome.halt == nil {
                    if Task.isCancelled {
                        outcome.halt = .interrupted
                        break
                    }
                    if page.isEmpty {
                        if isExhausted { break }
                        page = try await ledger.open(announcement: announcement, after: last, limit: batch)[...]
                        isExhausted = page.count < batch
                        guard let final = page.last else { break }
                        last = final.id
                    }
                    let effect = page.removeFirst()
                    guard let target = effect.target, missing.remove(target) != nil else { continue }
                    group.addTask { await attempt(effect) }
                    inFlight += 1
                }
                guard let event = try await group.next() else { break }
                switch event {
                case .settled: continue
                case .answered(let effect, let response):
                    inFlight -= 1
                    note(response, to: effect, named: name, in: &outcome, &pending, &state)
                    progress(state)
                case .unanswered(let reason):
                    inFlight -= 1
                    outcome.halt = outcome.halt ?? .unavailable(reason.message)
                case .broken(let error):
                    throw error
                }
                if pending.count >= batch || inFlight == 0 {
                    let settlements = pending
                    pending = []
                    group.addTask {
                        try await ledger.settle(settlements)
                        return .settled
                    }
                }
            }
        }
        try await ledger.settle(pending)
        if outcome.halt == nil, !missing.isEmpty { try await adopt(missing, of: name, in: &outcome) }
        return outcome
    }

    /// Counts what another run has settled.
    private func adopt(_ groups: Set<GroupID>, of name: String, in outcome: inout Outcome) async throws {
        for settled in try await ledger.settled(announcement: name, in: groups) {
            if settled.state == .sent {
                outcome.already += 1
            } else {
                outcome.findings.append(
                    Finding(
                        kind: .failed,
                        announcement: name,
                        target: settled.group.text,
                        code: settled.code,
                        message: settled.message ?? "Another run was refused."
                    )
                )
            }
        }
    }

    private enum Event: Sendable {
        case answered(Effect, GraphResponse)
        case unanswered(NoAnswer)
        case broken(any Error)
        case settled
    }

    private func attempt(_ effect: Effect) async -> Event {
        do {
            // Shielded from cancellation: what has been sent is waited for, so that it can be settled.
            let request = effect.request(by: caller)
            let backend = backend
            let response = try await Task { try await backend.respond(to: request) }.value
            return .answered(effect, response)
        } catch let reason as NoAnswer {
            return .unanswered(reason)
        } catch {
            return .broken(error)
        }
    }

    private func note(
        _ response: GraphResponse,
        to effect: Effect,
        named name: String,
        in outcome: inout Outcome,
        _ pending: inout [Settlement],
        _ state: inout Progress
    ) {
        var settlement = Settlement(effect: effect.id, event: .succeed, status: response.status, at: now())
        if let error = response.error {
            state.failed += 1
            settlement.event = .refuse
            settlement.code = error.code
            settlement.message = error.message
            let isReuse = error.code == GraphError.Code.keyReused.rawValue
            outcome.findings.append(
                Finding(
                    kind: isReuse ? .changed : .failed,
                    announcement: name,
                    target: effect.target?.text ?? effect.path,
                    code: error.code,
                    message: error.message
                )
            )
        } else {
            settlement.answer = CreatedIDs(response.body).json
            if response.isReplayed {
                state.already += 1
                outcome.already += 1
            } else {
                state.sent += 1
                outcome.sent += 1
            }
        }
        pending.append(settlement)
    }
}
