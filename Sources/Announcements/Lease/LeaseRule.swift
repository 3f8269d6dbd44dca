/// Says when a lease is lost: its run is taken for dead, and others may go on with its work.
///
/// Times are microseconds since 1970.
enum LeaseRule {
    /// How often the holder of a lease says that it lives.
    static let renewal = Duration.seconds(1)
    /// How long it may be silent.
    static let span: Int64 = 5_000_000

    /// Whether a lease is lost.
    ///
    /// - Parameters:
    ///   - renewedAt: When its holder last said that it lives.
    ///   - now: The present time.
    ///   - isGone: Whether its holder is known to have ended.
    /// - Returns: True too for one that was renewed in the far future: the clock was set back, and a living holder renews
    ///   it by the new time within a second.
    static func isLost(renewedAt: Int64, now: Int64, isGone: Bool) -> Bool {
        isGone || now - renewedAt > span || renewedAt - now > span
    }
}
