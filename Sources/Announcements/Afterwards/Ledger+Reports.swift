import Foundation
import GRDB
import GraphModel
package import Storage

/// What reports of runs tell besides what the runs have recorded.
extension Ledger {
    /// The tallies of a run's announcements for which it has recorded none, told by the states of their effects, in the order
    /// of their names.
    ///
    /// - Parameter run: A run that is at work, or did not come to its end.
    /// - Returns: What its effects tell; what was left out or named twice they do not.
    /// - Throws: ``StorageError``.
    package func unendedTallies(of run: RunRecord) async throws(StorageError) -> [AnnouncementTally] {
        let (id, isUndo) = (run.id, run.kind == .undo)
        return try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT announcement.name, effect.state, count(*) FROM effect
                    JOIN announcement ON announcement.id = effect.announcementID
                    WHERE effect.runID = ?1
                        AND announcement.name NOT IN (SELECT announcement FROM tally WHERE runID = ?1)
                    GROUP BY announcement.name, effect.state ORDER BY announcement.name
                    """,
                arguments: [id]
            )
            var tallies: [AnnouncementTally] = []
            for row in rows {
                guard let state = EffectState(rawValue: row[1]) else { continue }
                let name: String = row[0]
                if tallies.last?.name != name { tallies.append(AnnouncementTally(name: name)) }
                tallies[tallies.count - 1].count(row[2], in: state, isUndo: isUndo)
            }
            return tallies
        }
    }

    /// The names of the groups that findings are about, as far as they are known, by their ids.
    ///
    /// - Throws: ``StorageError``.
    package func names(of findings: [Finding]) async throws(StorageError) -> [String: String] {
        guard !findings.isEmpty else { return [:] }
        let path = path
        return try await read { db in
            let select = try PreparedStatement(db, "SELECT targetName FROM effect WHERE key = $1", path: path)
            var names: [String: String] = [:]
            for finding in findings where names[finding.target] == nil {
                guard let group = GroupID(finding.target) else { continue }
                select.bind(IdempotencyKey.announcement(finding.announcement, group: group).description, 1)
                if try select.step(), let name = select.text(0), !name.isEmpty { names[finding.target] = name }
                select.reset()
            }
            return names
        }
    }

    /// The request's body of a target that was read with it, together with what it shares with others.
    ///
    /// - Throws: ``StorageError``.
    package func wholeBody(of target: TargetRecord) async throws(StorageError) -> [UInt8] {
        guard let shared = target.shared, shared.offset <= target.body.count else { return target.body }
        let bytes = try await read { db in
            try Data.fetchOne(db, sql: "SELECT bytes FROM content WHERE hash = ?", arguments: [Data(shared.hash)])
        }
        return target.body[..<shared.offset] + Array(bytes ?? Data()) + target.body[shared.offset...]
    }

    /// From how many groups an announcement was taken back that have nothing of it now.
    ///
    /// - Throws: ``StorageError``.
    package func takenBack(_ announcement: String) async throws(StorageError) -> Int {
        try await read { db in
            // Where nothing was ever taken back, nobody need look for it.
            guard try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM run WHERE kind = 'undo')") == true else {
                return 0
            }
            return try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM (
                        SELECT effect.target FROM effect JOIN announcement ON announcement.id = effect.announcementID
                        WHERE announcement.name = ? AND effect.state IN (2, 6)
                        GROUP BY effect.target HAVING min(effect.state) = 6)
                    """,
                arguments: [announcement]
            ) ?? 0
        }
    }
}

extension AnnouncementTally {
    fileprivate mutating func count(_ effects: Int, in state: EffectState, isUndo: Bool) {
        targets += effects
        switch state {
        case .planned, .sending: unsent += effects
        case .sent: if isUndo { unsent += effects } else { sent += effects }
        case .undone: if isUndo { sent += effects } else { already += effects }
        case .failed: failed += effects
        case .ambiguous: ambiguous += effects
        case .skipped: skipped += effects
        }
    }
}
