import Foundation
import GraphModel
import Testing

@testable import HeraldCommands

@Suite struct SuppressCommandTests {
    private static let wellness = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let books = "18f1a1e7-61cf-4a2e-9a37-0d5c1a1c9c0e"
    private static let other = "00000000-0000-4000-8000-000000000000"

    private let world: CapturedWorld

    init() throws { world = try CapturedWorld() }

    private func importGroups() async throws {
        try world.write(
            "id,displayName,mail\n\(Self.wellness),Wellness,w@contoso.example\n\(Self.books),Books,b@contoso.example\n",
            to: "groups.csv"
        )
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        _ = world.output.take()
    }

    private func list() throws -> String {
        try String(contentsOfFile: world.folder + "/state/suppressed.csv", encoding: .utf8)
    }

    @Test func `groups are added by id, by name and by address, and taken away again`() async throws {
        try await importGroups()
        #expect(await world.run("suppress", "add", Self.wellness, Self.other, "--reason", "asked, \"twice\"") == .done)
        #expect(
            world.output.take()
                == "left out from now on: \(Self.wellness) Wellness\nleft out from now on: \(Self.other)\n"
        )
        #expect(world.error.take().contains("No group \(Self.other) is known there"))
        #expect(await world.run("suppress", "add", "b@contoso.example", "Wellness") == .done)
        #expect(
            world.output.take()
                == "left out from now on: \(Self.books) Books\nleft out already: \(Self.wellness) Wellness\n"
        )
        #expect(
            try list() == """
                id,displayName,reason,addedAt,addedBy
                \(Self.wellness),Wellness,"asked, ""twice""\",2026-01-02T03:04:05Z,Adele Vance
                \(Self.other),,"asked, ""twice""\",2026-01-02T03:04:05Z,Adele Vance
                \(Self.books),Books,,2026-01-02T03:04:05Z,Adele Vance

                """
        )
        #expect(await world.run("suppress", "remove", "wellness", Self.other) == .done)
        #expect(
            world.output.take() == "left out no longer: \(Self.wellness) Wellness\nleft out no longer: \(Self.other)\n"
        )
        #expect(await world.run("suppress", "list", "--json") == .done)
        #expect(
            world.output.take()
                == #"{"value":[{"id":"\#(Self.books)","displayName":"Books","reason":"","addedAt":"2026-01-02T03:04:05Z","addedBy":"Adele Vance"}]}"#
                + "\n"
        )
    }

    @Test func `the list is shown to people`() async throws {
        #expect(await world.run("suppress", "list") == .done)
        #expect(world.output.take().isEmpty && world.error.take() == "No group is left out.\n")
        #expect(await world.run("suppress", "add", Self.books, "--reason", "a") == .done)
        // Where there is no store, none is made to look a name up.
        #expect(!FileManager.default.fileExists(atPath: world.folder + "/state/graph.sqlite"))
        _ = world.output.take()
        #expect(await world.run("suppress", "list") == .done)
        #expect(world.output.take().contains("\(Self.books)        a       2026-01-02  Adele Vance\n"))
    }

    @Test func `what cannot be done changes nothing`() async throws {
        try await importGroups()
        #expect(await world.run("suppress", "add", Self.books, "Nobody") == .failed)
        #expect(world.error.take().contains("There is no group 'Nobody'"))
        #expect(!FileManager.default.fileExists(atPath: world.folder + "/state/suppressed.csv"))
        #expect(await world.run("suppress", "add", Self.books) == .done)
        #expect(await world.run("suppress", "remove", "Books", "Wellness") == .failed)
        #expect(world.error.take().contains("'Wellness' is not on the list; it stays as it was."))
        #expect(try list().contains(Self.books))
        #expect(await world.run("suppress", "add") == .usage)
    }

    @Test func `two at once lose nothing of each other`() async throws {
        let ids = (0..<24).map { _ in GroupID.random().text }
        await withTaskGroup(of: Void.self) { tasks in
            for id in ids { tasks.addTask { #expect(await world.run("suppress", "add", id) == .done) } }
        }
        #expect(try list().split(separator: "\n").count == 25)
        #expect(try await audit().count == 24)
    }

    // MARK: The record

    private func audit() async throws -> [JSONValue] {
        _ = world.output.take()
        #expect(await world.run("audit", "export") == .done)
        return try world.output.take().split(separator: "\n").map { try JSONValue(Array($0.utf8)) }
            .filter { $0["event"]?.string?.hasPrefix("suppression.") == true }
    }

    @Test func `what is changed in the list stands in the audit trail, and what changes nothing does not`() async throws
    {
        try await importGroups()
        #expect(await world.run("suppress", "add", Self.wellness, "Books", "--reason", "asked") == .done)
        let hash = SHA256.hash(Array(try list().utf8)).hexadecimal
        #expect(await world.run("suppress", "add", Self.books) == .done)
        #expect(await world.run("suppress", "remove", "Nobody") == .failed)
        #expect(await world.run("suppress", "remove", Self.books) == .done)
        let entries = try await audit()
        #expect(entries.map { $0["event"]?.string } == ["suppression.added", "suppression.removed"])
        #expect(entries.allSatisfy { $0["actor"]?.string == "Adele Vance" })
        let details = try entries.map { entry in try JSONValue(Array(entry["detail"]?.string?.utf8 ?? "".utf8)) }
        let added = details[0]
        #expect(added["groups"]?.elements?.map { $0["id"]?.string } == [Self.wellness, Self.books])
        #expect(added["groups"]?.elements?.last?["displayName"]?.string == "Books")
        #expect(added["groups"]?.elements?.first?["reason"]?.string == "asked")
        #expect(added["listHash"]?.string == hash)
        #expect(details[1]["groups"]?.elements?.map { $0["id"]?.string } == [Self.books])
        #expect(await world.run("audit", "verify") == .done)
        #expect(await world.run("audit", "show") == .done)
    }

    @Test func `what cannot be recorded is not done`() async throws {
        try await importGroups()
        #expect(await world.run("suppress", "add", Self.books) == .done)
        let before = try list()
        try world.write("no database", to: "state/ledger.sqlite")
        #expect(await world.run("suppress", "add", Self.wellness) == .failed)
        #expect(world.error.take().contains("ledger.sqlite: the file is damaged"))
        #expect(await world.run("suppress", "remove", Self.books) == .failed)
        #expect(try list() == before)
    }

    // MARK: Runs

    private static let script = """
        local r = announce { name = "a", to = csv.read "groups.csv", topic = "T", body = text "B" }
        print(r.targets, r.sent, r.excluded)
        """

    @Test func `a run leaves them out and says how many`() async throws {
        try await importGroups()
        try world.write(Self.script, to: "a.lua")
        #expect(await world.run("suppress", "add", Self.books) == .done)
        _ = world.output.take()
        _ = world.error.take()
        #expect(await world.run("run", "a.lua") == .done)
        #expect(world.output.take() == "1\t1\t1\n")
        let said = world.error.take()
        #expect(said.contains("a: 1 announcement: 1 new, 1 left out"))
        #expect(said.contains("a: 1 announced, 1 left out, none failed"))
        #expect(await world.run("show", "last", "--json") == .done)
        #expect(world.output.take().contains("\"excluded\":1"))

        #expect(await world.run("suppress", "remove", "Books") == .done)
        _ = world.output.take()
        #expect(await world.run("run", "a.lua") == .done)
        #expect(world.output.take() == "2\t1\t0\n")
    }

    @Test func `a list that cannot be read stops a run before anything is sent`() async throws {
        try await importGroups()
        try world.write(Self.script, to: "a.lua")
        for (text, says) in [
            ("id\n\(Self.books)\nnonsense\n", "suppressed.csv:3: \"nonsense\" is no group id"),
            ("name\nx\n", "suppressed.csv:1:1: expected a column \"id\""),
        ] {
            try world.write(text, to: "state/suppressed.csv")
            #expect(await world.run("run", "a.lua") == .failed)
            #expect(world.error.take().contains(says))
            #expect(await world.run("suppress", "add", Self.books) == .failed)
            #expect(world.error.take().contains(says))
        }
        #expect(world.output.take().isEmpty)
        #expect(try world.store.count("post") == 0)
    }

    // MARK: Other content

    @Test func `content that is to be left alone is no failure`() async throws {
        try await importGroups()
        let script = { (text: String, more: String) in
            "announce { name = 'a', to = csv.read 'groups.csv', topic = 'T', body = '\(text)', \(more) }"
        }
        try world.write(script("one", ""), to: "a.lua")
        #expect(await world.run("run", "a.lua") == .done)
        try world.write(script("two", ""), to: "a.lua")
        #expect(await world.run("run", "a.lua") == .targetsFailed)
        try world.write(script("two", "onChange = 'skip'"), to: "a.lua")
        _ = world.error.take()
        #expect(await world.run("run", "a.lua") == .done)
        #expect(world.error.take().contains("2 skipped by the script, none failed"))
        try world.write(script("two", "onChange = 'reply'"), to: "a.lua")
        #expect(await world.run("run", "a.lua") == .done)
        #expect(world.error.take().contains("a: 2 announced, none failed"))
        #expect(try world.store.count("post") == 4)
        #expect(try world.store.count("conversation") == 2)
    }

    @Test func `a resumed run sends the file as it was`() async throws {
        try await importGroups()
        try world.write(
            """
            announce { name = "a", to = csv.read "groups.csv", topic = "T", body = text "B", attachments = { "a.txt" },
              waves = { 1, "rest" }, stopAbove = "0%", confirm = true }
            """,
            to: "a.lua"
        )
        try world.write("as it was", to: "a.txt")
        // Nobody is there to let the second wave begin.
        #expect(await world.run("run", "a.lua") == .targetsFailed)
        #expect(try world.store.count("post") == 1)
        try world.write("changed since", to: "a.txt")
        #expect(await world.run("resume", "last", "--yes") == .done)
        #expect(try world.store.count("post") == 2)
        #expect(try world.store.texts(of: "attachment", "bytes") == ["as it was", "as it was"])
    }
}
