package import GraphModel
package import LuaRuntime
import Synchronization

/// What a file of tests works on while one of its tests is executed.
///
/// A file is executed once for each of its tests, from its beginning and in a fresh sandbox; the other tests are passed
/// over. So no test can see what another one has left, and one that a limit ends takes no other one with it.
package final class TestBench: Sendable {
    /// How a test came into being.
    package enum Progress: Sendable, Equatable {
        /// The file has not come to it.
        case ahead
        case underWay(name: String)
        case passed(name: String)
    }

    /// What the bench is connected to.
    package struct Connections: Sendable {
        /// Puts groups into the test's store.
        package var importGroups: @Sendable ([Group]) async throws(HostError) -> Void
        /// Reads the groups of a table.
        package var groups: @Sendable (CSVTable) throws(HostError) -> [Group]
        /// Runs a script of the folder, by its path, with its arguments.
        package var run: @Sendable (String, [String]) async throws(HostError) -> ScriptOutcome

        package init(
            importGroups: @escaping @Sendable ([Group]) async throws(HostError) -> Void,
            groups: @escaping @Sendable (CSVTable) throws(HostError) -> [Group],
            run: @escaping @Sendable (String, [String]) async throws(HostError) -> ScriptOutcome
        ) {
            self.importGroups = importGroups
            self.groups = groups
            self.run = run
        }
    }

    private struct State {
        var progress = Progress.ahead
        var found = 0
        var seen = 0
    }

    /// The test's clock.
    package let clock: TestClock
    let connections: Connections
    private let wanted: Int
    private let filter: String?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - wanted: Which of the file's tests is to be executed, counted from 1 among those that fit the filter.
    ///   - filter: What a test's name must have in it, in any letter case; nil for any.
    ///   - clock: The test's clock.
    ///   - connections: The test's store and the scripts.
    package init(wanted: Int, filter: String?, clock: TestClock, connections: Connections) {
        self.wanted = wanted
        self.filter = filter?.lowercased()
        self.clock = clock
        self.connections = connections
    }

    /// How far the wanted test has come.
    package var progress: Progress { state.withLock { $0.progress } }
    /// How many tests that fit the filter the file has named so far.
    package var found: Int { state.withLock { $0.found } }
    /// How many tests the file has named so far.
    package var seen: Int { state.withLock { $0.seen } }

    /// Told of each test that the file names; true if it is to be executed.
    func begin(_ name: String) throws(HostError) -> Bool {
        let inside: String? = state.withLock { state in
            guard case .underWay(let other) = state.progress else { return nil }
            return other
        }
        if let inside {
            throw HostError(
                code: "badArgument",
                message:
                    "test: '\(name.prefix(80))' stands inside the test '\(inside.prefix(80))'; tests stand side by side"
            )
        }
        return state.withLock { state in
            state.seen += 1
            if let filter, !name.lowercased().contains(filter) { return false }
            state.found += 1
            guard state.found == wanted else { return false }
            state.progress = .underWay(name: name)
            return true
        }
    }

    func finish() {
        state.withLock { state in
            if case .underWay(let name) = state.progress { state.progress = .passed(name: name) }
        }
    }
}

/// What came of a script that a test has run.
package struct ScriptOutcome: Sendable {
    /// What it printed.
    package var output = ""
    /// What it logged, a line for each message.
    package var log = ""
    /// Posts of its announcements, summed up.
    package var sent = 0
    package var already = 0
    package var changed = 0
    package var failed = 0
    package var skipped = 0
    /// Its single writes that succeeded.
    package var writes = 0
    /// Why it did not come to its end.
    package var error: LuaError?

    package init() {}

    /// The table that the test gets.
    var json: [UInt8] {
        JSONWriter.bytes(capacity: output.utf8.count + log.utf8.count + 256) { writer in
            writer.object { writer in
                writer.member("output", output)
                writer.member("log", log)
                writer.member("sent", sent)
                writer.member("already", already)
                writer.member("changed", changed)
                writer.member("failed", failed)
                writer.member("skipped", skipped)
                writer.member("writes", writes)
                guard let error else { return }
                writer.name("error")
                writer.object { writer in
                    writer.member("message", error.message)
                    if let code = error.code { writer.member("code", code) }
                    if let script = error.script { writer.member("script", script) }
                    if let line = error.line { writer.member("line", line) }
                }
            }
        }
    }
}
