import Announcements
import GraphClient
import GraphModel
import ScriptHost

/// Decides whether an announcement is sent: what it writes must have been granted, and from some size on a person is
/// asked.
actor Approval {
    /// From how many posts on a backend that is not embedded asks, unless it is told otherwise.
    static let asksFrom = 10
    /// The codes of refusals that mean that something was missing on the command line.
    static let usageCodes: Set<String> = ["grantMissing", "unconfirmed", "declined"]

    private let herald: HeraldEnvironment
    private let backend: RunBackend
    private let threshold: Int?
    private let saysYes: Bool
    /// Questions that are asked one after the other, since `parallel` may have several announcements ready at once.
    private var last: Task<Bool, Never>?

    /// - Parameters:
    ///   - herald: Where the question is put, and answered.
    ///   - backend: Where it would be sent.
    ///   - threshold: From how many posts on somebody is asked; nil if nobody is.
    ///   - saysYes: Whether every question counts as answered with yes.
    init(_ herald: HeraldEnvironment, backend: RunBackend, threshold: Int?, saysYes: Bool = false) {
        self.saysYes = saysYes
        self.herald = herald
        self.backend = backend
        self.threshold = threshold
    }

    /// Decides about an announcement, none of which has been sent.
    func answer(to preview: RunMonitor.Preview) async -> RunMonitor.Answer {
        guard preview.toSend > 0 else { return .goAhead }
        if let permits = backend.permits {
            do {
                if let shortfall = try await permits(preview.groups, preview.toSend) {
                    let code = shortfall.isNothingGranted ? "grantMissing" : "grantExceeded"
                    return .refuse(code: code, reason: shortfall.message)
                }
            } catch {
                return .refuse(code: "unavailable", reason: "it cannot be seen what was granted: \(error)")
            }
        }
        guard let threshold, preview.toSend >= threshold else { return .goAhead }
        guard herald.input.isTerminal, herald.error.isTerminal else {
            return .refuse(
                code: "unconfirmed",
                reason: "\(preview.toSend) posts to \(backend.name) need a yes, and there is no terminal to ask on: "
                    + "look at what it sends, and allow it with --yes"
            )
        }
        let posts = "\(preview.toSend.grouped) post\(preview.toSend == 1 ? "" : "s")"
        return await says("Send \(posts) of '\(preview.tally.name)' to \(backend.name)?")
            ? .goAhead : .refuse(code: "declined", reason: "it was declined")
    }

    /// Decides whether the wave after one that has ended may begin.
    ///
    /// - Returns: Why not; nil if it may.
    func answer(after wave: WaveRecord, of name: String, left: Int) async -> String? {
        if saysYes { return nil }
        guard herald.input.isTerminal, herald.error.isTerminal else {
            return "the next wave needs a yes, and there is no terminal to ask on; allow it with --yes"
        }
        let refused = wave.failed + wave.ambiguous
        let question =
            "Wave \(wave.number) of '\(name)' is out, \(refused == 0 ? "none failed" : "\(refused.grouped) failed"). "
            + "Go on with the next of \(left.grouped) targets?"
        return await says(question) ? nil : "the next wave was declined"
    }

    /// Puts a question when those before it have been answered.
    func says(_ question: String) async -> Bool {
        let before = last
        let asking = Task {
            _ = await before?.value
            return await ask(question)
        }
        last = asking
        return await withTaskCancellationHandler {
            await asking.value
        } onCancel: {
            asking.cancel()
        }
    }

    private func ask(_ question: String) async -> Bool {
        // What was typed before the question was there is no answer to it.
        herald.input.forgetTyped()
        while !Task.isCancelled {
            try? herald.error.write(herald.error.shown(question + " [y/N] "))
            guard let line = await herald.input.lineUnlessCancelled() else { return false }
            switch line.lowercased().filter({ !$0.isWhitespace }) {
            case "y", "yes": return true
            case "", "n", "no": return false
            default: try? herald.error.line("Answer with y or n.")
            }
        }
        return false
    }
}
