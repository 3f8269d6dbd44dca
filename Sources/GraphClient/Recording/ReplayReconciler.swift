package import GraphModel
import Synchronization

/// Looks for marks in a recording: all at once for what was looked for several times when it was made.
///
/// How often a thing is looked for depends on the clock, and a replay has another. So a look goes on until it finds the
/// mark, or the recording shows nothing new.
package struct ReplayReconciler: ReconcilingService {
    private let next: any ReconcilingService

    package init(_ next: any ReconcilingService) { self.next = next }

    package var readLag: Int64 { next.readLag }

    package func leavesMark(_ request: GraphRequest) -> Bool { next.leavesMark(request) }

    package func respond(to request: GraphRequest) async throws -> GraphResponse { try await next.respond(to: request) }

    package func find(_ key: IdempotencyKey, for request: GraphRequest, since: Int64) async throws -> Whereabouts {
        while true {
            let reads = FreshReads()
            let found = try await FreshReads.$current.withValue(reads) {
                try await next.find(key, for: request, since: since)
            }
            if found.answer != nil || reads.count == 0 { return found }
        }
    }
}

/// How many answers of a recording were given for the first time while something was done.
final class FreshReads: Sendable {
    @TaskLocal static var current: FreshReads?

    private let total = Mutex(0)

    var count: Int { total.withLock { $0 } }

    func note() { total.withLock { $0 += 1 } }
}
