import GraphModel

extension Delivery {
    /// What a delivery has come to so far.
    struct Job {
        private let name: String
        private let now: @Sendable () -> Int64
        private let answered: (@Sendable (TargetAnswer) -> Void)?
        var outcome = Outcome()
        private(set) var state: Progress
        /// The groups that have not been sent to.
        var missing: Set<GroupID>
        /// When posts may be made, in microseconds since 1970.
        var open = Int64.min..<Int64.max
        /// When it began, in microseconds of the sender's uptime.
        let begunAt: Int64
        private var settledAt: Int64
        /// What is to be settled in the ledger.
        private(set) var pending: [Settlement] = []
        /// What was sent more than once.
        private(set) var repeated: [Effect] = []

        init(
            name: String,
            groups: consuming Set<GroupID>,
            now: @escaping @Sendable () -> Int64,
            uptime: @escaping @Sendable () -> Int64,
            answered: (@Sendable (TargetAnswer) -> Void)? = nil
        ) {
            self.answered = answered
            self.name = name
            self.now = now
            state = Progress(total: groups.count)
            missing = consume groups
            begunAt = uptime()
            settledAt = begunAt
        }

        /// Whether posts may be made at this time.
        func isOpen(at time: Int64) -> Bool { open.contains(time) }

        /// Whether it is time to settle what is known: there is much of it, or some of it is a second old.
        ///
        /// - Parameters:
        ///   - batch: How much is much.
        ///   - time: Microseconds of the sender's uptime.
        /// - Returns: Whether it is.
        func isDue(_ batch: Int, at time: Int64) -> Bool {
            pending.count >= batch || (!pending.isEmpty && time - settledAt >= 1_000_000)
        }

        /// Takes what is known and not settled; from now on it counts as settled.
        ///
        /// - Parameter time: Microseconds of the sender's uptime.
        /// - Returns: What is to be settled.
        mutating func takePending(at time: Int64) -> [Settlement] {
            defer { pending = [] }
            settledAt = time
            return pending
        }

        /// Takes note of what came of an effect.
        mutating func note(_ ended: Sender.Outcome, of effect: Effect) {
            switch ended {
            case .answered(let response, let sends, let copies):
                outcome.answered += 1
                note(response, of: effect)
                if copies > 1 {
                    outcome.findings.append(.doubled(effect, copies: copies, announcement: name))
                } else if sends > 1 || (sends > 0 && effect.state != .planned) {
                    repeated.append(effect)
                }
            case .notDone(let reason):
                outcome.halt = outcome.halt ?? .unavailable(reason.message)
                release([effect])
            case .stopped: outcome.halt = outcome.halt ?? .interrupted
            case .ambiguous(let reason):
                outcome.answered += 1
                outcome.unsettled.insert(effect.id)
                state.ambiguous += 1
                pending.append(
                    Settlement(effect: effect.id, event: .lose, status: 0, message: reason, at: now())
                )
                outcome.findings.append(.ambiguous(effect.target?.text ?? effect.path, name, reason))
                tell(effect, .ambiguous, message: reason)
            }
        }

        /// Takes note of what another run has learnt of a group.
        mutating func adopt(_ settled: EffectState, of group: GroupID, code: String?, message: String?) {
            missing.remove(group)
            outcome.answered += 1
            switch settled {
            case .failed:
                state.failed += 1
                let message = message ?? "Another run was refused."
                outcome.findings.append(
                    Finding(kind: .failed, announcement: name, target: group.text, code: code, message: message)
                )
            case .ambiguous:
                state.ambiguous += 1
                outcome.findings.append(.ambiguous(group.text, name, message ?? "another run lost the answer"))
            default:
                state.already += 1
                outcome.already += 1
            }
        }

        /// Takes note that effects that were written ahead were not sent.
        mutating func release(_ effects: some Sequence<Effect>) {
            // What had been attempted before stays so: nothing new is known of it.
            for effect in effects where effect.attemptedAt != nil && effect.state == .planned {
                pending.append(Settlement(effect: effect.id, event: .release, status: 0, at: now()))
            }
        }

        private func tell(
            _ effect: Effect,
            _ outcome: TargetAnswer.Outcome,
            code: String? = nil,
            message: String? = nil
        ) {
            answered?(
                TargetAnswer(
                    target: effect.target?.text ?? effect.path,
                    name: effect.targetName,
                    outcome: outcome,
                    code: code,
                    message: message
                )
            )
        }

        private mutating func note(_ response: GraphResponse, of effect: Effect) {
            var settlement = Settlement(effect: effect.id, event: .succeed, status: response.status, at: now())
            if let error = response.error {
                state.failed += 1
                outcome.unsettled.insert(effect.id)
                settlement.event = .refuse
                settlement.code = error.code
                settlement.message = error.message
                let isReuse = error.code == GraphError.Code.keyReused.rawValue
                outcome.findings.append(
                    Finding(
                        kind: isReuse ? .changed : .failed,
                        announcement: name,
                        target: effect.target?.text ?? effect.path,
                        code: error.code,
                        message: error.message
                    )
                )
                tell(effect, .failed, code: error.code, message: error.message)
            } else {
                settlement.answer = CreatedIDs(response.body).json
                if response.isReplayed {
                    state.already += 1
                    outcome.already += 1
                } else {
                    state.sent += 1
                    outcome.sent += 1
                }
                tell(effect, response.isReplayed ? .already : .sent)
            }
            pending.append(settlement)
        }
    }
}

extension Finding {
    /// Nobody knows whether a group has a post of an announcement.
    static func ambiguous(_ target: String, _ announcement: String, _ reason: String?) -> Finding {
        Finding(
            kind: .ambiguous,
            announcement: announcement,
            target: target,
            message: "It cannot be proved whether the group has the post: \(reason ?? "its answer was lost")"
        )
    }

    /// A group has a post of an announcement more than once.
    static func doubled(_ effect: Effect, copies: Int, announcement: String) -> Finding {
        Finding(
            kind: .doubled,
            announcement: announcement,
            target: effect.target?.text ?? effect.path,
            message:
                "The group has the post \(copies) times: an attempt that seemed lost came through late. Delete one."
        )
    }
}
