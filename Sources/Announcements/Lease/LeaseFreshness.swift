import Synchronization

/// When this process last renewed its leases, by a clock that goes on while the machine sleeps and that nobody sets.
final class LeaseFreshness: Sendable {
    /// How old a renewal may be for its lease to hold beyond doubt.
    private static let limit = Duration.microseconds(LeaseRule.span) - LeaseRule.renewal
    private let renewed = Mutex<[Int64: ContinuousClock.Instant]>([:])

    /// Takes note that a lease was renewed.
    ///
    /// - Parameters:
    ///   - lease: The lease.
    ///   - moment: Before the moment that the ledger has for it: the writing may have taken long.
    func renew(_ lease: Lease, at moment: ContinuousClock.Instant) {
        renewed.withLock { $0[lease.id] = moment }
    }

    /// Forgets all renewals, as if the process had slept.
    func forget() { renewed.withLock { $0 = [:] } }

    /// Whether nobody can have taken a lease over yet.
    func isFresh(_ lease: Lease) -> Bool {
        renewed.withLock { $0[lease.id] }.map { .now - $0 < Self.limit } ?? false
    }
}
