/// The right of one process to write what a run learns.
///
/// Of two processes that take a run for theirs, the one with the greater number is right: the ledger refuses what the
/// other would write. A lease is lost when its holder ends, or says nothing for five seconds.
package struct Lease: Sendable, Equatable {
    /// The fencing number: each lease of a ledger has a greater one than all before it.
    package let id: Int64
    /// The run.
    package let run: String
    /// Who acts under it: who began the run, or has gone on with it.
    package let operatorName: String

    /// No right at all: what somebody would write under it is refused, since no lease has the number 0.
    package static func none(_ name: String) -> Lease { Lease(id: 0, run: name, operatorName: "") }
}

/// Why a lease is not given: somebody else holds it.
package struct LeaseHeld: Error, Sendable {
    /// The run.
    package let run: String
    /// Who holds the lease, for a person.
    package let holder: String
}
