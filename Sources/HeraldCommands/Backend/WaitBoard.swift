import GraphClient
import Synchronization

/// Where a backend says what it waits for, and a run listens once there is one.
final class WaitBoard: Sendable {
    private let listener = Mutex<(@Sendable (Pacer.Waiting) -> Void)?>(nil)

    /// Tells who listens.
    func note(_ waiting: Pacer.Waiting) { listener.withLock { $0 }?(waiting) }

    /// Has what is noted told from now on; nil ends that.
    func listen(_ listener: (@Sendable (Pacer.Waiting) -> Void)?) { self.listener.withLock { $0 = listener } }
}
