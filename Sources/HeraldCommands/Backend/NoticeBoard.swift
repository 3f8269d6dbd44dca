import Synchronization

/// Where the services of a backend leave word for whoever looks after the run.
final class NoticeBoard: Sendable {
    private let state = Mutex(State())

    private struct State {
        var listener: (@Sendable (String) -> Void)?
        /// What was posted before anybody listened.
        var unread: [String] = []
    }

    /// Leaves a sentence.
    func post(_ notice: String) {
        let listener = state.withLock { state in
            if state.listener == nil { state.unread.append(notice) }
            return state.listener
        }
        listener?(notice)
    }

    /// Tells `listener` what is posted, and what was before.
    func listen(_ listener: @escaping @Sendable (String) -> Void) {
        let unread = state.withLock { state in
            state.listener = listener
            defer { state.unread = [] }
            return state.unread
        }
        for notice in unread { listener(notice) }
    }
}
