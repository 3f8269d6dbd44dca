import GraphModel

extension Delivery {
    /// The effects that are still to be sent, claimed from the ledger in pages.
    struct Queue {
        private let announcement: Int64
        private let lease: Lease
        private let batch: Int
        /// How many attempts are written ahead at once; nil if none are.
        private let ahead: Int?
        private let scope: Scope
        private var page = ArraySlice<Effect>()
        private var last: Int64 = 0
        private var isExhausted = false
        private var hasSent = false
        /// What has been written ahead and not been sent.
        private(set) var begun = ArraySlice<Effect>()

        init(announcement: Int64, lease: Lease, batch: Int, ahead: Int?, scope: Scope) {
            self.scope = scope
            self.announcement = announcement
            self.lease = lease
            self.batch = batch
            self.ahead = ahead
        }

        /// Whether a whole pass over the effects has found nothing to send.
        private(set) var isSpent = false

        /// Begins again with the first effect: others may have given up what they had claimed.
        mutating func rewind() {
            isSpent = !hasSent
            hasSent = false
            last = 0
            isExhausted = false
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
                    if isExhausted || missing.isEmpty { return nil }
                    let claim = try await ledger.claim(
                        announcement: announcement,
                        lease: lease,
                        after: last,
                        limit: batch,
                        ownOnly: scope.isOwnOnly,
                        at: now
                    )
                    isExhausted = claim.isLast
                    last = claim.last
                    page = claim.effects[...]
                    if page.isEmpty { return nil }
                }
                let count = ahead ?? page.count
                begun = next(of: page.prefix(count), for: missing)[...]
                page = page.dropFirst(count)
                guard ahead != nil, !begun.isEmpty else { continue }
                try await ledger.begin(begun.filter { $0.state == .planned }.map(\.id), lease: lease, at: now)
                for index in begun.indices { begun[index].attemptedAt = begun[index].attemptedAt ?? now }
            }
            let effect = begun.removeFirst()
            hasSent = true
            if let target = effect.target { missing.remove(target) }
            return effect
        }

        /// The first effect of each missing group: those that a group has beside it go out in another pass, if they do.
        private func next(of effects: ArraySlice<Effect>, for missing: Set<GroupID>) -> [Effect] {
            var taken: Set<GroupID> = []
            return effects.filter { effect in
                guard let target = effect.target, missing.contains(target), !scope.tried.contains(effect.id) else {
                    return false
                }
                return taken.insert(target).inserted
            }
        }
    }
}
