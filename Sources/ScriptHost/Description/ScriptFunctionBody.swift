import LuaRuntime

/// What a function of a module does in Swift, given the run that it is called in and its arguments as a JSON array.
///
/// It answers with the bytes of one JSON value, empty for nil. That the run comes with the call keeps the descriptions free
/// of any run: editor stubs and the reference read them where nothing is executed.
enum ScriptFunctionBody: Sendable {
    /// Answers at once, on the script's own thread: for what takes microseconds.
    case immediate(@Sendable (ScriptContext, [UInt8]) throws(HostError) -> [UInt8])
    /// Answers at once, with a value that needs no JSON, and takes no arguments.
    case bare(@Sendable (ScriptContext) throws(HostError) -> HostScalar)
    /// Answers at once and takes up to four arguments, none of which needs JSON.
    case scalars(@Sendable (ScriptContext, ScriptScalars) throws(HostError) -> HostScalar)
    /// Answers in its own time, while the script's coroutine waits.
    case waiting(@Sendable (ScriptContext, [UInt8]) async throws(HostError) -> [UInt8])
    /// Answers with nothing once so many seconds have passed, while the script's coroutine waits.
    case resting(@Sendable (ScriptContext, [UInt8]) throws(HostError) -> Double)

    /// The body as the runtime calls it.
    func bound(to context: ScriptContext) -> HostFunction.Body {
        switch self {
        case .immediate(let body): .immediate { json throws(HostError) in try body(context, json) }
        case .bare(let body): .bare { () throws(HostError) in try body(context) }
        case .scalars(let body): .scalars { values throws(HostError) in try body(context, ScriptScalars(values)) }
        case .waiting(let body): .waiting { json throws(HostError) in try await body(context, json) }
        case .resting(let body):
            if let pass = context.passTime {
                .waiting { json throws(HostError) in
                    await pass(try body(context, json))
                    return ScriptReply.nothing
                }
            } else {
                .resting { json throws(HostError) in .seconds(try body(context, json)) }
            }
        }
    }
}

/// A function of the host that only a module's own Lua part sees.
struct ScriptPrimitive: Sendable {
    /// Its name in the table `host`: `csv.open`.
    var name: String
    var body: ScriptFunctionBody

    init(_ name: String, _ body: ScriptFunctionBody) {
        self.name = name
        self.body = body
    }
}
