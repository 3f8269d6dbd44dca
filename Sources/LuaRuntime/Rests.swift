/// Who rests until when, in the order in which they wake.
///
/// A value without a clock: instants are handed in.
struct Rests {
    private typealias Rest = (until: ContinuousClock.Instant, task: Int32)

    // Soonest first. A rest that ends after those under way, as of tasks that are started in turn, goes to the end.
    private var rests: [Rest] = []

    /// How many rest.
    var count: Int { rests.count }

    /// When the next one wakes; nil if nobody rests.
    var next: ContinuousClock.Instant? { rests.first?.until }

    /// Lets a task rest, which does not rest yet; among those of one instant the one that came first wakes first.
    mutating func insert(_ task: Int32, until: ContinuousClock.Instant) {
        var (low, high) = (0, rests.count)
        while low < high {
            let middle = (low + high) / 2
            if rests[middle].until <= until { low = middle + 1 } else { high = middle }
        }
        rests.insert((until, task), at: low)
    }

    /// Wakes a task before its time; false if it does not rest.
    mutating func remove(_ task: Int32) -> Bool {
        guard let index = rests.firstIndex(where: { $0.task == task }) else { return false }
        rests.remove(at: index)
        return true
    }

    /// Wakes those whose time has come.
    mutating func wake(at now: ContinuousClock.Instant) -> [Int32] {
        let due = rests.prefix { $0.until <= now }.map(\.task)
        rests.removeFirst(due.count)
        return due
    }

    /// Wakes all.
    mutating func wakeAll() -> [Int32] {
        defer { rests = [] }
        return rests.map(\.task)
    }
}
