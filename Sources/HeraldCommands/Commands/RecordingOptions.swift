import Announcements
import ArgumentParser
import EmbeddedGraph
import Foundation
import GraphClient
import GraphModel
import Storage

/// Whether a run's exchanges with the backend are kept, or come from a file.
struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write every exchange with the backend to a new file, as an HTTP archive (HAR 1.2). Tokens and other secrets are "
                + "left out; the bodies of posts are in it, so only its owner may read it.",
            valueName: "file"
        ),
        completion: .file(extensions: ["har"])
    )
    var record: String?
    @Option(
        help: ArgumentHelp(
            "Answer every request from a recording: nothing is sent, no token is needed, and no ledger is kept.",
            valueName: "file"
        ),
        completion: .file(extensions: ["har"])
    )
    var replay: String?

    func validate() throws {
        if record != nil, replay != nil {
            throw ValidationError("--record writes what a backend answers, and --replay asks none; give one of them.")
        }
    }

    /// Does something with the backend, or with a recording in its place.
    func with<Result>(
        _ options: BackendOptions,
        _ herald: HeraldEnvironment,
        _ body: (RunBackend, Ledger) async throws -> Result
    ) async throws -> Result {
        if let replay { return try await self.replay(replay, options, herald, body) }
        guard let record else { return try await options.with(herald, body) }
        var file: RecordingFile?
        let result: Result
        do {
            result = try await options.with(
                herald,
                tape: { root, caller in
                    let made = try RecordingFile(path: herald.path(record), root: root, caller: caller)
                    file = made
                    return .recording(made)
                },
                body
            )
        } catch {
            // Why there is no result matters more than what became of the file.
            try? file?.finish()
            throw error
        }
        try file?.finish()
        return result
    }

    private func replay<Result>(
        _ name: String,
        _ options: BackendOptions,
        _ herald: HeraldEnvironment,
        _ body: (RunBackend, Ledger) async throws -> Result
    ) async throws -> Result {
        guard options.isEmbedded, options.store.store == nil else {
            throw Failure(.usage, "--replay asks no backend: leave --backend and --store out.")
        }
        let recording = try Recording(try herald.file(name), name: name)
        let folder = FileManager.default.temporaryDirectory.appending(path: "herald-replay-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = try options.ledger(in: folder.path)
        if let caller = recording.caller {
            var backend = RunBackend(
                name: recording.serviceRoot,
                service: ReplayService(recording),
                caller: caller,
                width: 256
            )
            backend.clock = ReplayClock()
            return try await body(backend, ledger)
        }
        let connection = RemoteBackend(
            try GraphCloud(recording.serviceRoot),
            sending: options.sending,
            tokens: GivenToken(""),
            grants: Grants(allGroups: true, maximumPosts: .max),
            variables: [:],
            tape: .replaying(recording)
        )
        do {
            var backend = try await connection.backend()
            backend.permits = nil
            let result = try await body(backend, ledger)
            try await connection.close()
            return result
        } catch {
            try? await connection.close()
            throw error
        }
    }
}
