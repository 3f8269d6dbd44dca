import CLuaShim
import Foundation

/// The shim's state, and the door through which Lua calls Swift.
///
/// Unchecked, because all but ``stop(_:)`` and ``watch()`` is confined to the actor that owns it; those two may be called
/// from any thread (CLuaShim.h).
@safe final class LuaState: @unchecked Sendable {
    /// A host call that the script waits for.
    struct Pending {
        var body: @Sendable ([UInt8]) async throws(HostError) -> [UInt8]
        var arguments: [UInt8]
    }

    private let vm: OpaquePointer
    private let calls: Calls

    init(limits: ScriptLimits, functions: [HostFunction]) throws(LuaError) {
        calls = Calls(functions)
        let cpu = limits.cpuBetweenCalls.components
        let limits = shim_limits(
            memory: limits.memory,
            cpu: cpu.seconds * 1_000_000_000 + cpu.attoseconds / 1_000_000_000,
            json: limits.jsonSize,
            fail_at: limits.failAt
        )
        let context = unsafe Unmanaged.passUnretained(calls).toOpaque()
        let opened = unsafe shim_open(
            limits,
            { context, function, arguments, length in
                guard let context = unsafe context else { return }
                let calls = unsafe Unmanaged<Calls>.fromOpaque(context).takeUnretainedValue()
                unsafe calls.call(Int(function), UnsafeBufferPointer(start: arguments, count: length))
            },
            context
        )
        guard let opened = unsafe opened else { throw LuaError(.memory, "no memory for a Lua state") }
        unsafe vm = unsafe opened
        unsafe calls.vm = opened
        for (index, function) in functions.enumerated() {
            var waits = false
            if case .waiting = function.body { waits = true }
            try check(unsafe shim_register(vm, function.name, Int32(index), waits ? 1 : 0))
        }
    }

    deinit {
        unsafe shim_close(vm)
    }

    func prelude(_ chunk: LuaChunk) throws(LuaError) {
        try check(unsafe shim_prelude(vm, chunk.name, chunk.source, chunk.source.count))
    }

    /// Runs a script; true if it waits for ``takePending()``.
    func run(_ chunk: LuaChunk) throws(LuaError) -> Bool {
        try check(unsafe shim_run(vm, "@" + chunk.name, chunk.source, chunk.source.count))
    }

    /// Goes on with a script that waited; true if it waits again.
    func resume(_ answer: Result<[UInt8], HostError>) throws(LuaError) -> Bool {
        calls.answer(answer)
        return try check(unsafe shim_resume(vm))
    }

    func takePending() -> Pending? {
        defer { calls.pending = nil }
        return calls.pending
    }

    var memory: (now: Int, peak: Int) {
        var peak = 0
        let now = unsafe shim_memory(vm, &peak)
        return (now, peak)
    }

    func stop(_ reason: shim_end) {
        unsafe shim_stop(vm, reason)
    }

    func watch() {
        unsafe shim_watch(vm)
    }

    @discardableResult private func check(_ status: shim_status) throws(LuaError) -> Bool {
        switch status {
        case .done: return false
        case .waiting: return true
        case .error:
            var length = 0
            let text = unsafe shim_text(vm, &length)
            throw LuaError(description: unsafe Array(UnsafeBufferPointer(start: text, count: length)))
        case .ended: throw ended(unsafe shim_ended(vm))
        @unknown default: throw LuaError(.runtime, "an unknown status of the shim")
        }
    }

    private func ended(_ reason: shim_end) -> LuaError {
        var error =
            switch reason {
            case .memory: LuaError(.memory, "the script took more memory than it may")
            case .cpu: LuaError(.cpu, "the script computed for longer than it may without calling the host")
            case .wall: LuaError(.wall, "the script took longer than it may")
            case .stopped, .none: LuaError(.stopped, "the script was stopped")
            @unknown default: LuaError(.stopped, "the script was stopped")
            }
        var line: Int32 = 0
        let script = unsafe String(cString: shim_ended_at(vm, &line))
        if !script.isEmpty { (error.script, error.line) = (script, Int(line)) }
        return error
    }

    /// What the callback may touch.
    ///
    /// It must not throw over the C frames, and calls nothing of the state but `shim_answer`.
    @safe private final class Calls {
        private let functions: [HostFunction]
        var vm: OpaquePointer?
        var pending: Pending?

        init(_ functions: [HostFunction]) {
            self.functions = functions
        }

        func call(_ index: Int, _ arguments: UnsafeBufferPointer<UInt8>) {
            switch functions[index].body {
            case .immediate(let body):
                let arguments = unsafe Array(arguments)
                do throws(HostError) {
                    answer(.success(try body(arguments)))
                } catch {
                    answer(.failure(error))
                }
            case .waiting(let body):
                pending = Pending(body: body, arguments: unsafe Array(arguments))
                give(.wait, [])
            }
        }

        func answer(_ result: Result<[UInt8], HostError>) {
            switch result {
            case .success(let json): give(json.isEmpty ? .nothing : .value, json)
            case .failure(let error): give(.error, error.json)
            }
        }

        private func give(_ kind: shim_answer_kind, _ bytes: [UInt8]) {
            guard let vm = unsafe vm else { return }
            unsafe shim_answer(vm, kind, bytes, bytes.count)
        }
    }
}

extension HostError {
    /// The fields of the error object, as JSON.
    fileprivate var json: [UInt8] {
        struct Fields: Encodable {
            var code: String
            var message: String
            var status: Int?
            var requestId: String?
        }
        let fields = Fields(code: code, message: message, status: status, requestId: requestID)
        // Strings and integers always encode; an empty object would still be an error object.
        return (try? JSONEncoder().encode(fields)).map(Array.init) ?? Array("{}".utf8)
    }
}
