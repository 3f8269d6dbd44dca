import Announcements
import EmbeddedGraph
import Foundation
import GraphModel
import LuaRuntime
import ScriptHost

/// A session of `herald repl`: inputs that are evaluated one after the other, in a sandbox that stays open.
struct ReplSession {
    /// Where the inputs come from.
    enum Input {
        /// Somebody types them, and is told what goes on.
        case typed(LineEditor)
        /// They are read without a word, up to the first error.
        case read(LineSource)
    }

    /// The run's name in the ledger, where a script's file name stands.
    static let scriptName = "(repl)"

    let herald: HeraldEnvironment
    let place: RunPlace
    let limits: ScriptLimits
    let input: Input

    /// Evaluates inputs until there are no more.
    func execute() async throws -> ExitStatus {
        let screen = RunScreen(herald, json: false, quiet: !isTyped)
        let suppressed = try SuppressionList(herald).groups()
        var (record, lease) = try await place.begin(
            LuaChunk(name: Self.scriptName, source: []),
            folder: herald.folder,
            arguments: []
        )
        let sandbox = try await ReplSandbox(
            context(of: record, lease, screen, suppressed: suppressed),
            limits: limits,
            screen,
            isTyped: isTyped
        )
        if isTyped {
            try herald.output.line(
                "Herald on \(herald.output.shown(place.backend.name)). .help says what can be done here."
            )
        }
        let status = try await place.ledger.keepingAlive(lease, now: herald.now) { try await work(sandbox, screen) }

        record.state = status == .done ? .finished : status == .interrupted ? .interrupted : .failed
        record.endedAt = herald.now()
        try await place.ledger.end(lease, record.state, at: herald.now())
        if isTyped { try await report(record) }
        if status == .done, let failure = screen.outputFailure { throw failure }
        return status
    }

    private var isTyped: Bool {
        switch input {
        case .typed: true
        case .read: false
        }
    }

    private func context(
        of record: RunRecord,
        _ lease: Lease,
        _ screen: RunScreen,
        suppressed: Set<GroupID>
    ) -> ScriptContext {
        var context = place.context(
            of: record,
            lease: lease,
            folder: herald.folder,
            suppressed: suppressed,
            monitor: screen.monitor(),
            logger: screen.logger
        )
        // A file that is read again has perhaps been changed meanwhile, and that is what is to be seen.
        context.files = ScriptFiles(folder: URL(fileURLWithPath: herald.folder)) { path, url in
            try ScriptFiles.readFromDisk(path, url)
        }
        return context
    }

    /// What the session has written, if anything.
    private func report(_ record: RunRecord) async throws {
        let report = RunReport(
            run: record,
            tallies: try await place.ledger.tallies(run: record.id),
            findings: try await place.ledger.findings(run: record.id, limit: RunReport.listed + 1),
            writes: try await place.ledger.writes(run: record.id)
        )
        guard !report.tallies.isEmpty || report.writes.sent + report.writes.failed > 0 else { return }
        for line in report.lines { try herald.error.line(herald.error.shown(line)) }
    }

    // MARK: Inputs

    private func work(_ sandbox: ReplSandbox, _ screen: RunScreen) async throws -> ExitStatus {
        var pending = ""
        while true {
            if case .typed(let editor) = input, pending.isEmpty { editor.complete(from: await sandbox.names()) }
            sandbox.wait()
            let line: String
            switch await next(continuing: !pending.isEmpty) {
            case .text(let text): line = text
            case .dropped:
                pending = ""
                continue
            case .end:
                if pending.isEmpty { return .done }
                try herald.error.line(herald.error.styled("error", .red) + ": the input ends before it is complete")
                return isTyped ? .done : .failed
            }
            if pending.isEmpty {
                if line.allSatisfy(\.isWhitespace) { continue }
                if let word = Self.command(line) {
                    if word == ".quit" || word == ".exit" { return .done }
                    try obey(word)
                    continue
                }
            }
            pending += pending.isEmpty ? line : "\n" + line
            switch try await evaluate(pending, sandbox, screen) {
            case .incomplete: continue
            case .done: break
            case .failed(let status): if !isTyped { return status }
            }
            pending = ""
        }
    }

    private func next(continuing: Bool) async -> LineEditor.Line {
        switch input {
        case .read(let source): return await source.line().map { .text($0) } ?? .end
        case .typed(let editor):
            let line = await editor.line(prompt: continuing ? ">> " : "> ")
            if case .text(let text) = line, !text.allSatisfy(\.isWhitespace) { editor.remember(text) }
            if line == .end { try? herald.output.line() }
            return line
        }
    }

    private enum Evaluation {
        case done, incomplete
        case failed(ExitStatus)
    }

    private func evaluate(_ text: String, _ sandbox: ReplSandbox, _ screen: RunScreen) async throws -> Evaluation {
        let (result, wasInterrupted) = await sandbox.evaluate(text)
        switch result {
        case .success(.done): return .done
        case .success(.incomplete): return .incomplete
        case .failure(let error):
            let isEnded = error.kind == .stopped || (error.isLimit && error.kind != .sourceSize)
            if error.kind != .stopped {
                try ScriptProblem(error, sources: sandbox.sources).write(to: herald.error)
            }
            if isEnded, isTyped {
                screen.say("The sandbox is gone, and with it every global; a new one is there.")
                try await sandbox.renew()
            }
            return .failed(wasInterrupted ? .interrupted : error.isLimit ? .limit : .failed)
        }
    }

    // MARK: Commands

    /// The command that a line is; a number may begin with a dot, too.
    private static func command(_ line: String) -> String? {
        let word = line.trimmingCharacters(in: .whitespaces)
        guard word.hasPrefix("."), word.dropFirst().allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
        return word
    }

    private func obey(_ command: String) throws {
        guard command == ".help" else {
            return try herald.error.line("There is no \(command); .help says what there is.")
        }
        try herald.output.line(
            """
            An expression shows its value, with or without '=' before it; statements are executed. What is not complete
            goes on in the next line. Globals stay from line to line; a 'local' ends with its line.
            Scripts read files below the current folder, and write to the store at once.

            Tab          completes a name
            Up, Down     go through what was typed before; Ctrl-R searches it
            Ctrl-C       drops the line, or stops what is running
            Ctrl-D       ends the session, as .quit does
            .help        shows this
            """
        )
    }
}
