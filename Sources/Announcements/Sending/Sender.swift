package import GraphModel

/// Sends writes to a backend, and finds out what became of them when no answer comes.
///
/// A backend that keeps keys is simply asked: whoever sends again under the key gets the first answer. On one that keeps
/// none each attempt is written ahead, and a lost answer is followed by a look for what the write may have made.
package struct Sender: Sendable {
    /// What came of a write.
    package enum Outcome: Sendable {
        /// The backend's answer; or one that tells as much, when what the write made was found.
        ///
        /// `sends` is how often it was sent just now, `copies` how often what it makes was seen.
        case answered(GraphResponse, sends: Int, copies: Int)
        /// Certainly not done, and why.
        case notDone(NoAnswer)
        /// Somebody stopped the run before it was known.
        case stopped
        /// It cannot be decided whether it was done, and why.
        case ambiguous(String)
    }

    /// What answers.
    let backend: any GraphService
    /// What looks for writes; nil for a backend that keeps keys.
    let reconciler: (any ReconcilingService)?
    /// Whether a write that this ledger has not sent is looked for first: somebody else may have sent it.
    let verifiesFirst: Bool
    /// Microseconds since 1970.
    let now: @Sendable () -> Int64
    /// Microseconds since some moment in the past, by a clock that nobody sets: what is waited for is measured by it.
    let uptime: @Sendable () -> Int64
    /// Waits; throws when the surrounding task is cancelled.
    let sleep: @Sendable (Duration) async throws -> Void

    /// A sender.
    ///
    /// - Parameters:
    ///   - backend: What answers.
    ///   - reconciler: What looks for writes; nil for a backend that keeps keys.
    ///   - verifiesFirst: Whether a write that was never sent is looked for before it is.
    ///   - now: Gives microseconds since 1970.
    ///   - uptime: Gives microseconds since some moment in the past, by a clock that is not set; nil where `now` is one.
    ///   - sleep: Waits; throws when the surrounding task is cancelled.
    package init(
        _ backend: any GraphService,
        reconciler: (any ReconcilingService)? = nil,
        verifiesFirst: Bool = false,
        now: @escaping @Sendable () -> Int64,
        uptime: (@Sendable () -> Int64)? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.backend = backend
        self.reconciler = reconciler
        self.verifiesFirst = verifiesFirst
        self.now = now
        self.uptime = uptime ?? now
        self.sleep = sleep
    }

    /// Whether the backend keeps no keys, so that attempts are to be written ahead.
    package var writesAhead: Bool { reconciler != nil }

    /// Sends a write until it is known what became of it.
    ///
    /// - Parameters:
    ///   - request: The write, with its key.
    ///   - attemptedAt: When an earlier attempt was made that nothing has settled, in microseconds since 1970; nil if there
    ///     was none.
    ///   - endedAt: By when that attempt had certainly left whoever made it, in microseconds of ``uptime``.
    ///   - mayLeave: Asked on a backend without keys whenever the write is put on the wire; throws if it must not be.
    ///   - willRepeat: Writes ahead that it is sent again.
    /// - Returns: What came of it.
    /// - Throws: What `willRepeat` throws.
    package func carryOut(
        _ request: GraphRequest,
        attemptedAt: Int64?,
        endedAt: Int64,
        mayLeave: @escaping @Sendable () async throws -> Void = {},
        willRepeat: () async throws -> Void
    ) async throws -> Outcome {
        guard let reconciler, let key = request.key else { return await send(request) }
        // What may be done twice (RFC 9110, section 9.2.2) is sent again without a look.
        let attemptedAt = request.method == .post ? attemptedAt : nil
        var course = Reconciliation(
            attemptedAt: attemptedAt.map { _ in endedAt },
            readLag: reconciler.readLag,
            leavesMark: reconciler.leavesMark(request)
        )
        let since = attemptedAt ?? (verifiesFirst ? 0 : now())
        var reason = "an earlier attempt was cut off"
        if attemptedAt == nil, verifiesFirst, reconciler.leavesMark(request) {
            do {
                let found = try await shielded { try await reconciler.find(key, for: request, since: since) }
                if let answer = found.answer { return .answered(answer.replayed, sends: 0, copies: found.copies) }
            } catch let failure as NoAnswer {
                return .notDone(NoAnswer(.notDone, failure.message))
            }
        }
        while true {
            switch course.next(at: uptime()) {
            case .send:
                if attemptedAt != nil || course.sends > 0 { try await willRepeat() }
                course.send()
                do {
                    let response = try await SendPermit.$current.withValue(SendPermit(mayLeave)) {
                        try await shielded { try await backend.respond(to: request) }
                    }
                    return .answered(response, sends: course.sends, copies: 1)
                } catch let failure as NoAnswer {
                    guard failure.outcome == .unknown else { return .notDone(failure) }
                    reason = failure.message
                    course.lose(at: uptime())
                }
            case .wait(let time):
                do { try await sleep(.microseconds(max(0, time - uptime()))) } catch { return .stopped }
            case .look:
                guard !Task.isCancelled else { return .stopped }
                // A look that takes long has seen what was there when it began.
                let began = uptime()
                do {
                    let found = try await shielded { try await reconciler.find(key, for: request, since: since) }
                    if let answer = found.answer {
                        return .answered(
                            course.sends == 0 ? answer.replayed : answer,
                            sends: course.sends,
                            copies: found.copies
                        )
                    }
                    course.findNothing(at: began)
                } catch let failure as NoAnswer {
                    reason = failure.message
                    course.failToLook()
                }
            case .giveUp: return .ambiguous(reason)
            }
        }
    }

    /// How often what a write makes is there.
    package func copies(of request: GraphRequest, since: Int64) async throws -> Int {
        guard let reconciler, let key = request.key else { return 1 }
        return try await reconciler.find(key, for: request, since: since).copies
    }

    /// Waits until what has been written can be read.
    package func waitForReaders() async throws {
        guard let reconciler, reconciler.readLag > 0 else { return }
        try await sleep(.microseconds(reconciler.readLag))
    }

    private func send(_ request: GraphRequest) async -> Outcome {
        do {
            return .answered(try await shielded { try await backend.respond(to: request) }, sends: 1, copies: 1)
        } catch {
            // On a backend with keys, what is not known is found out by sending it again.
            return .notDone(error as? NoAnswer ?? NoAnswer(.unknown, "\(error)"))
        }
    }

    /// Does something that is waited for although the run is stopped: what has been sent is to be settled.
    private func shielded<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await Task { try await body() }.value
    }
}

extension GraphResponse {
    /// The answer, marked as one that was given before.
    fileprivate var replayed: GraphResponse {
        var response = self
        response.headers[Self.replayedHeader] = "true"
        return response
    }
}
