import Dispatch

/// The time by which requests are paced; tests have one of their own.
package protocol PacingClock: Sendable {
    /// Microseconds since some beginning; never goes back.
    var now: Int64 { get }
    /// Waits until then.
    func sleep(until time: Int64) async
}

/// The machine's clock, which does not go back when the time of day is set.
package struct SystemPacingClock: PacingClock {
    package init() {}

    package var now: Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000) }

    package func sleep(until time: Int64) async {
        try? await Task.sleep(for: .microseconds(max(0, time - now)))
    }
}
