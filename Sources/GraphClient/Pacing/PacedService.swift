package import GraphModel
import Synchronization

/// Sends requests to another service when the ``Pacer`` says so, and again when that is safe.
///
/// Sent again is what was certainly not done (429, a refused connection), what may be done twice (a read, PATCH, PUT,
/// DELETE; RFC 9110, section 9.2.2), and what carries a key that the service keeps. Any other write whose outcome is open
/// ends in ``NoAnswer`` with ``NoAnswer/Outcome/unknown``: only a look at the service can tell then (reference, section
/// 13.2).
package final class PacedService<Next: GraphService>: GraphService {
    private let next: Next
    private let keepsKeys: Bool
    private let clock: any PacingClock
    private let onWaiting: @Sendable (Pacer.Waiting) -> Void
    private let state: Mutex<State>

    private struct State {
        var pacer: Pacer
        var lastTicket: Pacer.Ticket = 0
        var turns: [Pacer.Ticket: CheckedContinuation<Void, any Error>] = [:]
        /// Started before its task came to wait for it.
        var early: Set<Pacer.Ticket> = []
        /// Taken back before its task came to wait for it.
        var withdrawn: Set<Pacer.Ticket> = []
        /// When the alarm goes off that is set; nil if none is.
        var alarm: Int64?
    }

    /// Wraps a service.
    ///
    /// - Parameters:
    ///   - next: What answers.
    ///   - limits: What it allows.
    ///   - keepsKeys: Whether it answers a write under a key it has seen as it did the first time.
    ///   - clock: Tells the time, and waits.
    ///   - seed: Where random waits begin.
    ///   - onWaiting: Told whenever something has to wait for a time.
    package init(
        _ next: Next,
        limits: PacingLimits,
        keepsKeys: Bool,
        clock: any PacingClock = SystemPacingClock(),
        seed: UInt64 = .random(in: .min ... .max),
        onWaiting: @escaping @Sendable (Pacer.Waiting) -> Void = { _ in }
    ) {
        self.next = next
        self.keepsKeys = keepsKeys
        self.clock = clock
        self.onWaiting = onWaiting
        state = Mutex(State(pacer: Pacer(limits, seed: seed, at: clock.now)))
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        let isRepeatable = request.method != .post || (keepsKeys && request.key != nil)
        // Whether an earlier try may have done it.
        var mayBeDone = false
        let ticket = state.withLock { state in
            state.lastTicket += 1
            state.pacer.enqueue(state.lastTicket, mailbox: Pacer.mailbox(of: request.path), at: clock.now)
            return state.lastTicket
        }
        while true {
            try await turn(of: ticket)
            let result: Result<GraphResponse, NoAnswer>
            do {
                result = .success(try await next.respond(to: request))
            } catch let reason as NoAnswer {
                result = .failure(reason)
            } catch {
                _ = finish(ticket, .answered)
                throw error
            }
            let end = Pacer.End(result, isRepeatable: isRepeatable, path: request.path)
            if finish(ticket, end) == .done {
                let response = try Self.settle(result, isRepeatable: isRepeatable)
                // What an earlier try has deleted is not there any more.
                let isDeleted = request.method == .delete && response.status == 404 && mayBeDone
                return isDeleted ? GraphResponse(status: 204) : response
            }
            if case .unavailable = end { mayBeDone = mayBeDone || (try? result.get()) != nil || result.isUnknown }
        }
    }

    // MARK: Turns

    private func turn(of ticket: Pacer.Ticket) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { turn in
                let settled: Result<Void, any Error>? = state.withLock { state in
                    if state.early.remove(ticket) != nil { return .success(()) }
                    if state.withdrawn.remove(ticket) != nil { return .failure(Self.takenBack) }
                    state.turns[ticket] = turn
                    return nil
                }
                if let settled { turn.resume(with: settled) } else { proceed() }
            }
        } onCancel: {
            withdraw(ticket)
        }
    }

    private func withdraw(_ ticket: Pacer.Ticket) {
        let turn: CheckedContinuation<Void, any Error>? = state.withLock { state in
            guard state.pacer.withdraw(ticket) else { return nil }
            if let turn = state.turns.removeValue(forKey: ticket) { return turn }
            state.withdrawn.insert(ticket)
            return nil
        }
        turn?.resume(throwing: Self.takenBack)
    }

    private static var takenBack: NoAnswer {
        NoAnswer(.notDone, "The request was taken back before it was sent.")
    }

    private func finish(_ ticket: Pacer.Ticket, _ end: Pacer.End) -> Pacer.Verdict {
        let verdict = state.withLock { $0.pacer.finish(ticket, end, at: clock.now) }
        proceed()
        return verdict
    }

    /// Starts what may start, and sees to it that what has to wait for a time is looked at then.
    private func proceed() {
        let now = clock.now
        let (turns, alarm, waiting) = state.withLock { state in
            var turns: [CheckedContinuation<Void, any Error>] = []
            for ticket in state.pacer.starts(at: now) {
                if let turn = state.turns.removeValue(forKey: ticket) {
                    turns.append(turn)
                } else {
                    state.early.insert(ticket)
                }
            }
            var alarm: Int64?
            var waiting: Pacer.Waiting?
            if !state.turns.isEmpty, let wake = state.pacer.wake(at: now), state.alarm.map({ wake < $0 }) ?? true {
                state.alarm = wake
                alarm = wake
                waiting = state.pacer.waiting(at: now)
            }
            return (turns, alarm, waiting)
        }
        for turn in turns { turn.resume() }
        if let waiting { onWaiting(waiting) }
        guard let alarm else { return }
        Task {
            await clock.sleep(until: alarm)
            state.withLock { if $0.alarm == alarm { $0.alarm = nil } }
            proceed()
        }
    }

    // MARK: What answers mean

    private static func settle(
        _ result: Result<GraphResponse, NoAnswer>,
        isRepeatable: Bool
    ) throws(NoAnswer) -> GraphResponse {
        let response = try result.get()
        guard !isRepeatable, [500, 502, 503, 504].contains(response.status) else { return response }
        let code = response.error.map { ", \($0.code)" } ?? ""
        throw NoAnswer(
            .unknown,
            "The service answered with the status \(response.status)\(code): whether the write was done is not known."
        )
    }
}

extension Result<GraphResponse, NoAnswer> {
    /// Whether it is open what became of the request.
    fileprivate var isUnknown: Bool {
        if case .failure(let reason) = self { reason.outcome == .unknown } else { false }
    }
}
