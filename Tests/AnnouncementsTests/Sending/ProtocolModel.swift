@testable import Announcements

/// Two runs of one announcement, their ledger and a backend, as a value: small enough that every order of events can be
/// tried.
///
/// What is decided is decided by the real rules (``PlanRule``, ``EffectState``, ``Reconciliation``); what the model adds is
/// what happens around them: which steps are one transaction, what a crash leaves, when an answer is lost.
struct ProtocolModel: Hashable {
    /// What the model is made of.
    struct Setting {
        var targets: Int
        var keepsKeys: Bool
        var crashes: Int
        var losses: Int
        var silences: Int
        /// Whether a process looks at its lease in the moment in which a write leaves.
        var checksLease = true
        /// Whether a lost answer is followed by a look.
        var looks = true
    }

    /// A post's row in the ledger.
    struct Row: Hashable {
        var state: EffectState
        /// Whether an attempt was written ahead that nothing has settled.
        var isAttempted: Bool
        /// The claims of leases on it.
        var claims: Set<Int> = []
    }

    /// How far a run has come.
    enum Place: Hashable {
        /// It plans this target next.
        case planning(Int)
        /// It looks for something to send.
        case choosing
        /// It has claimed the target, which had been attempted before or not, and has not written ahead.
        case claimed(Int, wasAttempted: Bool)
        /// It may send the target, or look for it: what is known of the last attempt, and how often it was sent.
        case carrying(Int, isLost: Bool, sends: Int)
        /// It knows what became of the target and has not told the ledger.
        case settling(Int, EffectState.Event, isReplayed: Bool)
        case finished
        case superseded
        case dead
    }

    struct Run: Hashable {
        var lease: Int
        var place = Place.planning(0)
        var missing: Set<Int> = []
        var sent: Set<Int> = []
        var already: Set<Int> = []
        var failed: Set<Int> = []
        var ambiguous: Set<Int> = []
    }

    var rows: [Row?]
    /// How many posts the backend has of each target.
    var posts: [Int]
    var runs: [Run]
    /// The leases that hold.
    var leases: Set<Int>
    /// Those of them whose holder is dead, or was silent for too long.
    var lost: Set<Int> = []
    var nextLease: Int
    var crashes: Int
    var losses: Int
    var silences: Int
    let keepsKeys: Bool
    let checksLease: Bool
    let looks: Bool

    init(_ setting: Setting) {
        rows = Array(repeating: nil, count: setting.targets)
        posts = Array(repeating: 0, count: setting.targets)
        runs = [Run(lease: 1), Run(lease: 2)]
        leases = [1, 2]
        nextLease = 3
        crashes = setting.crashes
        losses = setting.losses
        silences = setting.silences
        keepsKeys = setting.keepsKeys
        checksLease = setting.checksLease
        looks = setting.looks
    }

    var isOver: Bool { runs.allSatisfy { $0.place == .finished } }

    // MARK: Steps

    /// Every state that may come next.
    var next: [ProtocolModel] {
        var next: [ProtocolModel] = []
        for index in runs.indices {
            next += steps(of: index)
            if crashes > 0, ![.finished, .superseded, .dead].contains(runs[index].place) {
                var crashed = self
                crashed.crashes -= 1
                crashed.runs[index].place = .dead
                crashed.lost.insert(runs[index].lease)
                next.append(crashed)
            }
            if silences > 0, leases.contains(runs[index].lease), !lost.contains(runs[index].lease) {
                var silent = self
                silent.silences -= 1
                silent.lost.insert(runs[index].lease)
                next.append(silent)
            }
        }
        return next
    }

    private func steps(of index: Int) -> [ProtocolModel] {
        switch runs[index].place {
        case .planning(let target): [plan(target, index)]
        case .choosing: choose(index)
        case .claimed(let target, let wasAttempted): [writeAhead(target, wasAttempted, index)]
        case .carrying(let target, let isLost, let sends): carry(target, isLost, sends, index)
        case .settling(let target, let event, let isReplayed): [settle(target, event, isReplayed, index)]
        case .superseded, .dead: [begin(index)]
        case .finished: []
        }
    }

    /// Somebody runs it again.
    private func begin(_ index: Int) -> ProtocolModel {
        var model = self
        model.runs[index] = Run(lease: nextLease)
        model.leases.insert(nextLease)
        model.nextLease += 1
        return model
    }

    /// A transaction under a lease: leases that are lost end, and whoever was superseded writes nothing.
    private func transaction(_ index: Int, _ body: (inout ProtocolModel) -> Void) -> ProtocolModel {
        var model = self
        guard leases.contains(runs[index].lease) else {
            model.runs[index].place = .superseded
            return model
        }
        body(&model)
        return model
    }

    private mutating func endLost(except lease: Int) {
        // A holder that is silent for others is none for itself.
        for other in lost where other != lease { end(other) }
    }

    private mutating func end(_ lease: Int) {
        leases.remove(lease)
        lost.remove(lease)
        for target in rows.indices { rows[target]?.claims.remove(lease) }
    }

    private func isContested(_ index: Int) -> Bool { leases.contains { $0 != runs[index].lease } }

    private func plan(_ target: Int, _ index: Int) -> ProtocolModel {
        transaction(index) { model in
            if target == 0 { model.endLost(except: runs[index].lease) }
            let isLast = target == rows.count - 1
            model.runs[index].place = isLast ? .choosing : .planning(target + 1)
            guard let row = model.rows[target] else {
                model.rows[target] = Row(state: .planned, isAttempted: false)
                model.runs[index].missing.insert(target)
                return
            }
            let verdict = PlanRule.verdict(on: row.state, isSame: true, isContested: model.isContested(index))
            if verdict.replaces { model.rows[target]?.state = .planned }
            switch verdict.decision {
            case .planned, .unsettled: model.runs[index].missing.insert(target)
            case .already: model.runs[index].already.insert(target)
            case .ambiguous: model.runs[index].ambiguous.insert(target)
            case .changed, .busy: preconditionFailure("the content is the same")
            }
        }
    }

    private func choose(_ index: Int) -> [ProtocolModel] {
        let run = runs[index]
        return [
            transaction(index) { model in
                model.endLost(except: run.lease)
                let open = run.missing.sorted().first { target in
                    guard let row = model.rows[target] else { return false }
                    let isOpen = [.planned, .sending, .ambiguous].contains(row.state)
                    return isOpen && row.claims.allSatisfy { $0 == run.lease }
                }
                if let open, let row = model.rows[open] {
                    model.rows[open]?.claims.insert(run.lease)
                    model.runs[index].missing.remove(open)
                    model.runs[index].place = .claimed(open, wasAttempted: row.state != .planned)
                    return
                }
                // What is left is another run's: what it has learnt is taken over, the rest is waited for.
                for target in run.missing {
                    switch model.rows[target]?.state {
                    case .sent, .undone: model.runs[index].already.insert(target)
                    case .failed: model.runs[index].failed.insert(target)
                    case .ambiguous where model.rows[target]?.claims.isEmpty == false: continue
                    default: continue
                    }
                    model.runs[index].missing.remove(target)
                }
                for target in rows.indices { model.rows[target]?.claims.remove(run.lease) }
                if model.runs[index].missing.isEmpty {
                    model.runs[index].place = .finished
                    model.end(run.lease)
                }
            }
        ]
    }

    private func writeAhead(_ target: Int, _ wasAttempted: Bool, _ index: Int) -> ProtocolModel {
        guard !keepsKeys else {
            var model = self
            model.runs[index].place = .carrying(target, isLost: false, sends: 0)
            return model
        }
        return transaction(index) { model in
            if !wasAttempted {
                model.rows[target]?.state = EffectState.planned.after(.begin) ?? .planned
                model.rows[target]?.isAttempted = true
            }
            model.runs[index].place = .carrying(target, isLost: wasAttempted, sends: 0)
        }
    }

    private func carry(_ target: Int, _ isLost: Bool, _ sends: Int, _ index: Int) -> [ProtocolModel] {
        keepsKeys ? sendKeyed(target, index) : reconcile(target, isLost, sends, index)
    }

    /// On a backend with keys a lost answer is simply asked for again by the next run.
    private func sendKeyed(_ target: Int, _ index: Int) -> [ProtocolModel] {
        var done = self
        done.runs[index].place = .settling(target, .succeed, isReplayed: posts[target] > 0)
        done.posts[target] = max(1, posts[target])
        guard losses > 0 else { return [done] }
        var lost = self
        lost.losses -= 1
        var early = lost
        lost.posts[target] = max(1, posts[target])
        // The run ends there and is begun again.
        lost.runs[index].place = .dead
        lost.lost.insert(runs[index].lease)
        early.runs[index].place = .dead
        early.lost.insert(runs[index].lease)
        return [done, lost, early]
    }

    private func reconcile(_ target: Int, _ isLost: Bool, _ sends: Int, _ index: Int) -> [ProtocolModel] {
        var course = Reconciliation(attemptedAt: nil, readLag: 0, leavesMark: true)
        for _ in 0..<sends { course.send() }
        if isLost { course.lose(at: 0) }
        if isLost, !looks { return send(target, sends, index) }
        switch course.next(at: 0) {
        case .send: return send(target, sends, index)
        case .look:
            // The read lag is over: a look sees what there is.
            var model = self
            if posts[target] > 0 {
                model.runs[index].place = .settling(target, .succeed, isReplayed: sends == 0)
            } else {
                course.findNothing(at: 0)
                switch course.next(at: 0) {
                case .giveUp: model.runs[index].place = .settling(target, .lose, isReplayed: false)
                case .send:
                    // What is sent again is written ahead first.
                    return transaction(index) { model in
                        model.rows[target]?.state = .sending
                        model.runs[index].place = .carrying(target, isLost: false, sends: sends)
                    }.sendIfWaiting(target, sends, index)
                case .look, .wait: preconditionFailure("a lag of nothing needs one look")
                }
            }
            return [model]
        case .giveUp:
            var model = self
            model.runs[index].place = .settling(target, .lose, isReplayed: false)
            return [model]
        case .wait: preconditionFailure("a lag of nothing needs no wait")
        }
    }

    private func sendIfWaiting(_ target: Int, _ sends: Int, _ index: Int) -> [ProtocolModel] {
        runs[index].place == .superseded ? [self] : send(target, sends, index)
    }

    private func send(_ target: Int, _ sends: Int, _ index: Int) -> [ProtocolModel] {
        // A process that was silent renews its lease before it sends, and learns there that it was superseded.
        guard leases.contains(runs[index].lease) || !checksLease else {
            var model = self
            model.runs[index].place = .superseded
            return [model]
        }
        var done = self
        done.lost.remove(runs[index].lease)
        done.posts[target] += 1
        done.runs[index].place = .settling(target, .succeed, isReplayed: false)
        var next = [done]
        if losses > 0 {
            var after = done
            after.losses -= 1
            after.runs[index].place = .carrying(target, isLost: true, sends: sends + 1)
            var before = after
            before.posts[target] -= 1
            next += [after, before]
        }
        return next
    }

    private func settle(
        _ target: Int,
        _ event: EffectState.Event,
        _ isReplayed: Bool,
        _ index: Int
    ) -> ProtocolModel {
        transaction(index) { model in
            if let state = model.rows[target]?.state.after(event) { model.rows[target]?.state = state }
            switch event {
            case .succeed where isReplayed: model.runs[index].already.insert(target)
            case .succeed: model.runs[index].sent.insert(target)
            default: model.runs[index].ambiguous.insert(target)
            }
            model.runs[index].place = .choosing
        }
    }
}
