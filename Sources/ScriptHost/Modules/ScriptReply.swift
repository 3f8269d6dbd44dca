import GraphModel

/// The JSON that host functions answer with.
enum ScriptReply {
    /// No value: nil in Lua.
    static let nothing: [UInt8] = []

    static func string(_ text: String) -> [UInt8] {
        JSONWriter.bytes(capacity: text.utf8.count + 2) { $0.string(text) }
    }

    static func number(_ value: Double) -> [UInt8] {
        JSONWriter.bytes { $0.number(value) }
    }

    static func integer(_ value: Int) -> [UInt8] {
        Array(String(value).utf8)
    }
}
