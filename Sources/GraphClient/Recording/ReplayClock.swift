import Foundation
import Synchronization

/// A clock on which waits are over at once, so that a replay does not repeat them, and time goes on all the same.
package final class ReplayClock: PacingClock {
    private let skipped = Mutex<Int64>(0)

    package init() {}

    /// Microseconds since some beginning.
    package var now: Int64 { SystemPacingClock().now + skipped.withLock { $0 } }

    /// Microseconds since 1970, as far ahead of the time of day as was skipped.
    package var timeOfDay: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) + skipped.withLock { $0 } }

    package func sleep(until time: Int64) async {
        let now = SystemPacingClock().now
        skipped.withLock { $0 = max($0, time - now) }
        await Task.yield()
    }

    /// Lets so much time pass.
    package func skip(_ span: Duration) async {
        skipped.withLock { $0 += max(0, Int64(span / .microseconds(1))) }
        await Task.yield()
    }
}
