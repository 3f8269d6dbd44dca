import Synchronization

/// The host calls of a script that are under way, and the answers that have come.
///
/// They outlive the script when it is ended: what is in flight is told to stop, and is waited for.
final class PendingCalls: Sendable {
    typealias Answer = (task: Int32, result: Result<[UInt8], HostError>)

    private struct State {
        var calls: [Int32: Task<Void, Never>] = [:]
        /// Those that only wait for a time: of a task of Swift's each would cost kilobytes.
        var rests = Rests()
        /// When somebody looks who has rested long enough: the soonest look last.
        var alarms: [ContinuousClock.Instant] = []
        var answers: [Answer] = []
        var waiter: CheckedContinuation<Void, Never>?
        var isStopped = false
    }

    private let state = Mutex(State())
    /// How far ahead an alarm is set at most: one that nobody needs any more stays until it goes off.
    private static let longestAlarm = Duration.seconds(1)

    /// How many are under way.
    var count: Int { state.withLock { $0.calls.count + $0.rests.count } }
    /// How many alarms are set for those that rest.
    var alarmCount: Int { state.withLock { $0.alarms.count } }

    /// Begins a call.
    func begin(_ call: LuaState.Pending) {
        switch call.work {
        case .answer(let body, let arguments): begin(call.task, body, arguments)
        case .rest(let span): rest(call.task, for: span)
        }
    }

    private func begin(
        _ task: Int32,
        _ body: @escaping @Sendable ([UInt8]) async throws(HostError) -> [UInt8],
        _ arguments: [UInt8]
    ) {
        state.withLock { state in
            let running = Task { @concurrent [self] in
                let result: Result<[UInt8], HostError>
                do throws(HostError) {
                    result = .success(try await body(arguments))
                } catch {
                    result = .failure(error)
                }
                answer { state in
                    state.calls[task] = nil
                    return [(task, result)]
                }
            }
            state.calls[task] = running
            if state.isStopped { running.cancel() }
        }
    }

    /// Takes answers in, and tells who waits for them.
    private func answer(_ answers: (inout State) -> [Answer]) {
        let waiter = state.withLock { state in
            state.answers += answers(&state)
            if state.answers.isEmpty { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Tells a call that its answer is no longer wanted; it answers all the same.
    func cancel(_ task: Int32) {
        if let call = state.withLock({ $0.calls[task] }) { return call.cancel() }
        answer { state in state.rests.remove(task) ? [Self.rested(task)] : [] }
    }

    /// Tells all calls, and all that are begun from now on.
    func stop() {
        let calls = state.withLock { state in
            state.isStopped = true
            return Array(state.calls.values)
        }
        for call in calls { call.cancel() }
        answer { state in state.rests.wakeAll().map(Self.rested) }
    }

    // MARK: Rests

    private static func rested(_ task: Int32) -> Answer { (task, .success([])) }

    private func rest(_ task: Int32, for span: Duration) {
        answer { state in
            if state.isStopped || span <= .zero { return [Self.rested(task)] }
            state.rests.insert(task, until: .now + span)
            setAlarm(&state)
            return []
        }
    }

    /// Has the next one woken in time.
    ///
    /// An alarm is left alone when a sooner one is set: the system keeps the timer of a sleep that is cancelled, too.
    private func setAlarm(_ state: inout State) {
        guard let next = state.rests.next else { return }
        if let soonest = state.alarms.last, soonest <= next { return }
        let alarm = min(next, .now + Self.longestAlarm)
        state.alarms.append(alarm)
        Task { @concurrent [weak self] in
            try? await Task.sleep(until: alarm, clock: .continuous)
            self?.wake(by: alarm)
        }
    }

    private func wake(by alarm: ContinuousClock.Instant) {
        answer { state in
            state.alarms.removeAll { $0 == alarm }
            let due = state.rests.wake(at: .now)
            setAlarm(&state)
            return due.map(Self.rested)
        }
    }

    /// The answers that have come, oldest first; waits for one if there is none.
    func answers() async -> [Answer] {
        while true {
            let answers = state.withLock { state in
                defer { state.answers = [] }
                return state.answers
            }
            if !answers.isEmpty { return answers }
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.answers.isEmpty { state.waiter = continuation }
                    return !state.answers.isEmpty
                }
                if isThere { continuation.resume() }
            }
        }
    }

    /// Stops all calls, waits until they have come back, and forgets their answers.
    func settle() async {
        stop()
        while let call = state.withLock({ $0.calls.first?.value }) { await call.value }
        state.withLock { state in
            state.answers.removeAll()
            state.isStopped = false
        }
    }
}
