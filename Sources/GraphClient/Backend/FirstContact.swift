package import GraphModel

/// The first read of a service, by which it is known: asked again when it gets lost, as any read.
///
/// That nobody can be reached is said at once.
package struct FirstContact: Sendable {
    /// How often it is asked.
    private static let tries = 5
    /// A longer wait is not begun without a word, in microseconds.
    private static let longestWait: Int64 = 30_000_000

    package var response: GraphResponse
    /// How long the answer took.
    package var roundTrip: Duration

    /// Asks until there is an answer that tells something.
    ///
    /// - Parameters:
    ///   - service: What answers.
    ///   - request: A read.
    ///   - clock: Waits.
    /// - Throws: ``NoAnswer``.
    package init(_ service: some GraphService, _ request: GraphRequest, clock: any PacingClock) async throws {
        var wait: Int64 = 200_000
        for attempt in 1... {
            let start = ContinuousClock.now
            do {
                response = try await service.respond(to: request)
                roundTrip = ContinuousClock.now - start
                guard attempt < Self.tries, [429, 500, 502, 503, 504].contains(response.status) else { return }
                let asked = RetryAfter.microseconds(of: response) ?? wait
                guard asked <= Self.longestWait else { return }
                await clock.sleep(until: clock.now + asked)
            } catch let reason as NoAnswer {
                guard attempt < Self.tries, reason.outcome == .unknown else { throw reason }
                await clock.sleep(until: clock.now + wait)
            }
            wait *= 2
        }
        preconditionFailure("the loop above ends by itself")
    }
}
