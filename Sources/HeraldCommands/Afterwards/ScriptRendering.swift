import Announcements
import Foundation
import GraphModel
import LuaRuntime
import ScriptHost
import Synchronization

/// Runs a script for what its announcements render, without sending anything.
///
/// The script reads what it reads; its announcements are kept in a ledger that goes away with the rendering, and are told
/// that all went well. Any other write is refused.
struct ScriptRendering: Sendable {
    /// A post as an announcement rendered it.
    struct Post: Sendable {
        var announcement: String
        var group: GroupID
        /// The JSON body of the request that would make it.
        var body: [UInt8]
    }

    let backend: RunBackend
    let script: LuaChunk
    /// The folder below which the script reads files.
    let folder: String
    let arguments: [String]
    let limits: ScriptLimits
    let screen: RunScreen?
    /// Microseconds since 1970.
    let now: @Sendable () -> Int64
    /// Gives files in the place of those on disk, by their paths; nil for one that is read from disk.
    var kept: @Sendable (String) async throws -> [UInt8]? = { _ in nil }
    /// What the script was told of time and chance when it ran before.
    var journal: [JournalEntry] = []

    /// Runs the script.
    ///
    /// - Parameter take: Given each post; several may be given at once.
    /// - Throws: ``Failure`` if the script fails, or what `take` throws.
    func run(_ take: @escaping @Sendable (Post) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-rendering-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = try Self.ledger(in: folder.path)
        let service = RenderingService(backend.service, take: take)
        var backend = backend
        backend.service = service
        backend.reconciler = nil
        backend.permits = nil
        let place = RunPlace(backend: backend, ledger: ledger, now: now)
        let (record, lease) = try await place.begin(script, folder: self.folder, arguments: arguments)
        var context = place.context(
            of: record,
            lease: lease,
            folder: self.folder,
            repeating: journal,
            monitor: screen.map { Self.monitor($0) } ?? .silent,
            logger: (screen ?? RunScreen.silent).logger
        )
        let kept = kept
        context.files = ScriptFiles(folder: URL(fileURLWithPath: self.folder)) { path, url in
            if let bytes = try await kept(path) { return bytes }
            return try ScriptFiles.readFromDisk(path, url)
        }
        do {
            let scriptRun = try ScriptRun(script, context: context, limits: limits)
            try await scriptRun.execute()
        } catch {
            if let failure = service.failure { throw failure }
            if Task.isCancelled { throw CancellationError() }
            guard let error = error as? LuaError else { throw error }
            throw Failure(.failed, ScriptProblem(error, sources: [script.name: script.source]).summary)
        }
        if let failure = service.failure { throw failure }
        try ledger.close()
    }

    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    private static func ledger(in folder: String) throws -> Ledger { try Ledger(path: folder + "/ledger.sqlite") }

    /// Shows what the script prints and nothing of its announcements, which are none.
    private static func monitor(_ screen: RunScreen) -> RunMonitor {
        var monitor = RunMonitor.silent
        monitor.output = screen.monitor().output
        return monitor
    }
}

extension RunMonitor {
    /// Shows nothing, and lets everything go ahead.
    fileprivate static var silent: RunMonitor {
        RunMonitor(
            output: { _ in },
            confirm: { _ in .goAhead },
            watch: { _ in WaveWatcher() },
            finished: { _, _ in }
        )
    }
}

extension RunScreen {
    /// Shows nothing.
    fileprivate static var silent: RunScreen {
        let sink = ByteSink(isTerminal: false, put: { _ in })
        return RunScreen(
            HeraldEnvironment(variables: [:], folder: "/", output: sink, error: sink, now: { 0 }, uptime: { .zero }),
            json: false,
            quiet: true
        )
    }
}

/// Answers a script that is only rendered: reads are passed on, the posts of announcements are taken.
private final class RenderingService: GraphService {
    private let next: any GraphService
    private let take: @Sendable (ScriptRendering.Post) async throws -> Void
    private let broken = Mutex<(any Error)?>(nil)

    /// What `take` threw first.
    var failure: (any Error)? { broken.withLock { $0 } }

    init(_ next: any GraphService, take: @escaping @Sendable (ScriptRendering.Post) async throws -> Void) {
        self.next = next
        self.take = take
    }

    func respond(to request: GraphRequest) async throws -> GraphResponse {
        guard request.method.isWrite else { return try await next.respond(to: request) }
        guard let key = request.key, key.namespace == .announcement,
            let group = MadeItem(path: request.path, answer: [], location: nil)?.group,
            let end = key.text.range(of: "/\(group)", options: .backwards)
        else {
            let error = GraphError(
                403,
                .accessDenied,
                "\(request.method.rawValue) \(request.path.prefix(120)) is not done: of the script the announcements are "
                    + "rendered, and nothing else is written"
            )
            return GraphResponse(error, id: GroupID.random().text, clientRequestID: nil, now: 0)
        }
        do {
            let name = String(key.text[..<end.lowerBound])
            try await take(ScriptRendering.Post(announcement: name, group: group, body: request.body))
        } catch {
            broken.withLock { $0 = $0 ?? error }
            throw NoAnswer(.notDone, "\(error)")
        }
        return GraphResponse(status: 201, json: Array("{}".utf8))
    }
}
