import Synchronization

/// Random bits from the system, taken from it many at a time: asking the kernel for each id costs more than making it.
enum RandomPool {
    private static let words = Mutex<[UInt64]>([])

    /// 64 random bits.
    static func next() -> UInt64 {
        words.withLock { words in
            if words.isEmpty {
                var generator = SystemRandomNumberGenerator()
                words = (0..<256).map { _ in generator.next() }
            }
            return words.removeLast()
        }
    }
}
