/// When requests arrived: as many of the last ones as a limit may count.
struct ArrivalLog: Sendable {
    private var times: [Int64] = []
    private var next = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    mutating func note(_ time: Int64) {
        if times.count < capacity {
            times.append(time)
        } else {
            times[next] = time
            next = next + 1 == capacity ? 0 : next + 1
        }
    }

    /// When one more would not exceed a limit, if none came until then; a time that is past if there is room.
    ///
    /// - Parameters:
    ///   - limit: How many any window may hold; not above the capacity.
    ///   - window: Its length.
    /// - Returns: That time.
    func roomAt(limit: Int, window: Int64) -> Int64 {
        guard limit > 0 else { return .max }
        guard times.count >= limit else { return .min }
        // The oldest stands at `next`; the one that has to leave the window is the `limit`th from the end.
        return times[(next + times.count - limit) % times.count] + window
    }
}
