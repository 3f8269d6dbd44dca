import Glibc
import Synchronization

/// Random bits from the system, taken from it many at a time: asking the kernel for each id costs more than making it.
enum RandomPool {
    private static let words = Mutex<[UInt64]>([])

    /// 64 random bits.
    static func next() -> UInt64 {
        words.withLock { words in
            if words.isEmpty {
                words = unsafe [UInt64](unsafeUninitializedCapacity: 256) { free, count in
                    guard let start = free.baseAddress else { return }
                    unsafe arc4random_buf(start, free.count * MemoryLayout<UInt64>.size)
                    count = free.count
                }
            }
            return words.removeLast()
        }
    }
}
