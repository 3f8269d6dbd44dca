/// Names by the times at which they wake, the earliest first.
struct Heap: Sendable {
    private var items: [(time: Int64, name: String)] = []

    /// The earliest time; nil if there is none.
    var first: Int64? { items.first?.time }

    mutating func push(_ name: String, at time: Int64) {
        items.append((time, name))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].time < items[parent].time else { break }
            items.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest out, if its time has come.
    mutating func pop(notAfter now: Int64) -> String? {
        guard let first = items.first, first.time <= now else { return nil }
        items.swapAt(0, items.count - 1)
        items.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
                if items[child].time < items[least].time { least = child }
            }
            guard least != parent else { break }
            items.swapAt(parent, least)
            parent = least
        }
        return first.name
    }
}
