import Announcements
import ArgumentParser
import EmbeddedGraph
import LuaRuntime

/// What `run` and `resume` have in common.
struct RunOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Flag(
        help: "Write the report as one JSON document to standard output; what the script prints goes to standard error."
    )
    var json = false
    @Flag(help: "Say nothing but warnings and errors.")
    var quiet = false
    @Option(help: ArgumentHelp("The most memory the script may use, in MiB.", valueName: "mib"))
    var limitMemory = 64
    @Option(help: ArgumentHelp("The most processor time between two host calls, in seconds.", valueName: "seconds"))
    var limitCpu = 2.0
    @Option(help: ArgumentHelp("The most time by the clock, in seconds; unlimited by default.", valueName: "seconds"))
    var limitWall: Double?

    func validate() throws {
        guard (1...65_536).contains(limitMemory) else { throw ValidationError("--limit-memory takes 1 to 65536 MiB.") }
        guard limitCpu > 0, limitCpu <= 86_400 else { throw ValidationError("--limit-cpu takes up to 86400 seconds.") }
        if let limitWall, limitWall <= 0 || limitWall > 86_400 * 366 {
            throw ValidationError("--limit-wall takes a number of seconds above 0.")
        }
    }

    var limits: ScriptLimits {
        var limits = ScriptLimits()
        limits.memory = limitMemory << 20
        limits.cpuBetweenCalls = .seconds(limitCpu)
        limits.wall = limitWall.map { .seconds($0) }
        return limits
    }

    var presentation: RunSession.Presentation {
        RunSession.Presentation(json: json, quiet: quiet)
    }

    /// Opens the store and the ledger.
    func session(in herald: HeraldEnvironment) async throws -> RunSession {
        RunSession(herald: herald, store: try await store.open(in: herald), ledger: try store.ledger(in: herald))
    }
}

extension StoreOptions {
    /// Opens the ledger, which lies beside the store.
    func ledger(in herald: HeraldEnvironment) throws -> Ledger {
        let path = try path(in: herald)
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        return try Ledger(path: folder + "ledger.sqlite")
    }
}
