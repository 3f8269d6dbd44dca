import CLuaShim
import Synchronization

/// A Lua state for one script, with its limits, on a thread of its own.
///
/// A script is straight-line: where it calls a host function that waits, its coroutine yields, the function is awaited,
/// and the coroutine goes on with the answer. Tasks that a script runs side by side wait each for itself.
package actor ScriptVM {
    private nonisolated let executor = ThreadExecutor(name: "script")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private nonisolated let limits: ScriptLimits
    private nonisolated let state: LuaState
    private nonisolated let calls = PendingCalls()
    private nonisolated let isRunning = Mutex(false)

    /// Opens a state and runs the trusted prelude in it.
    ///
    /// - Parameters:
    ///   - limits: What the prelude and the script may use.
    ///   - functions: The host functions, which the prelude gets as its first argument, a table by their names.
    ///   - prelude: Trusted chunks, each called with `host, globals, internal`: `globals` are the script's, `internal` has
    ///     `fail(code, message)`, `encode`, `decode`, `array`, `object`, `null`, `load`, and `tasks`, of which `parallel` is
    ///     made. Their names begin with `=[herald]`.
    /// - Throws: ``LuaError`` if a chunk of the prelude fails.
    package init(
        limits: ScriptLimits,
        functions: [HostFunction],
        prelude: [LuaChunk]
    ) async throws(LuaError) {
        self.limits = limits
        do throws(LuaError) {
            state = try LuaState(limits: limits, functions: functions)
        } catch {
            executor.shutdown()  // nothing is left whose deinit could
            throw error
        }
        try open(prelude)
    }

    deinit {
        executor.shutdown()
    }

    private func open(_ prelude: [LuaChunk]) throws(LuaError) {
        Watchdog.shared.watch(state)
        defer { Watchdog.shared.unwatch(state) }
        for chunk in prelude { try state.prelude(chunk) }
    }

    /// Runs a script to its end.
    ///
    /// Cancelling the surrounding task is like ``stop()``. Host calls that are under way when a script is ended are
    /// cancelled, and have come back when this throws. A script that hangs inside of Lua itself is given up: this throws, and
    /// its thread is left to the end of the process.
    ///
    /// - Throws: ``LuaError`` if it raised an error, or a limit ended it; after a limit nothing can be run any more.
    package nonisolated func run(_ script: LuaChunk) async throws(LuaError) {
        guard script.source.count <= limits.sourceSize else {
            throw LuaError(
                .sourceSize,
                "\(script.name) has \(script.source.count) bytes; a script may have \(limits.sourceSize)"
            )
        }
        let isFirst = isRunning.withLock { isRunning in
            defer { isRunning = true }
            return !isRunning
        }
        guard isFirst else { throw LuaError(.runtime, "a script runs in this state already") }
        Watchdog.shared.watch(state)
        defer {
            Watchdog.shared.unwatch(state)
            isRunning.withLock { $0 = false }
        }
        let deadline = limits.wall.map { wall in
            Task { [weak self] in
                try await Task.sleep(for: wall)
                self?.stop(.wall)
            }
        }
        defer { deadline?.cancel() }
        let result = await withTaskCancellationHandler {
            await firstOutcome(of: script)
        } onCancel: {
            stop(.stopped)
        }
        if case .failure = result { await calls.settle() }
        try result.get()
    }

    /// How the script ends, or that it never will.
    private nonisolated func firstOutcome(of script: LuaChunk) async -> Result<Void, LuaError> {
        await withCheckedContinuation { continuation in
            let first = FirstOutcome(continuation)
            state.whenStuck { first.report(.failure($0)) }
            Task {
                let result = await self.perform(script)
                state.whenStuck(nil)
                first.report(result)
            }
        }
    }

    private func perform(_ script: LuaChunk) async -> Result<Void, LuaError> {
        do throws(LuaError) {
            var waits = try state.run(script)
            begin()
            while waits {
                for answer in await calls.answers() where waits {
                    waits = try state.resume(answer.task, answer.result)
                    begin()
                }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    /// Begins the host calls that the script has made since it was resumed.
    private func begin() {
        for call in state.takePending() {
            calls.begin(call)
            if calls.count > limits.requests { stop(.requests) }
        }
        for task in state.takeCancelled() { calls.cancel(task) }
    }

    /// Ends the script from any thread.
    ///
    /// One that computes is ended within milliseconds; one that waits is ended when the host functions that it waits for,
    /// whose tasks are cancelled, have come back, and its rests are cut short.
    package nonisolated func stop() {
        stop(.stopped)
    }

    /// Bytes that Lua holds, and the most that it ever held.
    package var memory: (now: Int, peak: Int) { state.memory }

    private nonisolated func stop(_ reason: shim_end) {
        state.stop(reason)
        calls.stop()
    }
}

/// Hands the first outcome that is reported over to who waits for one.
private final class FirstOutcome: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Void, LuaError>, Never>
    private let waiter: Mutex<Waiter?>

    init(_ waiter: CheckedContinuation<Result<Void, LuaError>, Never>) {
        self.waiter = Mutex(waiter)
    }

    func report(_ result: Result<Void, LuaError>) {
        let waiter = waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }
        waiter?.resume(returning: result)
    }
}
