import Announcements
import ArgumentParser
import EmbeddedGraph

/// What `run` and `resume` have in common.
struct RunOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Flag(
        help: "Write the report as one JSON document to standard output; what the script prints goes to standard error."
    )
    var json = false
    @Flag(help: "Say nothing but warnings and errors.")
    var quiet = false
    @OptionGroup var limit: LimitOptions

    var presentation: RunSession.Presentation {
        RunSession.Presentation(json: json, quiet: quiet)
    }

    /// Opens the store and the ledger.
    func session(in herald: HeraldEnvironment) throws -> RunSession {
        RunSession(herald: herald, store: try store.open(in: herald), ledger: try store.ledger(in: herald))
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
