import Announcements
import Foundation
import GraphClient
import GraphModel
import Logging
import LuaRuntime
import ScriptHost

/// Where runs take place: a backend, the ledger of what is done to it, and a clock.
struct RunPlace: Sendable {
    /// Under this path, which no file of a script's can have, the ledger keeps the script itself.
    static let scriptPath = "/script"
    /// Under this path, which no file of a script's can have, the ledger keeps the folder that its files were read from.
    static let folderPath = "/folder"

    let backend: RunBackend
    let ledger: Ledger
    /// Microseconds since 1970.
    let now: @Sendable () -> Int64
    /// Microseconds since some moment in the past, by a clock that is not set; nil where `now` is one.
    var uptime: (@Sendable () -> Int64)?
    /// Lets time pass.
    var wait: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Records that a run begins, with what resuming it needs.
    ///
    /// - Returns: The run, and the right to write for it.
    func begin(
        _ script: LuaChunk,
        folder: String,
        arguments: [String]
    ) async throws -> (record: RunRecord, lease: Lease) {
        let record = RunRecord(
            id: RunRecord.newID(at: now()),
            script: script.name,
            scriptHash: SHA256.hash(script.source).hexadecimal,
            arguments: arguments,
            backend: backend.name,
            operatorName: backend.caller.displayName,
            grants: backend.grants,
            state: .running,
            startedAt: now()
        )
        // In one transaction: a run that is in the ledger can be resumed, whenever it dies.
        let files = [Self.scriptPath: script.source, Self.folderPath: Array(folder.utf8)]
        return (record, try await ledger.begin(record, keeping: files))
    }

    /// Records that a run begins which carries out a plan.
    ///
    /// - Returns: The run, and the right to write for it.
    /// - Throws: ``PlanFault`` if the plan was applied before.
    func begin(applying plan: PlanRecord) async throws -> (record: RunRecord, lease: Lease) {
        let record = RunRecord(
            id: RunRecord.newID(at: now()),
            kind: .apply,
            origin: plan.id,
            script: plan.script,
            scriptHash: plan.scriptHash,
            arguments: plan.arguments,
            backend: backend.name,
            operatorName: backend.caller.displayName,
            grants: backend.grants,
            state: .running,
            startedAt: now()
        )
        return (record, try await ledger.begin(record, applying: plan.id))
    }

    /// What the modules of a run may touch.
    ///
    /// - Parameters:
    ///   - record: The run, which the ledger knows.
    ///   - lease: The right to write for it.
    ///   - folder: The folder below which the script reads files.
    ///   - suppressed: The groups that want no announcement at all.
    ///   - journal: What the run was told of time and chance before it was resumed.
    ///   - monitor: Where it shows itself.
    ///   - logger: Where it logs.
    /// - Returns: The context.
    func context(
        of record: RunRecord,
        lease: Lease,
        folder: String,
        suppressed: Set<GroupID> = [],
        repeating journal: [JournalEntry] = [],
        monitor: RunMonitor,
        logger: Logger
    ) -> ScriptContext {
        let ledger = ledger
        let run = record.id
        let files = ScriptFiles(folder: URL(fileURLWithPath: folder)) { path, url in
            // A resumed run sees the files as it saw them first.
            if let kept = try await ledger.kept(path, run: run) { return kept }
            let bytes = try ScriptFiles.readFromDisk(path, url)
            try await ledger.keep(bytes, path: path, run: run)
            return bytes
        }
        let clock = backend.clock
        let sender = Sender(
            backend.service,
            reconciler: backend.reconciler,
            verifiesFirst: backend.verifiesFirst,
            now: now,
            uptime: uptime,
            sleep: { [wait] span in
                if let clock { await clock.skip(span) } else { try await wait(span) }
            }
        )
        var context = ScriptContext(
            service: LedgerService(sender, ledger: ledger, lease: lease),
            sender: sender,
            ledger: ledger,
            run: record,
            lease: lease,
            caller: backend.caller,
            files: files,
            monitor: monitor,
            logger: logger,
            width: backend.width,
            now: now,
            journal: RunJournal(repeating: journal) { entries in try await ledger.append(entries, run: run) }
        )
        context.targets = backend.targetReader(.existence)
        context.suppressed = suppressed
        if let clock { context.passTime = { await clock.skip(.seconds($0)) } }
        return context
    }
}

extension RunRecord {
    /// A new run's name: when it started, and four random characters.
    static func newID(at time: Int64) -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        let moment = GraphDate(microseconds: time).text.filter { $0.isNumber || $0 == "T" }
        return moment + "-" + String((0..<4).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }
}
