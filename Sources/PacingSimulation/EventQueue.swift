/// What will happen, in order of time, and the clock that goes with it: the virtual clock of a simulation.
///
/// Time stands still until ``next()`` moves it to the next event. Events of the same time come in the order in which they
/// were scheduled, so that a simulation repeats exactly. Times are microseconds.
struct EventQueue<Event> {
    private struct Entry {
        var time: Int64
        var number: Int
        var event: Event

        func isBefore(_ other: Entry) -> Bool { (time, number) < (other.time, other.number) }
    }

    /// The present of the simulation.
    private(set) var now: Int64 = 0
    private var entries: [Entry] = []
    private var lastNumber = 0

    /// Lets something happen; at once, if its time is past.
    mutating func schedule(_ event: Event, at time: Int64) {
        lastNumber += 1
        let entry = Entry(time: max(time, now), number: lastNumber, event: event)
        var child = entries.count
        entries.append(entry)
        while child > 0 {
            let parent = (child - 1) / 2
            guard entry.isBefore(entries[parent]) else { break }
            entries[child] = entries[parent]
            child = parent
        }
        entries[child] = entry
    }

    /// Takes the next event and moves the clock to its time; nil if nothing is going to happen any more.
    mutating func next() -> Event? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        now = first.time
        guard !entries.isEmpty else { return first.event }
        var parent = 0
        while true {
            var least = 2 * parent + 1
            guard least < entries.count else { break }
            if least + 1 < entries.count, entries[least + 1].isBefore(entries[least]) { least += 1 }
            guard entries[least].isBefore(last) else { break }
            entries[parent] = entries[least]
            parent = least
        }
        entries[parent] = last
        return first.event
    }
}
