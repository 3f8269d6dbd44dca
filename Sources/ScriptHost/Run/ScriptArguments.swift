import GraphModel
import LuaRuntime

/// The values that a host function was called with, in order.
struct ScriptArguments {
    private let values: [JSONValue]

    init(_ json: [UInt8]) throws(HostError) {
        do {
            values = json.isEmpty ? [] : try JSONValue(json).elements ?? []
        } catch {
            throw HostError(code: "internalError", message: "the bridge gave no JSON: \(error)")
        }
    }

    /// The value at `index`, counted from 0; null where there is none.
    subscript(index: Int) -> JSONValue {
        index < values.count ? values[index] : .null
    }

    func string(_ index: Int) throws(HostError) -> String {
        guard let text = self[index].string else { throw Self.unexpected(index, "a string") }
        return text
    }

    func integer(_ index: Int) throws(HostError) -> Int {
        switch self[index] {
        case .integer(let value): return Int(value)
        case .number(let value) where value == value.rounded() && abs(value) < 1e15: return Int(value)
        default: throw Self.unexpected(index, "an integer")
        }
    }

    func number(_ index: Int) throws(HostError) -> Double {
        guard let value = self[index].double else { throw Self.unexpected(index, "a number") }
        return value
    }

    fileprivate static func unexpected(_ index: Int, _ kind: String) -> HostError {
        HostError(code: "badArgument", message: "argument \(index + 1) must be \(kind)")
    }
}

/// The values that a host function was called with, where none of them needs JSON.
struct ScriptScalars {
    private let values: [HostScalar]

    init(_ values: [HostScalar]) {
        self.values = values
    }

    /// The value at `index`, counted from 0; nothing where there is none.
    subscript(index: Int) -> HostScalar {
        index < values.count ? values[index] : .nothing
    }

    func string(_ index: Int) throws(HostError) -> String {
        guard case .text(let text) = self[index] else { throw ScriptArguments.unexpected(index, "a string") }
        return text
    }

    func integer(_ index: Int) throws(HostError) -> Int {
        switch self[index] {
        case .integer(let value): return value
        case .number(let value) where value == value.rounded() && abs(value) < 1e15: return Int(value)
        default: throw ScriptArguments.unexpected(index, "an integer")
        }
    }

    func number(_ index: Int) throws(HostError) -> Double {
        switch self[index] {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: throw ScriptArguments.unexpected(index, "a number")
        }
    }
}
