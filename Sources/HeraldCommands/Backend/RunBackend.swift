import Announcements
import EmbeddedGraph
import GraphClient
import GraphModel

/// What answers the requests of a run, and what a run has to know of it.
struct RunBackend: Sendable {
    /// The name by which runs are recorded: the store's path, or the address.
    var name: String
    var service: any GraphService
    /// Tells of groups without a request for each; nil where there is no such way.
    var directory: (any GroupDirectory)?
    /// Looks for what writes have made, where the backend keeps no keys; nil where it does.
    var reconciler: (any ReconcilingService)?
    /// How long what was written may stay invisible, in microseconds: so long nothing is taken for gone.
    var readLag: Int64 = 0
    /// Whether what this ledger never sent is looked for before it is sent.
    var verifiesFirst = false
    /// What may be written, for a person; empty where nothing need be granted.
    var grants = ""
    /// What links begin with: scheme, authority and version, without a final "/".
    var serviceRoot = GraphRequest.localServiceRoot
    /// How the command line chose it.
    var choice = LedgerChoice()
    /// By whom requests are made.
    var caller: Caller
    /// How many requests an announcement keeps under way at once.
    var width: Int

    /// What keeps so many posts to these groups from being sent, by what was granted; nil if nothing needs a grant.
    var permits: (@Sendable (Set<GroupID>, _ posts: Int) async throws -> GrantShortfall?)?
    /// The refusal of a write that was not granted, found without sending it; nil if nothing needs a grant.
    var refusal: (@Sendable (GraphRequest) async throws -> GraphResponse?)?
    /// Counts posts as made which are only planned.
    var reserve: (@Sendable (Int) -> Void)?
    /// How many groups are looked at in one request before something is announced to them; nil where the sending shows it
    /// as fast as a look would.
    var targetChunk: Int?
    /// How fast the backend lets posts be made; nil if it is as fast as it can.
    var pace: BackendPace?
    /// Tells what has to wait for a time.
    var waits: WaitBoard?
    /// Tells what is done here since the backend does not do it.
    var notices: NoticeBoard?
    /// The clock of what is answered without a backend, from a recording; nil for the machine's.
    var clock: ReplayClock?

    /// The embedded store.
    ///
    /// Enough is kept under way for commits to be shared.
    init(_ store: EmbeddedGraph) {
        name = store.path
        service = store
        directory = StoreDirectory(store, caller: store.operatorCaller)
        caller = store.operatorCaller
        width = 256
    }

    /// A backend that writes what was granted only.
    init(name: String, granted: GrantedService<some GraphService>, grants: Grants, caller: Caller, width: Int) {
        self.init(name: name, service: granted, caller: caller, width: width)
        self.grants = grants.text
        serviceRoot = name
        // Quotas count requests, not what they ask for, and each takes its time on the way.
        targetChunk = TargetReader.filterSize
        refusal = { request in try await granted.refusal(of: request) }
        reserve = { posts in granted.reserve(posts) }
        permits = { groups, posts in
            try await granted.shortfall(to: groups, posts: posts, caller: caller, serviceRoot: name)
        }
    }

    init(name: String, service: any GraphService, caller: Caller, width: Int) {
        self.name = name
        self.service = service
        self.caller = caller
        self.width = width
    }

    /// What looks at groups before something is announced to them in a run; nil where that is left to the sending.
    func targetReader(_ depth: TargetReader.Depth) -> (any GroupDirectory)? {
        targetChunk.map { TargetReader(service, caller: caller, depth: depth, chunk: $0) }
    }

    /// What looks at groups for a plan, which promises to have looked.
    func planReader(_ depth: TargetReader.Depth) -> any GroupDirectory {
        directory ?? targetReader(depth) ?? TargetReader(service, caller: caller, depth: depth)
    }
}
