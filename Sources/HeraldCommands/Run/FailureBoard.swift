import Announcements
import Synchronization

/// Tells of failures as they come, the same reason once: the first target at once, how many more there were at the end.
final class FailureBoard: Sendable {
    private struct Reason: Hashable {
        var outcome: String
        var code: String?
        var message: String?
    }

    private let counts = Mutex<(order: [Reason], count: [Reason: Int])>(([], [:]))
    private let told = Mutex<Set<Reason>>([])
    /// How many reasons are told; one that names each target in its text would fill the screen.
    private static let limit = 10

    /// Takes note of what came of a target.
    ///
    /// - Returns: What to say of it, if it is the first with its reason.
    func note(_ answer: TargetAnswer) -> String? {
        guard answer.outcome == .failed || answer.outcome == .ambiguous else { return nil }
        // The id in a reason's text tells targets apart, not reasons.
        let message = answer.message?.replacing(answer.target, with: "…")
        let reason = Reason(outcome: answer.outcome.rawValue, code: answer.code, message: message)
        let isNew = counts.withLock { counts in
            counts.count[reason, default: 0] += 1
            guard counts.count[reason] == 1 else { return false }
            counts.order.append(reason)
            return counts.order.count <= Self.limit
        }
        guard isNew else { return nil }
        told.withLock { _ = $0.insert(reason) }
        let name = answer.name.map { "\($0) (\(answer.target))" } ?? answer.target
        let code = answer.code.map { " (\($0))" } ?? ""
        return "\(answer.outcome.rawValue) \(name)\(code): \(answer.message ?? "no reason was given")"
    }

    /// Whether the reason of a finding was told.
    func hasTold(_ finding: Finding) -> Bool {
        let message = finding.message.replacing(finding.target, with: "…")
        return told.withLock { told in
            if told.contains(Reason(outcome: finding.kind.rawValue, code: finding.code, message: message)) {
                return true
            }
            // A finding says before the reason what it is that cannot be proved.
            guard finding.kind == .ambiguous else { return false }
            return told.contains { $0.outcome == "ambiguous" && message.hasSuffix(": " + ($0.message ?? "")) }
        }
    }

    /// How many more targets each reason had, in lines; begins anew.
    func takeRest() -> [String] {
        let (order, count) = counts.withLock { counts in
            defer { counts = ([], [:]) }
            return counts
        }
        var lines = order.prefix(Self.limit).compactMap { reason -> String? in
            guard let more = count[reason].map({ $0 - 1 }), more > 0 else { return nil }
            return "\(more.grouped) more \(reason.outcome): \(reason.message ?? reason.code ?? "no reason was given")"
        }
        let unlisted = order.dropFirst(Self.limit).reduce(0) { $0 + (count[$1] ?? 0) }
        if unlisted > 0 { lines.append("\(unlisted.grouped) more failed for other reasons") }
        return lines
    }
}
