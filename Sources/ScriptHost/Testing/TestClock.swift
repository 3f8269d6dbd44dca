import Synchronization

/// The clock of a test: it stands still until the test moves it.
package final class TestClock: Sendable {
    private let moment: Mutex<Int64>

    /// Where it stands when a test begins: 2026-01-15T08:30:00Z, in microseconds since 1970.
    package static let start: Int64 = 1_768_465_800_000_000

    package init() {
        moment = Mutex(Self.start)
    }

    /// Microseconds since 1970.
    package var now: Int64 { moment.withLock { $0 } }

    func set(_ microseconds: Int64) {
        moment.withLock { $0 = microseconds }
    }

    /// Moves it on; below 0 it goes back.
    package func advance(seconds: Double) {
        moment.withLock { $0 += Int64((seconds * 1_000_000).rounded()) }
    }
}
