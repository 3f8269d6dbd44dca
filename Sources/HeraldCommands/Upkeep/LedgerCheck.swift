import Announcements
import GraphModel
import Storage

/// Looks whether a ledger is sound, and says what is open in it.
struct LedgerCheck {
    let ledger: Ledger
    var choice = LedgerChoice()
    /// Microseconds since 1970.
    let now: Int64

    /// What was found, a line for each thing looked at.
    func findings() async throws -> [CheckFinding] {
        let file = StoreDoctor.file("file", ledger.path) {}
        // A damaged file cannot be asked for more.
        guard file.state == .well else { return [file] }
        let condition = try await ledger.condition(at: now)
        return [file, rows(condition), open(condition), runs(condition), try await audit()]
    }

    private func rows(_ condition: LedgerCondition) -> CheckFinding {
        guard condition.contradictions.isEmpty else {
            return .fault(
                "rows",
                condition.contradictions.joined(separator: "; ") + ": put the file aside, and take up a copy"
            )
        }
        return .well(
            "rows",
            "\(condition.runs.grouped) run\(condition.runs == 1 ? "" : "s") and \(condition.effects.grouped) "
                + "effect\(condition.effects == 1 ? "" : "s") agree with one another"
        )
    }

    private func open(_ condition: LedgerCondition) -> CheckFinding {
        let open: [(EffectState, String)] = [
            (.planned, "planned and not sent"), (.sending, "attempted, outcome unknown"), (.ambiguous, "unproven"),
            (.failed, "refused"),
        ]
        let parts = open.compactMap { state, text in
            condition.states[state].map { "\($0.grouped) \(text)" }
        }
        return parts.isEmpty
            ? .well("effects", "all are settled") : .note("effects", parts.joined(separator: ", "))
    }

    private func runs(_ condition: LedgerCondition) -> CheckFinding {
        guard let first = condition.abandonedRuns.first else { return .well("runs", "none was left in the middle") }
        let count = condition.abandonedRuns.count
        return .note(
            "runs",
            count == 1
                ? "\(first) died in the middle: \(choice.hint("resume \(first)"))"
                : "\(count) died in the middle, \(first) first: \(choice.hint("resume \(first)"))"
        )
    }

    private func audit() async throws -> CheckFinding {
        let verdict = try await ledger.verifyAudit()
        if let fault = verdict.fault {
            return .fault("audit", "entry \(fault.sequence): \(fault.reason); compare with an export or a copy")
        }
        return .well("audit", "\(verdict.entries.grouped) entries, all as written")
    }
}
