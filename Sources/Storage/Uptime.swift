import Foundation

/// The time since the machine was started, in microseconds: it goes on while the machine sleeps, nobody sets it, and all
/// processes on the machine see the same (clock_gettime(2), `CLOCK_BOOTTIME`).
package enum Uptime {
    /// The present time.
    package static var now: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
