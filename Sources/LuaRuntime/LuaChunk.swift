/// A piece of Lua source.
package struct LuaChunk: Sendable, Equatable {
    /// The name that errors show: `announce.lua`.
    package var name: String
    /// The text; bytecode is refused.
    package var source: [UInt8]

    package init(name: String, source: [UInt8]) {
        self.name = name
        self.source = source
    }
}
