import CLuaShim
import Foundation
import Synchronization

/// The shim's state, and the door through which Lua calls Swift.
///
/// Unchecked, because all but ``stop(_:)`` and ``watch()`` is confined to the actor that owns it; those two may be called
/// from any thread (CLuaShim.h).
@safe final class LuaState: @unchecked Sendable {
    /// A host call that a task of the script waits for.
    struct Pending {
        /// What is to be done for it.
        enum Work {
            case answer(@Sendable ([UInt8]) async throws(HostError) -> [UInt8], arguments: [UInt8])
            case rest(Duration)
        }

        var task: Int32
        var work: Work
    }

    private let vm: OpaquePointer
    private let calls: Calls
    private let stuck = Mutex<(@Sendable (LuaError) -> Void)?>(nil)

    init(limits: ScriptLimits, functions: [HostFunction]) throws(LuaError) {
        calls = Calls(functions)
        let limits = shim_limits(
            memory: limits.memory,
            cpu: limits.cpuBetweenCalls.nanoseconds,
            total_cpu: limits.cpu?.nanoseconds ?? 0,
            json: limits.jsonSize,
            fail_at: limits.failAt
        )
        let host = unsafe shim_host(
            call: { context, function, task, arguments, length in
                guard let context = unsafe context else { return .nothing }
                let calls = unsafe Unmanaged<Calls>.fromOpaque(context).takeUnretainedValue()
                return unsafe calls.call(Int(function), task, UnsafeBufferPointer(start: arguments, count: length))
            },
            call_scalars: { context, function, arguments, count, answer in
                guard let context = unsafe context else { return .nothing }
                let calls = unsafe Unmanaged<Calls>.fromOpaque(context).takeUnretainedValue()
                let arguments = unsafe UnsafeBufferPointer(start: arguments, count: Int(count))
                return unsafe calls.call(Int(function), arguments, &answer.pointee)
            },
            cancel: { context, task in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Calls>.fromOpaque(context).takeUnretainedValue().cancelled.append(task)
            },
            context: Unmanaged.passUnretained(calls).toOpaque()
        )
        let opened = unsafe shim_open(limits, host)
        guard let opened = unsafe opened else { throw LuaError(.memory, "no memory for a Lua state") }
        unsafe vm = unsafe opened
        unsafe calls.vm = opened
        for (index, function) in functions.enumerated() {
            try check(unsafe shim_register(vm, function.name, Int32(index), function.body.form))
        }
    }

    deinit {
        unsafe shim_close(vm)
    }

    func prelude(_ chunk: LuaChunk) throws(LuaError) {
        try check(unsafe shim_prelude(vm, chunk.name, chunk.source, chunk.source.count))
    }

    /// Runs a script; true if it waits for what ``takePending()`` gives.
    func run(_ chunk: LuaChunk) throws(LuaError) -> Bool {
        try check(unsafe shim_run(vm, "@" + chunk.name, chunk.source, chunk.source.count))
    }

    /// Goes on with a task that waited; true if the script waits again.
    func resume(_ task: Int32, _ answer: Result<[UInt8], HostError>) throws(LuaError) -> Bool {
        calls.answer(answer)
        return try check(unsafe shim_resume(vm, task))
    }

    /// The host calls that have been made and wait to be begun, oldest first.
    func takePending() -> [Pending] {
        defer { calls.pending = [] }
        return calls.pending
    }

    /// The tasks whose host calls are no longer wanted.
    func takeCancelled() -> [Int32] {
        defer { calls.cancelled.removeAll() }
        return calls.cancelled
    }

    var memory: (now: Int, peak: Int) {
        var peak = 0
        let now = unsafe shim_memory(vm, &peak)
        return (now, peak)
    }

    func stop(_ reason: shim_end) {
        unsafe shim_stop(vm, reason)
    }

    /// Has `report` told if the state hangs inside of Lua itself and cannot be ended; nil takes that back.
    func whenStuck(_ report: (@Sendable (LuaError) -> Void)?) {
        stuck.withLock { $0 = report }
    }

    /// Looks after the limits.
    func watch() {
        let reason = unsafe shim_watch(vm)
        guard reason != .none else { return }
        var error = ended(reason)
        error.message += " and hangs inside Lua itself"
        // It is told once: nothing changes any more.
        let report = stuck.withLock { report in
            defer { report = nil }
            return report
        }
        report?(error)
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
            case .total_cpu: LuaError(.totalCPU, "the script used more processor time than it may")
            case .output: LuaError(.output, "the script wrote more than it may")
            case .requests: LuaError(.requests, "the script made more requests at once than it may")
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
        var pending: [Pending] = []
        var cancelled: [Int32] = []

        init(_ functions: [HostFunction]) {
            self.functions = functions
        }

        func call(_ index: Int, _ task: Int32, _ arguments: UnsafeBufferPointer<UInt8>) -> shim_answer_kind {
            switch functions[index].body {
            case .immediate(let body):
                do throws(HostError) {
                    return answer(.success(try body(unsafe Array(arguments))))
                } catch {
                    return answer(.failure(error))
                }
            case .waiting(let body):
                pending.append(Pending(task: task, work: .answer(body, arguments: unsafe Array(arguments))))
                return .wait
            case .resting(let body):
                do throws(HostError) {
                    pending.append(Pending(task: task, work: .rest(try body(unsafe Array(arguments)))))
                    return .wait
                } catch {
                    return answer(.failure(error))
                }
            case .scalars, .bare: return .nothing  // are registered to be called otherwise
            }
        }

        func call(
            _ index: Int,
            _ arguments: UnsafeBufferPointer<shim_scalar>,
            _ answer: inout shim_scalar
        ) -> shim_answer_kind {
            let value: HostScalar
            do throws(HostError) {
                switch functions[index].body {
                case .bare(let body): value = try body()
                case .scalars(let body): value = try body(unsafe arguments.map { unsafe HostScalar($0) })
                case .immediate, .waiting, .resting: return .nothing
                }
            } catch {
                return self.answer(.failure(error))
            }
            switch value {
            case .nothing, .other: return .nothing
            case .boolean(let value): (unsafe answer.kind, unsafe answer.integer) = (.boolean, value ? 1 : 0)
            case .integer(let value): (unsafe answer.kind, unsafe answer.integer) = (.integer, Int64(value))
            case .number(let value): (unsafe answer.kind, unsafe answer.number) = (.number, value)
            case .text(var text): return text.withUTF8 { unsafe give(.text, $0) }
            }
            return .scalar
        }

        @discardableResult func answer(_ result: Result<[UInt8], HostError>) -> shim_answer_kind {
            switch result {
            case .success(let json):
                return unsafe json.withUnsafeBufferPointer { unsafe give(json.isEmpty ? .nothing : .value, $0) }
            case .failure(let error):
                if let limit = error.limit, let vm = unsafe vm { unsafe shim_stop(vm, limit.end) }
                return unsafe error.json.withUnsafeBufferPointer { unsafe give(.error, $0) }
            }
        }

        private func give(_ kind: shim_answer_kind, _ bytes: UnsafeBufferPointer<UInt8>) -> shim_answer_kind {
            guard let vm = unsafe vm else { return .nothing }
            return unsafe shim_answer(vm, kind, bytes.baseAddress, bytes.count)
        }
    }
}

extension HostFunction.Body {
    /// How C passes the arguments.
    fileprivate var form: shim_form {
        switch self {
        case .immediate: .json
        case .waiting, .resting: .waits
        case .scalars: .scalars
        case .bare: .bare
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
            var retryable: Bool
        }
        let fields = Fields(
            code: code,
            message: message,
            status: status,
            requestId: requestID,
            retryable: isRetryable
        )
        // Strings and integers always encode; an empty object would still be an error object.
        return (try? JSONEncoder().encode(fields)).map(Array.init) ?? Array("{}".utf8)
    }
}

extension LuaError.Kind {
    /// What ends a state for this reason.
    fileprivate var end: shim_end {
        switch self {
        case .memory: .memory
        case .cpu: .cpu
        case .totalCPU: .total_cpu
        case .wall: .wall
        case .output: .output
        case .requests: .requests
        case .syntax, .runtime, .sourceSize, .stopped: .stopped
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
