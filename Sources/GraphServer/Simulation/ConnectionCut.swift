/// A client gets no answer: the connection over which it asked is to be closed without a byte of one.
///
/// Only a simulator of faults throws this, and only a door for requests catches it.
struct ConnectionCut: Error, Sendable {
    /// Whether the request was carried out before.
    var wasCarriedOut: Bool
}
