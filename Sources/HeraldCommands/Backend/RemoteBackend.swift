import Announcements
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
    /// Gets what is done here since the backend does not do it.
    private let notices = NoticeBoard()
    /// What is done with the exchanges besides.
    private let tape: Tape
    private let clock: ReplayClock?
    private let waits = WaitBoard()

    /// Makes the connections' pool; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - cloud: Where the backend is.
    ///   - sending: How it is sent to.
    ///   - tokens: Where tokens come from.
    ///   - grants: What may be written.
    ///   - variables: The environment, for proxies.
    ///   - tape: Whether exchanges are recorded, or answered from a recording.
    init(
        _ cloud: GraphCloud,
        sending: SendingOptions,
        tokens: any TokenSource,
        grants: Grants,
        variables: [String: String],
        tape: Tape = .off
    ) {
        self.cloud = cloud
        self.grants = grants
        self.sending = sending
        self.tape = tape
        clock = tape.isReplay ? ReplayClock() : nil
        client = HTTPGraph.client(
            concurrency: max(sending.concurrency, PacingLimits().maximumConcurrency),
            proxy: HTTPProxy(for: cloud.root, variables: variables)
        )
        var tokens = tokens
        if case .recording(let file) = tape { tokens = HiddenTokens(tokens, redaction: file.redaction) }
        http = HTTPGraph(root: cloud.root, tokens: tokens, client: client)
    }

    /// Asks who the token speaks for, which shows too that the backend answers and lets us in.
    ///
    /// - Throws: ``Failure`` that says what is wrong, and what to do.
    func backend() async throws -> RunBackend {
        let nobody = Caller(id: "", displayName: "", address: "", kind: .delegated)
        let response: GraphResponse
        let taped = TapedService(BatchingService(http), tape: tape)
        let roundTrip: Duration
        do {
            let request = GraphRequest(.get, "/me", caller: nobody, serviceRoot: cloud.root)
            let contact = try await FirstContact(taped, request, clock: clock ?? SystemPacingClock())
            (response, roundTrip) = (contact.response, contact.roundTrip)
        } catch let reason as NoAnswer {
            throw Failure(.failed, "\(cloud): \(reason.message)")
        }
        if response.status == 401 {
            throw Failure(
                .failed,
                "\(cloud) refuses the access token: \((response.error?.message ?? "no reason given").withoutFullStop). Get a new one, or sign "
                    + "in: herald login --backend \(cloud)"
            )
        }
        guard response.status != 429, response.status < 500 else {
            // Whether it keeps keys is not known, and without that nothing can be sent safely.
            let reason = response.error.map { "\($0.message) (\($0.code), status \($0.status))" } ?? ""
            let wait = response.headers["Retry-After"].map { " It asks to wait \($0.prefix(40)) s." } ?? ""
            throw Failure(.failed, "\(cloud) cannot serve just now: \(reason)\(wait) Try again later.")
        }
        let caller = Self.caller(in: response)
        // Any other than one that says so may post twice.
        let keepsKeys = cloud.kind == .herald && response.headers[IdempotencyKey.keptHeader] != nil
        let limits: PacingLimits = keepsKeys ? .server(concurrency: sending.concurrency) : PacingLimits()
        let paced = PacedService(
            taped,
            limits: limits,
            keepsKeys: keepsKeys,
            clock: clock ?? SystemPacingClock(),
            onWaiting: { [waits] in waits.note($0) }
        )
        let isLenient = cloud.kind == .herald && response.headers[ServerMode.header] == ServerMode.lenient.rawValue
        guard !keepsKeys else {
            var backend = RunBackend(
                name: cloud.root,
                granted: reading(paced, isLenient: isLenient),
                grants: grants,
                caller: caller,
                width: sending.concurrency
            )
            complete(&backend, BackendPace(limits: limits, roundTrip: roundTrip, width: sending.concurrency))
            return backend
        }
        let marking = MarkingService(
            paced,
            readLag: Int64(sending.readLag * 1_000_000),
            serviceRoot: cloud.root
        )
        var backend = RunBackend(
            name: cloud.root,
            granted: reading(marking, isLenient: isLenient),
            grants: grants,
            caller: caller,
            width: limits.width
        )
        complete(&backend, BackendPace(limits: limits, roundTrip: roundTrip, width: backend.width))
        backend.reconciler = reconciler(marking)
        backend.verifiesFirst = sending.verifyExisting
        return backend
    }

    /// What stands between a run and the sending of requests, whatever they are sent by.
    private func reading<Next: GraphService>(
        _ sending: Next,
        isLenient: Bool
    ) -> GrantedService<ReadingService<FreshIDService<FreshListService<Next>>>> {
        let clock: any PacingClock = clock ?? SystemPacingClock()
        let reading = ReadingService(
            FreshIDService(FreshListService(sending, clock: clock), clock: clock),
            root: cloud.root,
            queries: isLenient ? .whenRefused : .always,
            onNotice: { [notices] in notices.post($0) }
        )
        return GrantedService(reading, grants: grants)
    }

    func close() async throws { try await client.shutdown() }

    private func complete(_ backend: inout RunBackend, _ pace: BackendPace) {
        backend.notices = notices
        backend.clock = clock
        // A replay waits for nothing.
        guard !tape.isReplay else { return }
        backend.readLag = Int64(sending.readLag * 1_000_000)
        backend.waits = waits
        backend.pace = pace
    }

    /// What looks for marks: in a recording all looks are one, since it has no clock.
    private func reconciler(_ marking: any ReconcilingService) -> any ReconcilingService {
        tape.isReplay && !sending.verifyExisting ? ReplayReconciler(marking) : marking
    }

    private static func caller(in response: GraphResponse) -> Caller {
        var caller = Caller(id: "", displayName: "an application", address: "", kind: .application)
        guard response.isSuccess else { return caller }
        caller.kind = response.headers[Caller.kindHeader].flatMap(Caller.Kind.init) ?? .delegated
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
