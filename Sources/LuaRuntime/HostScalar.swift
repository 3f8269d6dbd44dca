import CLuaShim

/// A value that crosses between Lua and the host as it is, without JSON.
package enum HostScalar: Sendable, Equatable {
    /// nil.
    case nothing
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    /// A string. What is not UTF-8 does not come here: Lua gets the error that its encoding as JSON would raise.
    case text(String)
    /// A table, a function or the like, which does not cross; a host function answers none.
    case other

    /// Reads an argument while the call that brought it is under way.
    init(_ scalar: shim_scalar) {
        switch unsafe scalar.kind {
        case .nothing: self = .nothing
        case .boolean: self = .boolean(unsafe scalar.integer != 0)
        case .integer: self = .integer(Int(unsafe scalar.integer))
        case .number: self = .number(unsafe scalar.number)
        case .text:
            let bytes = unsafe UnsafeBufferPointer(start: scalar.bytes, count: scalar.length)
            self = .text(unsafe String(decoding: bytes, as: UTF8.self))
        case .other: self = .other
        @unknown default: self = .other
        }
    }
}
