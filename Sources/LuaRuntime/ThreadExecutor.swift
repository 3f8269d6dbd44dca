import Foundation
import Synchronization

/// Runs an actor's jobs on one thread of its own, whose stack is deep enough for Lua's nested calls.
///
/// A script may compute for long, and the shared pool has as many threads as the machine has cores.
final class ThreadExecutor: SerialExecutor, @unchecked Sendable {  // its state is guarded by the condition
    private let condition = NSCondition()
    private var queue: [UnownedJob] = []
    private var isStopping = false
    private let thread = Atomic<UInt>(0)

    /// Bytes of stack: liblua's limit of 200 nested C calls needs 512 KiB, and Swift's callbacks come on top.
    private static let stackSize = 2 << 20

    init(name: String) {
        let thread = Thread { [self] in loop() }  // keeps the executor alive until shutdown()
        thread.name = name
        thread.stackSize = Self.stackSize
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        queue.append(job)
        if queue.count == 1 { condition.signal() }
        condition.unlock()
    }

    func isIsolatingCurrentContext() -> Bool? {
        UInt(pthread_self()) == thread.load(ordering: .relaxed)
    }

    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "called from outside the script's thread")
    }

    /// Lets the thread end once its queue is empty.
    func shutdown() {
        condition.lock()
        isStopping = true
        condition.signal()
        condition.unlock()
    }

    private func loop() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var batch: [UnownedJob] = []
        while true {
            condition.lock()
            while queue.isEmpty && !isStopping { condition.wait() }
            swap(&batch, &queue)
            condition.unlock()
            if batch.isEmpty { return }
            for job in batch { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
            batch.removeAll(keepingCapacity: true)
        }
    }
}
