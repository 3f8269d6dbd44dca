import ArgumentParser
import LuaRuntime

/// What scripts may use.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The most memory the script may use, in MiB.", valueName: "mib"))
    var limitMemory = 64
    @Option(help: ArgumentHelp("The most processor time between two host calls, in seconds.", valueName: "seconds"))
    var limitCpu = 2.0
    @Option(
        help: ArgumentHelp("The most processor time in all, in seconds; 0 for unlimited.", valueName: "seconds")
    )
    var limitTotalCpu = 60.0
    @Option(help: ArgumentHelp("The most time by the clock, in seconds; unlimited by default.", valueName: "seconds"))
    var limitWall: Double?
    @Option(
        help: ArgumentHelp(
            "The most text that the script writes, in KiB; 1024 on a terminal, else unlimited by default.",
            valueName: "kib"
        )
    )
    var limitOutput: Int?
    @Option(help: ArgumentHelp("The most requests under way at once in 'parallel'.", valueName: "count"))
    var limitRequests = 16
    @Option(help: ArgumentHelp("The longest source of a script or module, in KiB.", valueName: "kib"))
    var limitSource = 256

    func validate() throws {
        guard (1...65_536).contains(limitMemory) else { throw ValidationError("--limit-memory takes 1 to 65536 MiB.") }
        guard limitCpu > 0, limitCpu <= 86_400 else { throw ValidationError("--limit-cpu takes up to 86400 seconds.") }
        if let limitWall, limitWall <= 0 || limitWall > 86_400 * 366 {
            throw ValidationError("--limit-wall takes a number of seconds above 0.")
        }
        guard limitTotalCpu >= 0, limitTotalCpu <= 86_400 * 366 else {
            throw ValidationError("--limit-total-cpu takes a number of seconds, or 0 for unlimited.")
        }
        guard (limitOutput ?? 1) > 0 else { throw ValidationError("--limit-output takes 1 KiB or more.") }
        guard (1...65_536).contains(limitRequests) else { throw ValidationError("--limit-requests takes 1 to 65536.") }
        guard (1...65_536).contains(limitSource) else { throw ValidationError("--limit-source takes 1 to 65536 KiB.") }
    }

    /// What a script may use; the limit on output depends on where it goes.
    func limits(in herald: HeraldEnvironment) -> ScriptLimits {
        var limits = ScriptLimits()
        limits.memory = limitMemory << 20
        limits.cpuBetweenCalls = .seconds(limitCpu)
        limits.cpu = limitTotalCpu > 0 ? .seconds(limitTotalCpu) : nil
        limits.wall = limitWall.map { .seconds($0) }
        limits.output = limitOutput.map { $0 << 10 } ?? (herald.output.isTerminal ? 1 << 20 : nil)
        limits.requests = limitRequests
        limits.sourceSize = limitSource << 10
        return limits
    }
}
