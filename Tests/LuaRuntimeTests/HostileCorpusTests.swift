import Foundation
import Testing

@testable import LuaRuntime

/// Every script of the folder `Hostile`, alone and beside all the others.
@Suite struct HostileCorpusTests {
    /// One call into liblua, and why it takes long: only the end of the process ends it before it comes back.
    ///
    /// They are not run here, where they would take the other tests with them, or outlast them.
    static let endsTheProcess: [String: String] = [
        "call-leads-to-itself": "the VM looks for a function behind __call for ever",
        "ephemeron-tables": "the collector goes through all weak tables again for each that it finds alive",
        "numbers-of-long-texts": "each argument is read as a number, megabytes of zeros included",
        "table-collisions": "a table that grows looks each of its keys up in a chain of all the others",
    ]

    static let runnable: [HostileVector] = {
        // A vector that cannot be read fails the test of the corpus.
        (try? HostileVector.all())?.filter { endsTheProcess[$0.name] == nil } ?? []
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
        #expect(names.isSuperset(of: Self.endsTheProcess.keys))
        #expect(Self.runnable.count == vectors.count - Self.endsTheProcess.count)
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
