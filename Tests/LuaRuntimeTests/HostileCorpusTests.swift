import Foundation
import Testing

@testable import LuaRuntime

/// Every script of the folder `Hostile`, alone and beside all the others.
@Suite struct HostileCorpusTests {
    @Test func triage() async throws {
        let wanted = Set((ProcessInfo.processInfo.environment["TRIAGE"] ?? "").split(separator: ",").map(String.init))
        for vector in try HostileVector.all() where wanted.contains(vector.name) {
            let clock = ContinuousClock()
            var problem: String?
            let time = try await clock.measure { problem = try await vector.run() }
            print("TRIAGE \(vector.name) \(time) \(problem ?? "ok")")
        }
    }

    /// What runs inside of liblua's matcher, where no limit reaches it.
    static let waitingForMatcher: Set<String> = [
        "find-backtracks", "find-plain-quadratic", "gmatch-anchored-tail", "gmatch-backtracks", "gsub-backtracks",
        "gsub-balance", "gsub-through-chain", "match-backtracks",
    ]

    /// Library functions that take long within one call, or say too much, and why.
    static let waitingForLibrary: [String: String] = [
        "format-long-scan": "string.format looks through a whole text for each %.1s and does not look at the limits",
        "numbers-of-long-texts": "liblua reads each argument as a number, megabytes of zeros included",
        "randomseed-address": "math.randomseed gives back the address of the state",
        "sort-long-texts": "table.sort compares megabytes at each step, and no hook runs between them",
        "sort-through-chain": "table.sort asks __index for each element, and no hook runs in between",
    ]

    /// Loops inside of the VM, where no hook runs: only the end of the process ends them, and they would outlast any test.
    static let endsTheProcess: [String: String] = [
        "call-leads-to-itself": "the VM looks for a function behind __call for ever",
        "ephemeron-tables": "the collector goes through all weak tables again for each that it finds alive",
        "table-collisions": "a table that grows looks each of its keys up in a chain of all the others",
    ]

    /// The names of the vectors that are not run here.
    static let skipped = waitingForMatcher.union(waitingForLibrary.keys).union(endsTheProcess.keys)

    static let runnable: [HostileVector] = {
        // A vector that cannot be read fails the test of the corpus.
        (try? HostileVector.all())?.filter { !skipped.contains($0.name) } ?? []
    }()

    @Test("a hostile script comes to the end that is right for it", arguments: runnable)
    func alone(vector: HostileVector) async throws {
        let problem = try await vector.run()
        #expect(problem == nil, "\(vector.summary)")
    }

    @Test func `hostile scripts side by side do not disturb one another`() async throws {
        var random = SeededRandom(seed: 20)
        try await withThrowingTaskGroup(of: (String, String?).self) { group in
            for vector in Self.runnable.shuffled(using: &random) {
                group.addTask { (vector.name, try await vector.run()) }
            }
            for try await (name, problem) in group { #expect(problem == nil, "\(name)") }
        }
        #expect(try await Sandbox().run("emit(later(('x'):rep(3)))") == [#"[["xxx"]]"#])
    }

    @Test func `the corpus is whole`() throws {
        let vectors = try HostileVector.all()
        #expect(vectors.count >= 180)
        #expect(Set(vectors.map(\.summary)).count == vectors.count)
        let names = Set(vectors.map(\.name))
        #expect(Self.skipped.isSubset(of: names))
        #expect(Self.runnable.count == vectors.count - Self.skipped.count)
    }

    /// What a sandbox of Lua 5.4 has to keep, replace or remove, by name.
    static let rows =
        """
        assert error ipairs next pairs pcall rawequal rawget rawlen rawset select tonumber type _VERSION xpcall
        getmetatable setmetatable tostring string.format print load collectgarbage dofile loadfile require package io
        debug warn os.execute os.exit os.getenv os.remove os.rename os.tmpname os.setlocale os.time os.clock os.date
        os.difftime string.dump string.rep string.find string.match string.gmatch string.gsub string.upper string.lower
        string.reverse table.move table.insert table.remove table.concat table.sort table.unpack table.pack math.random
        math.randomseed utf8.char utf8.len utf8.codes utf8.codepoint utf8.offset string.byte string.char string.sub
        string.pack string.packsize string.unpack coroutine.create coroutine.status coroutine.running
        coroutine.isyieldable coroutine.yield coroutine.resume coroutine.wrap coroutine.close _G _ENV registry
        """.split(whereSeparator: \.isWhitespace).map(String.init) + ["string metatable"]

    @Test func `what a sandbox must decide about is tried by some script`() throws {
        let tried = Set(try HostileVector.all().flatMap(\.rows))
        #expect(Set(Self.rows).subtracting(tried) == [])
    }
}
