import Foundation

/// How far an SQLite file reaches, beside how far it says that it reaches.
///
/// A file that is short and has no log SQLite refuses by itself, unless only a part of its last page is gone. Where there is a
/// log, whoever took it into the file may have been killed half-way, and the log has the rest; or the file was cut off, and has
/// lost what the log does not have.
struct FileExtent {
    private let path: String
    private let size: Int
    private let pageSize: Int
    /// How many pages the file's header speaks of.
    private let pages: Int

    /// Looks at a file; nil if it cannot be read, or is too short to have a header.
    init?(_ path: String) {
        // "The Database Header" in SQLite's file format: the page size, in which 1 means 65,536, and the count of pages.
        guard let handle = FileHandle(forReadingAtPath: path), let header = try? handle.read(upToCount: 32),
            header.count == 32, let end = try? handle.seekToEnd()
        else { return nil }
        let bytes = Array(header)
        let pageSize = Int(bytes[16]) << 8 | Int(bytes[17])
        guard pageSize > 0 else { return nil }
        self.path = path
        self.pageSize = pageSize == 1 ? 65_536 : pageSize
        size = Int(end)
        pages = Self.number(bytes[28..<32])
    }

    /// Whether it is shorter than it says.
    var isShort: Bool { size < pages * pageSize }

    /// Whether the log has not got all the pages that the file has not got whole.
    var lacksPages: Bool {
        let log = pagesInLog
        // Who makes a file smaller says so in the log first.
        let last = log.pages ?? pages
        return last > size / pageSize && !(size / pageSize + 1...last).allSatisfy(log.numbers.contains)
    }

    /// The pages of the transactions that the log holds whole, and how many pages the file has after the last of them.
    ///
    /// "The WAL File Format" in SQLite's file format. Checksums are left to SQLite, which leaves out what is behind a false one.
    private var pagesInLog: (numbers: Set<Int>, pages: Int?) {
        var numbers: Set<Int> = []
        var committed: (numbers: Set<Int>, pages: Int?) = ([], nil)
        guard let handle = FileHandle(forReadingAtPath: path + "-wal"), let header = try? handle.read(upToCount: 32),
            header.count == 32
        else { return committed }
        let salts = Array(header)[16..<24]
        while let header = try? handle.read(upToCount: 24), header.count == 24 {
            let frame = Array(header)
            guard frame[8..<16].elementsEqual(salts), let end = try? handle.offset() else { break }
            numbers.insert(Self.number(frame[0..<4]))
            let pages = Self.number(frame[4..<8])
            if pages > 0 { committed = (numbers, pages) }
            guard (try? handle.seek(toOffset: end + UInt64(pageSize))) != nil else { break }
        }
        return committed
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
