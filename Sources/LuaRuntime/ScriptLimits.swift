/// What a script may use before it is ended.
///
/// No limit can be caught by the script.
package struct ScriptLimits: Sendable, Equatable {
    /// Memory that Lua holds, in bytes.
    package var memory = 64 << 20
    /// Processor time between two host calls.
    package var cpuBetweenCalls: Duration = .seconds(2)
    /// Processor time in all, sampled; nil for as much as it takes.
    package var cpu: Duration? = .seconds(60)
    /// Time by the clock, waiting included; nil for as long as it takes.
    package var wall: Duration?
    /// Host calls that wait at once.
    package var requests = 16
    /// Text that the script writes, in bytes; nil for as much as it likes.
    package var output: Int?
    /// The text of the script, and of each module, in bytes.
    package var sourceSize = 256 << 10
    /// One JSON text that crosses the bridge, in bytes.
    package var jsonSize = 8 << 20
    /// For tests: the n-th request for memory is refused as if the system had none; 0 for never.
    var failAt: UInt64 = 0

    package init() {}
}
