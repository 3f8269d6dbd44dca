import Announcements
import EmbeddedGraph
import Foundation
import Storage

/// Looks at the embedded store, the ledger beside it, and the disk that they lie on.
struct StoreDoctor {
    /// Less than this is too little to go on with, and less than ten times as much is worth a word, in bytes.
    static let leastFree = 100 << 20

    let options: StoreOptions
    let herald: HeraldEnvironment

    func findings() throws -> [CheckFinding] {
        let path = try options.path(in: herald)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return [
            place(folder), disk(folder), Self.file("store", path) { _ = try options.open(in: herald) },
            Self.file("ledger", folder + "/ledger.sqlite") { _ = try options.ledger(in: herald) },
        ]
    }

    /// The folder that is there, and in which one that is not would be made.
    private static func nearest(to folder: String) -> String {
        var nearest = folder
        while !FileManager.default.fileExists(atPath: nearest), nearest.count > 1 {
            nearest = URL(fileURLWithPath: nearest).deletingLastPathComponent().path
        }
        return nearest
    }

    private func place(_ folder: String) -> CheckFinding {
        let nearest = Self.nearest(to: folder)
        guard FileManager.default.isWritableFile(atPath: nearest) else {
            return .fault("folder", "\(nearest) may not be written to: change its permissions, or set HERALD_HOME")
        }
        return .well("folder", nearest == folder ? folder : "\(folder), which the first run makes")
    }

    private func disk(_ folder: String) -> CheckFinding {
        guard let free = StoreInspection.free(at: Self.nearest(to: folder)) else {
            return .note("disk", "how much is free cannot be told")
        }
        let text = "\((free >> 20).grouped) MiB free"
        if free < Self.leastFree { return .fault("disk", "\(text): make room, or set HERALD_HOME to another disk") }
        return free < 10 * Self.leastFree ? .note("disk", text) : .well("disk", text)
    }

    /// Looks at a file, which is not made if it is not there; `open` opens it as Herald does.
    static func file(_ name: String, _ path: String, open: () throws -> Void) -> CheckFinding {
        guard FileManager.default.fileExists(atPath: path) else {
            return .note(name, "there is none yet; the first run makes \(path)")
        }
        do {
            // Opening says best what is wrong with a file that is no store, or is newer than this program.
            try open()
            let found = try StoreInspection(path: path)
            guard found.damages.isEmpty else {
                let first = found.damages[0]
                return .fault(
                    name,
                    "\(path) is damaged (\(first)\(found.damages.count > 1 ? ", …" : "")): put it aside, and take up a copy"
                )
            }
            guard found.isDurable else {
                return .fault(name, "\(path) is not written durably: is it on a file system that SQLite can lock?")
            }
            let size = "\((found.size >> 10).grouped) KiB"
            return .well(name, "sound and durable, \(size), version \(found.version): \(path)")
        } catch {
            return .fault(name, "\(error)")
        }
    }
}
