import Foundation

/// Why a script did not come to its end.
package struct LuaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of thing happened.
    package enum Kind: Sendable, Equatable {
        /// The text is no Lua.
        case syntax
        /// An error was raised and not caught.
        case runtime
        /// The script took more memory than it may.
        case memory
        /// The script computed for longer than it may between two host calls.
        case cpu
        /// The script used more processor time in all than it may.
        case totalCPU
        /// The script took longer than it may by the clock.
        case wall
        /// The script wrote more than it may.
        case output
        /// The script waited for more host calls at once than it may.
        case requests
        /// Somebody stopped it.
        case stopped
        /// The text is longer than it may be.
        case sourceSize
    }

    package var kind: Kind
    /// What went wrong, without the place.
    package var message: String
    /// The script's name, if the place is known.
    package var script: String?
    /// The line, counted from 1.
    package var line: Int?
    /// The calls that were under way, innermost first, in terms of the script.
    package var traceback: [String] = []
    /// What an error object carried.
    package var code: String?
    package var status: Int?
    package var requestID: String?

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// Whether a limit ended the script.
    package var isLimit: Bool {
        switch kind {
        case .memory, .cpu, .totalCPU, .wall, .output, .requests, .sourceSize: true
        case .syntax, .runtime, .stopped: false
        }
    }

    package var description: String {
        guard let script else { return message }
        return "\(script):\(line.map { "\($0):" } ?? "") \(message)"
    }
}

extension LuaError {
    /// Reads the description that the shim made of an error.
    init(description: [UInt8]) {
        struct Description: Decodable {
            var message: String?
            var script: String?
            var line: Int?
            var traceback: [String]?
            var code: String?
            var status: Int?
            var requestId: String?
        }
        guard let found = try? JSONDecoder().decode(Description.self, from: Data(description)) else {
            self.init(.runtime, "an error that cannot be described")
            return
        }
        self.init(found.code == "syntax" ? .syntax : .runtime, found.message ?? "an error without a message")
        script = found.script
        line = found.line
        traceback = found.traceback ?? []
        code = found.code
        status = found.status
        requestID = found.requestId
        if kind == .syntax { splitPlace() }
    }

    /// The compiler's messages begin with the place: `announce.lua:3: …`.
    private mutating func splitPlace() {
        guard let match = message.firstMatch(of: #/^(.*?):(\d+): /#) else { return }
        script = String(match.1)
        line = Int(match.2)
        message.removeSubrange(match.range)
        code = nil
    }
}
