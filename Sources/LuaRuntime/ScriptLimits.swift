/// What a script may use before it is ended.
///
/// No limit can be caught by the script.
package struct ScriptLimits: Sendable, Equatable {
    /// Memory that Lua holds, in bytes.
    package var memory = 64 << 20
    /// Processor time between two host calls.
    package var cpuBetweenCalls: Duration = .seconds(2)
    /// Time by the clock, waiting included; nil for as long as it takes.
    package var wall: Duration?
    /// The text of the script, in bytes.
    package var sourceSize = 256 << 10
    /// One JSON text that crosses the bridge, in bytes.
    package var jsonSize = 8 << 20
    /// For tests: the n-th request for memory is refused as if the system had none; 0 for never.
    var failAt: UInt64 = 0

    package init() {}
}
