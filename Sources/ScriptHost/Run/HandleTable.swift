import LuaRuntime
import Synchronization

/// Host objects that a script holds by number: Lua never sees a pointer.
final class HandleTable<Value: Sendable>: Sendable {
    private let kind: String
    private let values = Mutex<[Int: Value]>([:])

    /// A table of objects that errors call `kind`.
    init(of kind: String) {
        self.kind = kind
    }

    func insert(_ value: Value) -> Int {
        values.withLock { values in
            let handle = values.count + 1
            values[handle] = value
            return handle
        }
    }

    func callAsFunction(_ handle: Int) throws(HostError) -> Value {
        guard let value = values.withLock({ $0[handle] }) else {
            throw HostError(code: "badArgument", message: "there is no \(kind) \(handle)")
        }
        return value
    }
}
