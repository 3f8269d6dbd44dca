import Foundation
import Synchronization
import Testing

@testable import LuaRuntime

/// A hostile script of the folder `Hostile`, with what must become of it, as its first lines say.
struct HostileVector: Sendable, CustomTestStringConvertible {
    enum Expectation: Sendable, Equatable {
        /// It comes to its end: its own assertions have held.
        case done
        /// It raises an error whose description contains a text.
        case error(String)
        case cpu
        case memory
        /// It emits `up` and is then stopped from outside.
        case stopped
    }

    let name: String
    /// What it tries, for people.
    let summary: String
    /// What it tries it on: the functions and places that the sandbox replaces, removes or keeps.
    let rows: [String]
    let expectation: Expectation
    let source: String

    var testDescription: String { name }

    struct Malformed: Error {
        var file: String
        var reason: String
    }

    /// The vectors of the folder beside this file, by name.
    static func all() throws -> [HostileVector] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Hostile")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "lua" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { file in
                try HostileVector(
                    name: file.deletingPathExtension().lastPathComponent,
                    source: String(contentsOf: file, encoding: .utf8)
                )
            }
    }

    init(name: String, source: String) throws {
        var fields: [Substring: String] = [:]
        for line in source.split(separator: "\n") {
            guard let match = line.wholeMatch(of: #/-- (vector|row|expect): (.+)/#) else { break }
            fields[match.1] = String(match.2)
        }
        guard let summary = fields["vector"], let expected = fields["expect"] else {
            throw Malformed(file: name, reason: "it must begin with `-- vector: …` and `-- expect: …`")
        }
        self.name = name
        self.source = source
        self.summary = summary
        rows = fields["row"]?.split(separator: ", ").map(String.init) ?? []
        switch expected {
        case "done": expectation = .done
        case "cpu": expectation = .cpu
        case "memory": expectation = .memory
        case "stopped": expectation = .stopped
        case _ where expected.hasPrefix("error "): expectation = .error(String(expected.dropFirst(6)))
        default: throw Malformed(file: name, reason: "'\(expected)' is nothing to expect")
        }
    }

    /// Runs the script in a state of its own and says what is wrong with the outcome, if anything is.
    ///
    /// The limits are small, so that all of the scripts together take seconds; but where a script is to come to its end, it
    /// gets time enough for a slow machine and for a build that checks every access.
    func run() async throws -> String? {
        let sandbox = try await Sandbox {
            $0.memory = 8 << 20
            $0.cpuBetweenCalls = expectation == .cpu ? .milliseconds(50) : .seconds(20)
        }
        let task = Task { () async -> LuaError? in
            do throws(LuaError) {
                try await sandbox.run(source, name: "\(name).lua")
                return nil
            } catch {
                return error
            }
        }
        if expectation == .stopped {
            while sandbox.emitted.texts.withLock({ $0.isEmpty }) { await Task.yield() }
            task.cancel()
        }
        let error = await task.value
        let memory = await sandbox.vm.memory.peak
        if memory > 8 << 20 { return "it took \(memory) bytes" }
        if let error, Self.hasControls(error) { return "the error has control characters: \(error)" }
        switch expectation {
        case .done where error == nil: return nil
        case .error(let text) where error?.kind == .runtime || error?.kind == .syntax:
            return error?.description.contains(text) == true ? nil : "the error is: \(error?.description ?? "")"
        case .cpu where error?.kind == .cpu: return nil
        case .memory where error?.kind == .memory: return nil
        case .stopped where error?.kind == .stopped: return nil
        default: return error.map { "it ended with \($0.kind): \($0)" } ?? "it came to its end"
        }
    }

    private static func hasControls(_ error: LuaError) -> Bool {
        ([error.message, error.script ?? "", error.code ?? "", error.requestID ?? ""] + error.traceback)
            .contains {
                $0.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0.value == 0x7F }
            }
    }
}
