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
    /// Questions that are asked one after the other, since `parallel` may have several announcements ready at once.
    private var last: Task<RunMonitor.Answer, Never>?

    /// - Parameters:
    ///   - herald: Where the question is put, and answered.
    ///   - backend: Where it would be sent.
    ///   - threshold: From how many posts on somebody is asked; nil if nobody is.
    init(_ herald: HeraldEnvironment, backend: RunBackend, threshold: Int?) {
        self.herald = herald
        self.backend = backend
        self.threshold = threshold
    }

    /// Decides about an announcement, none of which has been sent.
    func answer(to preview: RunMonitor.Preview) async -> RunMonitor.Answer {
        guard preview.toSend > 0 else { return .goAhead }
        if let permits = backend.permits {
            do {
                if let shortfall = try await permits(preview.groups) {
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
        let before = last
        let question = Task {
            _ = await before?.value
            return await ask(preview)
        }
        last = question
        return await withTaskCancellationHandler {
            await question.value
        } onCancel: {
            question.cancel()
        }
    }

    private func ask(_ preview: RunMonitor.Preview) async -> RunMonitor.Answer {
        let declined = RunMonitor.Answer.refuse(code: "declined", reason: "it was declined")
        guard !Task.isCancelled else { return declined }
        let posts = "\(preview.toSend.grouped) post\(preview.toSend == 1 ? "" : "s")"
        let question = "Send \(posts) of '\(preview.tally.name)' to \(backend.name)? [y/N] "
        try? herald.error.write(herald.error.shown(question))
        let line = await herald.input.lineUnlessCancelled()
        return ["y", "yes"].contains(line?.lowercased().filter { !$0.isWhitespace } ?? "") ? .goAhead : declined
    }
}
