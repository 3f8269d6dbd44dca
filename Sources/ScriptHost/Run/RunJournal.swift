package import Announcements
import Synchronization

/// What a run is told of time and chance, so that it is told the same when it is resumed.
///
/// What has been told is recorded before the next effect, which is the first that could depend on it.
package final class RunJournal: Sendable {
    /// Keeps entries durably.
    package typealias Recorder = @Sendable ([JournalEntry]) async throws -> Void

    private struct Stream {
        var recorded: [JournalEntry] = []
        /// Where in `recorded` the present value stands.
        var place = 0
        var told: Int64 = 0
        var value: Int64 = 0
        var written: Int64 = 0

        /// The next value, and whether it is to be recorded.
        mutating func next(_ live: () -> Int64) -> (value: Int64, isNew: Bool) {
            told += 1
            if let last = recorded.last, told <= last.ordinal {
                while place + 1 < recorded.count, recorded[place + 1].ordinal <= told { place += 1 }
                value = recorded[place].value
                written = told
                return (value, false)
            }
            let present = live()
            let isNew = present != value || told == 1
            if isNew { written = told }
            value = present
            return (value, isNew)
        }
    }

    private struct State {
        var streams: [String: Stream] = [:]
        var pending: [JournalEntry] = []
    }

    private let state: Mutex<State>
    private let recorder: Recorder

    /// A journal that first repeats `entries`, which are in the order of their ordinals.
    package init(repeating entries: [JournalEntry] = [], recorder: @escaping Recorder) {
        var state = State()
        for entry in entries { state.streams[entry.stream, default: Stream()].recorded.append(entry) }
        self.state = Mutex(state)
        self.recorder = recorder
    }

    /// The next value of a stream: the recorded one, else what `live` says.
    func next(_ name: String, live: () -> Int64) -> Int64 {
        state.withLock { state in
            let (value, isNew) = state.streams[name, default: Stream()].next(live)
            if isNew {
                let ordinal = state.streams[name]?.told ?? 1
                state.pending.append(JournalEntry(stream: name, ordinal: ordinal, value: value))
            }
            return value
        }
    }

    /// Records what has been told since the last time.
    func flush() async throws {
        let entries = state.withLock { state in
            for (name, stream) in state.streams where stream.written < stream.told {
                state.pending.append(JournalEntry(stream: name, ordinal: stream.told, value: stream.value))
                state.streams[name]?.written = stream.told
            }
            defer { state.pending = [] }
            return state.pending
        }
        if !entries.isEmpty { try await recorder(entries) }
    }
}
