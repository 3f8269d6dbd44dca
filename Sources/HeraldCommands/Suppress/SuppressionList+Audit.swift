import Announcements
import GraphModel

extension SuppressionList {
    /// Records in the audit trail what is about to be changed in the list.
    ///
    /// - Parameters:
    ///   - event: What is done.
    ///   - entries: To which entries; as they will be, or were.
    ///   - hash: SHA-256 of the file as it will be, in hexadecimal.
    ///   - ledger: Where.
    ///   - herald: By whom, and when.
    /// - Throws: ``StorageError``.
    static func record(
        _ event: AuditEntry.Event,
        _ entries: [Entry],
        hash: String,
        in ledger: Ledger,
        _ herald: HeraldEnvironment
    ) async throws {
        try await ledger.audit(event, actor: herald.operatorName, at: herald.now()) { writer in
            writer.name("groups")
            writer.array { writer in
                for entry in entries {
                    writer.object { writer in
                        writer.member("id", entry.group.text)
                        if !entry.displayName.isEmpty { writer.member("displayName", entry.displayName) }
                        if !entry.reason.isEmpty { writer.member("reason", entry.reason) }
                    }
                }
            }
            writer.member("listHash", hash)
        }
    }
}
