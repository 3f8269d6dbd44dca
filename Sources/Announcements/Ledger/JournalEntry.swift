/// A value that a run was told by something that does not repeat itself: a clock, or chance.
package struct JournalEntry: Sendable, Equatable {
    /// What told it: `time`, `clock`, `seed`.
    package var stream: String
    /// Which telling of the stream it was, counted from 1; the value holds up to the next entry of the stream, or to the last
    /// one's ordinal.
    package var ordinal: Int64
    package var value: Int64

    package init(stream: String, ordinal: Int64, value: Int64) {
        self.stream = stream
        self.ordinal = ordinal
        self.value = value
    }
}
