import EmbeddedGraph
import GraphModel

/// What answers the requests of a run, and what a run has to know of it.
struct RunBackend: Sendable {
    /// The name by which runs are recorded: the store's path, or the address.
    var name: String
    var service: any GraphService
    /// Looks for what writes have made, where the backend keeps no keys; nil where it does.
    var reconciler: (any ReconcilingService)?
    /// Whether what this ledger never sent is looked for before it is sent.
    var verifiesFirst = false
    /// By whom requests are made.
    var caller: Caller
    /// How many requests an announcement keeps under way at once.
    var width: Int

    /// The embedded store.
    ///
    /// Enough is kept under way for commits to be shared.
    init(_ store: EmbeddedGraph) {
        name = store.path
        service = store
        caller = store.operatorCaller
        width = 256
    }

    init(name: String, service: any GraphService, caller: Caller, width: Int) {
        self.name = name
        self.service = service
        self.caller = caller
        self.width = width
    }
}
