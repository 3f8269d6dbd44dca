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
        try store.map(herald.path) ?? herald.stateFolder() + "/graph.sqlite"
    }

    /// Opens the store; it is made if it is not there.
    func open(in herald: HeraldEnvironment) async throws -> EmbeddedGraph {
        try EmbeddedGraph(path: try path(in: herald), operatorName: herald.operatorName, clock: herald.now)
    }

    /// Opens the store to read from it as its operator.
    func reader(in herald: HeraldEnvironment) async throws -> GraphReader {
        let graph = try await open(in: herald)
        return GraphReader(service: graph, caller: graph.operatorCaller)
    }
}
