import Synchronization

/// The host calls of a script that are under way, and the answers that have come.
///
/// They outlive the script when it is ended: what is in flight is told to stop, and is waited for.
final class PendingCalls: Sendable {
    typealias Answer = (task: Int32, result: Result<[UInt8], HostError>)

    private struct State {
        var calls: [Int32: Task<Void, Never>] = [:]
        var answers: [Answer] = []
        var waiter: CheckedContinuation<Void, Never>?
        var isStopped = false
    }

    private let state = Mutex(State())

    /// How many are under way.
    var count: Int { state.withLock { $0.calls.count } }

    /// Begins a call.
    func begin(_ call: LuaState.Pending) {
        state.withLock { state in
            let running = Task { @concurrent [self] in
                let result: Result<[UInt8], HostError>
                do throws(HostError) {
                    result = .success(try await call.body(call.arguments))
                } catch {
                    result = .failure(error)
                }
                end(call.task, result)
            }
            state.calls[call.task] = running
            if state.isStopped { running.cancel() }
        }
    }

    private func end(_ task: Int32, _ result: Result<[UInt8], HostError>) {
        let waiter = state.withLock { state in
            state.calls[task] = nil
            state.answers.append((task, result))
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Tells a call that its answer is no longer wanted; it answers all the same.
    func cancel(_ task: Int32) {
        state.withLock { $0.calls[task] }?.cancel()
    }

    /// Tells all calls, and all that are begun from now on.
    func stop() {
        let calls = state.withLock { state in
            state.isStopped = true
            return Array(state.calls.values)
        }
        for call in calls { call.cancel() }
    }

    /// The answers that have come, oldest first; waits for one if there is none.
    func answers() async -> [Answer] {
        while true {
            let answers = state.withLock { state in
                defer { state.answers.removeAll(keepingCapacity: true) }
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
