import Announcements
import Files
import Foundation
import GraphModel
import ScriptHost
import Storage

/// The groups that get no announcement at all: a table in the state folder, which people may read and edit as well.
struct SuppressionList: Sendable {
    /// A group that is left out.
    struct Entry: Sendable, Equatable {
        var group: GroupID
        /// Its name when it was added; empty if it was not known.
        var displayName = ""
        var reason = ""
        /// When it was added, as a date of Graph's.
        var addedAt = ""
        var addedBy = ""
    }

    /// Where changes of the list are recorded: in the ledger of the state folder, whatever backend is written to.
    static func ledger(in herald: HeraldEnvironment) throws -> Ledger {
        try Ledger(path: try herald.stateFolder() + "/ledger.sqlite")
    }

    /// The name of the file in the state folder.
    static let fileName = "suppressed.csv"
    private static let columns = ["id", "displayName", "reason", "addedAt", "addedBy"]

    private let path: String

    init(_ herald: HeraldEnvironment) throws {
        path = try herald.stateFolder() + "/" + Self.fileName
    }

    /// The groups; none if there is no list.
    ///
    /// - Throws: ``CSVFault`` or ``Failure`` if the list cannot be read whole: then nobody knows who is left out.
    func groups() throws -> Set<GroupID> {
        guard let table = try table() else { return [] }
        let column = try Self.idColumn(of: table)
        var groups: Set<GroupID> = []
        for row in table.rows { groups.insert(try group(row[column], row)) }
        return groups
    }

    /// All that the list says, in the order in which it was said.
    func entries() throws -> [Entry] {
        guard let table = try table() else { return [] }
        let id = try Self.idColumn(of: table)
        return try table.rows.map { row in
            let cell = { (name: String) in table.column(caseInsensitive: name).map { row[$0] } ?? "" }
            return Entry(
                group: try group(row[id], row),
                displayName: cell("displayName"),
                reason: cell("reason"),
                addedAt: cell("addedAt"),
                addedBy: cell("addedBy")
            )
        }
    }

    /// Changes the list, which nobody else does meanwhile; it is replaced whole, or not at all.
    ///
    /// What is about to be changed is recorded first: the record lies in another file, and the two cannot be written in
    /// one transaction. So nothing is on the list, or off it, of which the record does not tell; and where the machine
    /// stopped in between, the record says more than was done, which the hash in it shows.
    ///
    /// - Parameters:
    ///   - body: Changes the entries.
    ///   - record: Given the hash of the file as it will be; not called if nothing changes.
    /// - Returns: What `body` gave.
    /// - Throws: What they threw, and then nothing is changed; ``Failure`` if the list cannot be written.
    func change<Result>(
        _ body: (inout [Entry]) throws -> Result,
        recording record: (_ result: Result, _ hash: String) async throws -> Void
    ) async throws -> Result {
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let lock: FileLock
        do {
            lock = try await FileLock.taken(path: path + ".lock")
        } catch {
            throw StorageError(path: path, error)
        }
        defer { lock.release() }
        let before = try entries()
        var entries = before
        let result = try body(&entries)
        guard entries != before else { return result }
        let bytes = Self.bytes(of: entries)
        try await record(result, SHA256.hash(bytes).hexadecimal)
        try write(bytes)
        return result
    }

    // MARK: The file

    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    private func table() throws -> CSVTable? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Failure(
                .failed,
                "\(path): the list of groups that are left out cannot be read; check its permissions."
            )
        }
        return try CSVTable(Array(bytes), name: path)
    }

    @inline(never)  // inlined into an asynchronous caller, its typed errors crash the optimizer of Swift 6.3.1
    private static func idColumn(of table: CSVTable) throws -> Int {
        guard let column = table.column(caseInsensitive: "id") else { throw table.missingColumn("id") }
        return column
    }

    private func group(_ id: String, _ row: CSVTable.Row) throws -> GroupID {
        guard let group = GroupID(id.trimmingCharacters(in: .whitespaces)) else {
            throw Failure(
                .failed,
                "\(path):\(row.line): \"\(id)\" is no group id; correct it, or take the line away. Nothing is announced "
                    + "while it is unknown who is to be left out."
            )
        }
        return group
    }

    private static func bytes(of entries: [Entry]) -> [UInt8] {
        var writer = CSVWriter()
        writer.row(columns)
        for entry in entries {
            writer.row([entry.group.text, entry.displayName, entry.reason, entry.addedAt, entry.addedBy])
        }
        return writer.bytes
    }

    private func write(_ bytes: [UInt8]) throws {
        let draft = "\(path).\(getpid())"
        unsafe unlink(draft)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        do {
            guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
            try handle.close()
            guard unsafe rename(draft, path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        } catch {
            unsafe unlink(draft)
            throw Failure(.failed, "\(path): cannot be written: \(error.localizedDescription)")
        }
    }
}
