import ArgumentParser
import EmbeddedGraph
import GraphModel

/// Which store a command works on.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The embedded store's file; by default graph.sqlite in the state folder.",
            valueName: "path"
        ),
        completion: .file()
    )
    var store: String?

    /// Where the store is.
    func path(in herald: HeraldEnvironment) throws -> String {
        guard let store else { return try herald.stateFolder() + "/graph.sqlite" }
        return herald.path(store)
    }

    /// Opens the store; it is made if it is not there.
    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    func open(in herald: HeraldEnvironment) throws -> EmbeddedGraph {
        try EmbeddedGraph(path: try path(in: herald), operatorName: herald.operatorName, clock: herald.now)
    }

    /// Opens the store to read from it as its operator.
    func reader(in herald: HeraldEnvironment) throws -> GraphReader {
        let graph = try open(in: herald)
        return GraphReader(service: graph, caller: graph.operatorCaller)
    }
}
