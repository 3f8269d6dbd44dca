import ArgumentParser
import GraphModel
import GraphServer

/// What the server imitates that nobody wishes for: faults and limits.
struct SimulationOptions: ParsableArguments {
    /// Whose limits apply.
    enum Throttle: String, ExpressibleByArgument, CaseIterable {
        case off, graph
    }

    @Option(
        help: ArgumentHelp(
            """
            What goes wrong: lost-reply=2% (the write is done, the answer is not given), reset=1% (cut off before it \
            is done), throttle=5% (429), unavailable=1% (503), latency=50ms±30ms, read-lag=5s (what was made cannot be \
            read, changed or deleted yet), provisioning=10s (new groups have no conversations yet); any of them, separated by commas.
            """,
            valueName: "faults"
        ),
        transform: { try FaultSpecification($0) }
    )
    var faults: FaultSpecification?
    @Option(
        help: ArgumentHelp(
            "Repeats the faults of a session: the same seed and the same requests give the same ones. Printed at start.",
            valueName: "number"
        )
    )
    var seed: UInt64?
    @Option(
        help: ArgumentHelp(
            """
            'graph' applies Microsoft Graph's limits: 4 requests at once and 10,000 in 10 minutes for each app and \
            mailbox, 15 MB of uploads in 30 s, and those of the directory.
            """,
            valueName: "limits"
        )
    )
    var throttle = Throttle.off
    @Flag(
        name: .customLong("no-keys"),
        help: """
            Know no write that comes again, as Microsoft Graph does not: neither by Idempotency-Key nor by what a client \
            library says of it.
            """
    )
    var noKeys = false

    func validate() throws {
        guard seed == nil || faults != nil else { throw ValidationError("--seed needs --faults.") }
    }

    /// The service with what was asked for around it.
    ///
    /// - Parameters:
    ///   - service: What answers.
    ///   - say: Gets a line for each that is on.
    /// - Returns: What answers instead.
    func wrap(_ service: any GraphService, say: (String) -> Void) -> any GraphService {
        var wrapped = service
        if let faults {
            let seed = seed ?? UInt64.random(in: 0...999_999_999)
            wrapped = FaultingService(wrapped, faults, seed: seed, clock: ContinuousClock())
            say("faults are simulated; --seed \(seed) repeats them")
        }
        if throttle == .graph {
            wrapped = ThrottlingService(wrapped, .graph, clock: ContinuousClock())
            say("Microsoft Graph's limits apply")
        }
        return wrapped
    }
}
