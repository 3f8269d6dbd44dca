import CLuaShim
import Synchronization

/// A Lua state for one script, with its limits, on a thread of its own.
///
/// A script is straight-line: where it calls a host function that waits, its coroutine yields, the function is awaited,
/// and the coroutine goes on with the answer.
package actor ScriptVM {
    private nonisolated let executor = ThreadExecutor(name: "script")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private nonisolated let limits: ScriptLimits
    private nonisolated let state: LuaState
    private nonisolated let wait = Mutex<Task<[UInt8], any Error>?>(nil)
    private nonisolated let isStopped = Mutex(false)
    private var isRunning = false

    /// Opens a state and runs the trusted prelude in it.
    ///
    /// - Parameters:
    ///   - limits: What the prelude and the script may use.
    ///   - functions: The host functions, which the prelude gets as its first argument, a table by their names.
    ///   - prelude: Trusted chunks, each called with `host, globals, internal`: `globals` are the script's, `internal` has
    ///     `fail(code, message)`, `encode`, `decode`, `array`, `object` and `null`. Their names begin with `=[herald]`.
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
    /// Cancelling the surrounding task is like ``stop()``.
    ///
    /// - Throws: ``LuaError`` if it raised an error, or a limit ended it; after a limit nothing can be run any more.
    package func run(_ script: LuaChunk) async throws(LuaError) {
        guard script.source.count <= limits.sourceSize else {
            throw LuaError(
                .sourceSize,
                "\(script.name) has \(script.source.count) bytes; a script may have \(limits.sourceSize)"
            )
        }
        guard !isRunning else { throw LuaError(.runtime, "a script runs in this state already") }
        isRunning = true
        Watchdog.shared.watch(state)
        defer {
            Watchdog.shared.unwatch(state)
            isRunning = false
        }
        let deadline = limits.wall.map { wall in
            Task { [weak self] in
                try await Task.sleep(for: wall)
                self?.stop(.wall)
            }
        }
        defer { deadline?.cancel() }
        let result: Result<Void, LuaError> = await withTaskCancellationHandler {
            do throws(LuaError) {
                var waits = try state.run(script)
                while waits {
                    let answer = await pendingAnswer()
                    waits = try state.resume(answer)
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            stop(.stopped)
        }
        try result.get()
    }

    /// Ends the script from any thread.
    ///
    /// One that computes is ended within milliseconds; one that waits is ended when the host function that it waits for,
    /// whose task is cancelled, has come back.
    package nonisolated func stop() {
        stop(.stopped)
    }

    /// Bytes that Lua holds, and the most that it ever held.
    package var memory: (now: Int, peak: Int) { state.memory }

    private nonisolated func stop(_ reason: shim_end) {
        isStopped.withLock { $0 = true }
        state.stop(reason)
        wait.withLock { $0?.cancel() }
    }

    private func pendingAnswer() async -> Result<[UInt8], HostError> {
        guard let pending = state.takePending() else {
            return .failure(HostError(code: "internalError", message: "the script waits for nothing"))
        }
        let task = Task<[UInt8], any Error> { @concurrent in try await pending.body(pending.arguments) }
        wait.withLock { $0 = task }
        if isStopped.withLock({ $0 }) { task.cancel() }
        defer { wait.withLock { $0 = nil } }
        switch await task.result {
        case .success(let json): return .success(json)
        case .failure(let error as HostError): return .failure(error)
        case .failure(let error): return .failure(HostError(code: "internalError", message: "\(error)"))
        }
    }
}
