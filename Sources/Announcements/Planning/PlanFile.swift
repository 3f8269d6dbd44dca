import Foundation
import GraphModel
import Storage

/// A plan in a file: its lines, and in the last one its hash.
package enum PlanFile {
    /// Writes a plan to a file, which only its owner may read: the bodies of posts are in it.
    ///
    /// - Throws: An error of Foundation's if the file cannot be written; ``StorageError``.
    package static func write(_ plan: PlanRecord, of ledger: Ledger, to path: String) async throws {
        let temporary = path + ".\(UUID().uuidString.prefix(8)).tmp"
        guard
            FileManager.default.createFile(
                atPath: temporary,
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            )
        else { throw PlanFault("\(path): the file cannot be made.") }
        do {
            let handle = try FileHandle(forWritingTo: URL(filePath: temporary))
            let sink = LineSink(handle)
            try await ledger.forEachLine(ofPlan: plan.id) { line, _ in try sink.write(line) }
            try sink.write(PlanLines.line(hash: plan.hash ?? []))
            try sink.finish()
            guard unsafe rename(temporary, path) == 0 else {
                throw PlanFault("\(path): the file cannot be written.")
            }
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    /// Takes a plan from a file into a ledger, after it has been checked; one that is there already stays.
    ///
    /// - Returns: The plan.
    /// - Throws: ``PlanFault`` if the file is no plan, or was changed; ``StorageError``.
    package static func read(_ path: String, named name: String, into ledger: Ledger) async throws -> PlanRecord {
        do {
            let (header, hash) = try check(path)
            if let known = try await ledger.plan(header.id), let knownHash = known.hash {
                guard knownHash == hash else {
                    throw PlanFault("The ledger has another plan under its name, \(header.id).")
                }
                return known
            }
            try await ledger.begin(header)
            try await store(path, header.id, ledger)
            guard try await ledger.seal(header.id, notes: header.notes) == hash else {
                try await ledger.delete(plan: header.id)
                throw PlanFault("It does not hold what its hash was made of.")
            }
            var plan = header
            plan.hash = hash
            return plan
        } catch let fault as PlanFault {
            throw PlanFault("\(name): this is no plan that can be used. \(fault.message)")
        }
    }

    /// Reads a file to its end, to see whether its hash fits.
    private static func check(_ path: String) throws -> (header: PlanRecord, hash: [UInt8]) {
        var header: PlanRecord?
        var last: String?
        let hash = PlanHash()
        for line in try LineReader(path) {
            if last != nil { throw PlanFault("It goes on behind its last line.") }
            switch try PlanLines.read(line) {
            case .plan(let plan):
                guard header == nil else { throw PlanFault("It holds two plans.") }
                header = plan
                hash.update(line)
            case .announcement, .item: hash.update(line)
            case .content(let name, let bytes):
                guard SHA256.hash(bytes).hexadecimal == name else { throw PlanFault("A part of it was changed.") }
            case .hash(let text): last = text
            }
        }
        guard let header else { throw PlanFault("It does not begin as a plan does.") }
        guard let last else { throw PlanFault("Its end is missing.") }
        let found = hash.finish()
        guard found.hexadecimal == last else {
            throw PlanFault("It was changed: its hash does not fit what it holds.")
        }
        return (header, found)
    }

    private static func store(_ path: String, _ plan: String, _ ledger: Ledger) async throws {
        var contents: [String: [UInt8]] = [:]
        var items: [PlanItem] = []
        for line in try LineReader(path) {
            switch try PlanLines.read(line) {
            case .plan, .hash: break
            case .announcement(let announcement): try await ledger.add(announcement, to: plan)
            case .content(let hash, let bytes): contents[hash] = bytes
            case .item(var item, let sharedHash, let offset):
                if let sharedHash {
                    guard let bytes = contents[sharedHash] else { throw PlanFault("A part of it is missing.") }
                    item.shared = SharedPart(bytes, at: offset)
                }
                items.append(item)
                if items.count == 1000 {
                    try await ledger.add(items, to: plan)
                    items = []
                }
            }
        }
        try await ledger.add(items, to: plan)
    }
}

/// Writes lines to a file, a good many at once.
///
/// Unchecked because whoever makes it uses it from one task.
private final class LineSink: @unchecked Sendable {
    private let handle: FileHandle
    private var waiting = Data()

    init(_ handle: FileHandle) {
        self.handle = handle
    }

    func write(_ line: [UInt8]) throws {
        waiting.append(contentsOf: line)
        waiting.append(UInt8(ascii: "\n"))
        guard waiting.count > 1 << 18 else { return }
        try handle.write(contentsOf: waiting)
        waiting.removeAll(keepingCapacity: true)
    }

    func finish() throws {
        try handle.write(contentsOf: waiting)
        try handle.synchronize()
        try handle.close()
    }
}

/// The lines of a file, one after the other, without their ends.
private struct LineReader: Sequence {
    private let handle: FileHandle

    init(_ path: String) throws {
        handle = try FileHandle(forReadingFrom: URL(filePath: path))
    }

    struct Iterator: IteratorProtocol {
        private let handle: FileHandle
        private var rest: [UInt8] = []
        private var at = 0
        private var isAtEnd = false

        init(_ handle: FileHandle) {
            self.handle = handle
        }

        mutating func next() -> [UInt8]? {
            while true {
                if let end = rest[at...].firstIndex(of: UInt8(ascii: "\n")) {
                    defer { at = end + 1 }
                    return Array(rest[at..<end])
                }
                guard !isAtEnd else {
                    defer { at = rest.count }
                    return at < rest.count ? Array(rest[at...]) : nil
                }
                rest.removeFirst(at)
                at = 0
                let more = (try? handle.read(upToCount: 1 << 18)) ?? nil
                if let more, !more.isEmpty { rest.append(contentsOf: more) } else { isAtEnd = true }
            }
        }
    }

    func makeIterator() -> Iterator { Iterator(handle) }
}
