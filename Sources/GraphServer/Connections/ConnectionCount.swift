import Synchronization

/// How many connections are open, across all event loops.
final class ConnectionCount: Sendable {
    private let open = Atomic<Int>(0)
    private let read = Atomic<Int>(0)
    private let written = Atomic<Int>(0)

    /// The connections that are open now.
    var current: Int { open.load(ordering: .relaxed) }

    /// The bytes that came and went since the start, TLS not counted.
    var bytes: (read: Int, written: Int) { (read.load(ordering: .relaxed), written.load(ordering: .relaxed)) }

    /// Counts a new connection, and tells how many there are with it.
    func opened() -> Int { open.add(1, ordering: .relaxed).newValue }

    func closed() { open.subtract(1, ordering: .relaxed) }

    func didRead(_ count: Int) { read.add(count, ordering: .relaxed) }

    func didWrite(_ count: Int) { written.add(count, ordering: .relaxed) }
}
