import AsyncHTTPClient
import GraphClient
import GraphModel

/// The services between a run and a backend elsewhere, from the outside in: grants, reading, fresh ids, marks
/// where the backend keeps no keys, pacing, batches of reads, HTTP.
struct RemoteBackend: Sendable {
    private let cloud: GraphCloud
    private let client: HTTPClient
    private let http: HTTPGraph
    private let grants: Grants
    private let sending: SendingOptions
    /// Told what is done here since the backend does not do it.
    var onNotice: @Sendable (String) -> Void = { _ in }

    /// Makes the connections' pool; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - cloud: Where the backend is.
    ///   - sending: How it is sent to.
    ///   - tokens: Where tokens come from.
    ///   - grants: What may be written.
    ///   - variables: The environment, for proxies.
    init(
        _ cloud: GraphCloud,
        sending: SendingOptions,
        tokens: any TokenSource,
        grants: Grants,
        variables: [String: String]
    ) {
        self.cloud = cloud
        self.grants = grants
        self.sending = sending
        client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: HTTPGraph.configuration(
                concurrency: max(sending.concurrency, PacingLimits().maximumConcurrency),
                proxy: HTTPProxy(for: cloud.root, variables: variables)
            )
        )
        http = HTTPGraph(root: cloud.root, tokens: tokens, client: client)
    }

    /// Asks who the token speaks for, which shows too that the backend answers and lets us in.
    ///
    /// - Throws: ``Failure`` that says what is wrong, and what to do.
    func backend() async throws -> RunBackend {
        let nobody = Caller(id: "", displayName: "", address: "", kind: .delegated)
        let response: GraphResponse
        do {
            response = try await http.respond(to: GraphRequest(.get, "/me", caller: nobody, serviceRoot: cloud.root))
        } catch let reason as NoAnswer {
            throw Failure(.failed, "\(cloud): \(reason.message)")
        }
        if response.status == 401 {
            throw Failure(
                .failed,
                "\(cloud) refuses the access token: \(response.error?.message ?? "no reason given"). Get a new one, or sign "
                    + "in: herald login --backend \(cloud)"
            )
        }
        let caller = Self.caller(in: response)
        // Any other than one that says so may post twice.
        let keepsKeys = cloud.kind == .herald && response.headers[IdempotencyKey.keptHeader] != nil
        let limits: PacingLimits = keepsKeys ? .server(concurrency: sending.concurrency) : PacingLimits()
        let paced = PacedService(BatchingService(http), limits: limits, keepsKeys: keepsKeys)
        let isLenient = cloud.kind == .herald && response.headers[ServerMode.header] == ServerMode.lenient.rawValue
        guard !keepsKeys else {
            return RunBackend(
                name: cloud.root,
                service: reading(paced, isLenient: isLenient),
                caller: caller,
                width: sending.concurrency
            )
        }
        let marking = MarkingService(
            paced,
            readLag: Int64(sending.readLag * 1_000_000),
            serviceRoot: cloud.root
        )
        var backend = RunBackend(
            name: cloud.root,
            service: reading(marking, isLenient: isLenient),
            caller: caller,
            width: 256
        )
        backend.reconciler = marking
        backend.verifiesFirst = sending.verifyExisting
        return backend
    }

    /// What stands between a run and the sending of requests, whatever they are sent by.
    private func reading(_ sending: some GraphService, isLenient: Bool) -> any GraphService {
        let reading = ReadingService(
            FreshIDService(FreshListService(sending)),
            root: cloud.root,
            queries: isLenient ? .whenRefused : .always,
            onNotice: onNotice
        )
        return GrantedService(reading, grants: grants)
    }

    func close() async throws { try await client.shutdown() }

    private static func caller(in response: GraphResponse) -> Caller {
        var caller = Caller(id: "", displayName: "an application", address: "", kind: .application)
        guard response.isSuccess else { return caller }
        caller.kind = .delegated
        try? JSONReader.read(response.body) { reader in
            try reader.object { reader, name in
                guard reader.kind == .string else { return }
                switch name {
                case "id": caller.id = try reader.string()
                case "displayName": caller.displayName = try reader.string()
                case "mail": caller.address = try reader.string()
                default: break
                }
            }
        }
        return caller
    }
}
