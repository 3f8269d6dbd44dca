import GraphModel

extension Delivery {
    /// The effects that are still to be sent, read from the ledger in pages.
    struct Queue {
        private let announcement: Int64
        private let batch: Int
        /// How many attempts are written ahead at once; nil if none are.
        private let ahead: Int?
        private var page = ArraySlice<Effect>()
        private var last: Int64 = 0
        private var isExhausted = false
        /// What has been written ahead and not been sent.
        private(set) var begun = ArraySlice<Effect>()

        init(announcement: Int64, batch: Int, ahead: Int?) {
            self.announcement = announcement
            self.batch = batch
            self.ahead = ahead
        }

        /// The next effect whose group is among the missing, which it then is no longer; nil if there is none left.
        ///
        /// - Parameters:
        ///   - ledger: Where the effects stand.
        ///   - missing: The groups that have not been sent to.
        ///   - now: Microseconds since 1970.
        /// - Returns: The effect, in the state that it had before it was written ahead.
        /// - Throws: ``StorageError``.
        mutating func next(of ledger: Ledger, for missing: inout Set<GroupID>, at now: Int64) async throws -> Effect? {
            while begun.isEmpty {
                if page.isEmpty {
                    if isExhausted { return nil }
                    let effects = try await ledger.open(announcement: announcement, after: last, limit: batch)
                    isExhausted = effects.count < batch
                    last = effects.last?.id ?? last
                    page = effects[...]
                    if page.isEmpty { return nil }
                }
                let count = ahead ?? page.count
                begun = page.prefix(count).filter { $0.target.map(missing.contains) ?? false }[...]
                page = page.dropFirst(count)
                guard ahead != nil else { continue }
                try await ledger.begin(begun.filter { $0.state == .planned }.map(\.id), at: now)
                for index in begun.indices { begun[index].attemptedAt = begun[index].attemptedAt ?? now }
            }
            let effect = begun.removeFirst()
            if let target = effect.target { missing.remove(target) }
            return effect
        }
    }
}
