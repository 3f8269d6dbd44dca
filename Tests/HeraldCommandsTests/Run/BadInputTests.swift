import Foundation
import GRDB
import GraphModel
import Testing

@testable import HeraldCommands

/// What is wrong is said with its place and a remedy, and nothing is announced.
@Suite struct BadInputTests {
    private static let wellness = "29981b6a-0e57-42dc-94c9-cd24f5306196"
    private static let books = "18f1a1e7-61cf-4a2e-9a37-0d5c1a1c9c0e"
    private static let unknown = "00000000-0000-4000-8000-000000000000"

    /// A script, or a file beside it, with a fault.
    struct Fault: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var script: String
        var list: [UInt8]
        var options: [String]
        var status: HeraldCommands.ExitStatus
        var says: [String]
        /// The source of `list.lua`.
        var module: String

        init(
            _ testDescription: String,
            script: String = BadInputTests.announcing(),
            list: String = "id,displayName\n\(wellness),Wellness\n",
            bytes: [UInt8]? = nil,
            options: [String] = [],
            status: HeraldCommands.ExitStatus = .failed,
            says: [String],
            module: String = ""
        ) {
            self.testDescription = testDescription
            self.script = script
            self.list = bytes ?? Array(list.utf8)
            self.options = options
            self.status = status
            self.says = says
            self.module = module
        }
    }

    private static func announcing(
        to: String = #"csv.read "list.csv""#,
        topic: String = #""Rest""#,
        body: String = #"html "Hello {{displayName}}""#,
        more: String = ""
    ) -> String {
        "announce {\n  name = \"rest\",\n  to = \(to),\n  topic = \(topic),\n  body = \(body),\n  \(more)\n}\n"
    }

    private let world: CapturedWorld

    init() async throws {
        world = try CapturedWorld()
        try world.write(
            "id,displayName,mail\n\(Self.wellness),Wellness,w@contoso.example\n\(Self.books),Books,b@contoso.example\n",
            to: "groups.csv"
        )
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        _ = world.output.take()
    }

    static let faults: [Fault] = [
        Fault(
            "a syntax error",
            script: "local a = 1\nlocal b = = 2\n",
            says: ["script.lua:2: ", "  2 | local b = = 2\n", "    |           ^\n"]
        ),
        Fault(
            "an error deep in a callback",
            script: """
                local function greet(group)
                  return html("Hello " .. group.nickname)
                end
                announce { name = "rest", to = csv.read "list.csv", topic = "Rest", body = greet }
                """,
            says: ["script.lua:2: ", "nickname", "traceback:", "script.lua:4:"]
        ),
        Fault(
            "a misspelt module",
            script: "anounce { name = 'rest' }",
            says: ["script.lua:1: attempt to call a nil value (global 'anounce')", "hint: did you mean 'announce'?"]
        ),
        Fault(
            "a misspelt method",
            script: "print(('a,b'):spilt(','))",
            says: ["method 'spilt'", "hint: did you mean 'split'?"]
        ),
        Fault(
            "a library that scripts do not have",
            script: "local f = io.open 'x'",
            says: ["global 'io'", "hint: scripts read files with csv.read"]
        ),
        Fault(
            "an error in a module of the script's",
            script: "require 'list'",
            says: [
                "list.lua:2: attempt to index a nil value", "  2 | return t.x.y", "script.lua:1: in the main chunk",
            ],
            module: "local t = {}\nreturn t.x.y\n"
        ),
        Fault(
            "a list that is missing",
            script: announcing(to: #"csv.read "none.csv""#),
            says: [
                "script.lua:3: ", "none.csv: no such file beside the script",
            ]
        ),
        Fault("a list without ids", list: "name\nWellness\n", says: ["list.csv has no column 'id'", "name"]),
        Fault("a ragged row", list: "id,displayName\n\(wellness)\n", says: ["list.csv:2:", "displayName"]),
        Fault(
            "a list in UTF-16",
            bytes: [0xFF, 0xFE, 0x69, 0, 0x64, 0],
            says: ["list.csv:1:1: this looks like UTF-16"]
        ),
        Fault(
            "a list in Latin-1",
            bytes: Array("id,displayName\n\(wellness),Caf".utf8) + [0xE9, 0x0A],
            says: ["list.csv:2:41: found the byte 0xE9", "CSV UTF-8"]
        ),
        Fault(
            "an id that is no GUID",
            list: "id,displayName\n\(wellness),Wellness\nbooks,Books\n",
            says: ["nothing was sent", "list.csv:3: 'books' is no group id"]
        ),
        Fault("an empty list", list: "id,displayName\n", says: ["the list of targets of 'rest' is empty"]),
        Fault("an empty list in the script", script: announcing(to: "{}"), says: ["'rest' is empty; nothing was sent"]),
        Fault(
            "a missing variable",
            list: "id\n\(wellness)\n",
            says: [
                "{{displayName}} is missing", wellness, "list.csv:2",
            ]
        ),
        Fault(
            "a long topic",
            script: announcing(topic: #"("x"):rep(256)"#),
            says: ["the topic has 256 characters; 255 are allowed", "list.csv:2"]
        ),
        Fault(
            "a participant without an address",
            script: announcing(more: #"participants = { "adele" },"#),
            says: ["participant 1, 'adele'"]
        ),
        Fault("an unknown field", script: announcing(more: #"topik = "Rest","#), says: ["'topik'", "'topic'"]),
        Fault(
            "an endless loop",
            script: "while true do end",
            options: ["--limit-cpu", "0.1"],
            status: .limit,
            says: ["script.lua:1", "--limit-cpu"]
        ),
        Fault(
            "a hog of memory",
            script: "local t = {}\nfor i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end",
            options: ["--limit-memory", "4"],
            status: .limit,
            says: ["memory", "--limit-memory"]
        ),
        Fault(
            "more time than was given",
            script: "while true do time.now() end",
            options: ["--limit-wall", "0.2"],
            status: .limit,
            says: ["--limit-wall"]
        ),
        Fault(
            "a file above the script's",
            script: #"csv.read "../secret""#,
            says: [
                "../secret: a script reads files below its own folder only"
            ]
        ),
        Fault(
            "a file of the system's",
            script: #"csv.read "/etc/passwd""#,
            says: [
                "/etc/passwd: a script reads files below its own folder only"
            ]
        ),
    ]

    @Test("is refused with its place, and nothing is announced", arguments: faults)
    func refuses(fault: Fault) async throws {
        try world.write(fault.script, to: "script.lua")
        try world.write(fault.module, to: "list.lua")
        try Data(fault.list).write(to: URL(filePath: world.folder).appending(path: "list.csv"))
        #expect(await HeraldCommand.run(["run"] + fault.options + ["script.lua"], in: world.herald) == fault.status)
        let report = world.error.text
        for part in fault.says { #expect(report.contains(part)) }
        #expect(world.output.text.isEmpty)
        #expect(try world.store.count("conversation") == 0)
    }

    @Test func `a script that is not there is named`() async throws {
        #expect(await world.run("run", "none.lua") == .failed)
        #expect(world.error.text == "herald: none.lua: there is no such file.\n")
    }

    @Test func `a group that is not there is listed, and the others are announced to`() async throws {
        try world.write("id,displayName\n\(Self.unknown),Nobody\n\(Self.wellness),Wellness\n", to: "list.csv")
        try world.write(Self.announcing(), to: "script.lua")
        #expect(await world.run("run", "script.lua") == .targetsFailed)
        #expect(world.error.text.contains("rest: 1 announced, 1 failed"))
        #expect(world.error.text.contains("  failed Nobody (\(Self.unknown)) (Request_ResourceNotFound): "))
        #expect(try world.store.count("conversation") == 1)
    }

    @Test func `a group that stands in the list twice gets one post, and that is said`() async throws {
        let id = Self.wellness
        try world.write("id,displayName\n\(id),Wellness\n\(id.uppercased()),Wellness\n", to: "list.csv")
        try world.write(Self.announcing(), to: "script.lua")
        #expect(await world.run("run", "script.lua") == .done)
        #expect(world.error.text.contains("rest: 1 announced, none failed, 1 entry named a group twice"))
        #expect(try world.store.count("conversation") == 1)
    }

    @Test func `the JSON report has standard output for itself`() async throws {
        try world.write(
            "print 'hello'\n" + Self.announcing(to: "{ '\(Self.wellness)' }", body: "text 'Rest'"),
            to: "a.lua"
        )
        #expect(await world.run("run", "--json", "a.lua") == .done)
        let report = try JSONReader.read(Array(world.output.text.utf8)) { try JSONValue(from: &$0) }
        #expect(report["state"] == .string("finished"))
        #expect(world.error.text.hasPrefix("hello\n"))
    }

    @Test func `a state folder that cannot be made is named`() async throws {
        try world.write("", to: "file")
        try world.write("print 'never'", to: "a.lua")
        #expect(await world.run("run", "--store", "file/graph.sqlite", "a.lua") == .failed)
        #expect(world.error.text.contains(world.folder + "/file"))
        #expect(world.output.text.isEmpty)
    }

    @Test func `a store written by a newer version is refused and left as it is`() async throws {
        let path = world.folder + "/state/graph.sqlite"
        let queue = try DatabaseQueue(path: path)
        try await queue.write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('9999')")
        }
        try queue.close()
        let before = try Data(contentsOf: URL(filePath: path))
        try world.write(Self.announcing(), to: "a.lua")
        #expect(await world.run("run", "a.lua") == .failed)
        #expect(world.error.text.contains("newer version"))
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
}
