import Storage

/// Says when a lease is lost: its run is taken for dead, and others may go on with its work.
///
/// Times are microseconds.
enum LeaseRule {
    /// A moment, by the time of day since 1970, which somebody may set, and by the uptime of the machine, which nobody can.
    struct Moment: Equatable {
        var time: Int64
        var uptime: Int64

        /// The present moment, at a time of day in microseconds since 1970.
        static func now(at time: Int64) -> Moment { Moment(time: time, uptime: Uptime.now) }
    }

    /// How often the holder of a lease says that it lives.
    static let renewal = Duration.seconds(1)
    /// How long it may be silent.
    static let span: Int64 = 5_000_000

    /// Whether a lease is lost.
    ///
    /// - Parameters:
    ///   - last: When its holder last said that it lives.
    ///   - now: The present moment.
    ///   - holder: Who holds it: where its uptime is ours, a time of day that was set says nothing of its silence.
    /// - Returns: Whether its holder has ended, or was silent for too long.
    static func isLost(_ last: Moment, now: Moment, holder: ProcessIdentity) -> Bool {
        isLost(last, now: now, isGone: holder.isGone, sharesUptime: holder.sharesUptime)
    }

    /// Whether a lease is lost.
    ///
    /// - Returns: Where the uptime is another's, true too for one that was renewed in the far future: the clock was set
    ///   back, and a living holder renews it by the new time within a second.
    static func isLost(_ last: Moment, now: Moment, isGone: Bool, sharesUptime: Bool) -> Bool {
        if isGone { return true }
        if sharesUptime { return now.uptime - last.uptime > span }
        return now.time - last.time > span || last.time - now.time > span
    }
}
