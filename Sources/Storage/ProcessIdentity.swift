import Foundation

/// Names a process for others on the same machine, so that they can tell whether it has ended.
///
/// A number alone does not do: the system gives it to another process later, and containers count anew (proc(5)).
package struct ProcessIdentity: Sendable, Equatable, CustomStringConvertible {
    /// The machine since it was started, the space in which its uptime is counted, and that in which processes are.
    private let place: String
    private let number: Int32
    /// When the process started, in ticks since the machine did.
    private let start: String

    /// This process.
    package static let current = ProcessIdentity(number: getpid())

    /// A process that is counted where this one is.
    package init(number: Int32) {
        place = Self.here
        self.number = number
        start = Self.start(of: number) ?? ""
    }

    /// Reads what ``description`` gave; what is no such text names a process of which nothing is known.
    package init(description: String) {
        let parts = description.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        place = parts.first ?? ""
        number = parts.count > 1 ? Int32(parts[1]) ?? 0 : 0
        start = parts.count > 2 ? parts[2] : ""
    }

    package var description: String { "\(place) \(number) \(start)" }

    /// For a person: `process 4711`.
    package var text: String { number > 0 ? "process \(number)" : "another process" }

    /// Whether the process has certainly ended; false too for one of which that cannot be known from here.
    package var isGone: Bool {
        guard number > 0, !place.isEmpty, place == Self.here, !start.isEmpty else { return false }
        return Self.start(of: number) != start
    }

    /// Whether the process's ``Uptime`` can be compared with ours.
    package var sharesUptime: Bool {
        guard !place.isEmpty else { return false }
        return place.split(separator: "/").prefix(2) == Self.here.split(separator: "/").prefix(2)
    }

    private static let here: String = {
        let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        let spaces = ["time", "pid"].map { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/\(name)")) ?? ""
        }
        // Kernels before 5.6 count the uptime in one space.
        guard !boot.isEmpty, !spaces[1].isEmpty else { return "" }
        return ([boot, spaces[0].isEmpty ? "time" : spaces[0], spaces[1]]).map { $0.filter { !$0.isWhitespace } }
            .joined(separator: "/")
    }()

    /// The 22nd field of the process's status line, counted behind the name, which may hold blanks; nil if it has ended.
    private static func start(of number: Int32) -> String? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(number)/stat") else { return nil }
        let line = String(decoding: bytes, as: UTF8.self)
        let fields = line[(line.lastIndex(of: ")") ?? line.startIndex)...].split(separator: " ")
        // A zombie has ended; nobody has fetched its status yet.
        guard fields.count > 20, fields[1] != "Z" else { return nil }
        return String(fields[20])
    }
}
