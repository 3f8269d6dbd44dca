import GraphModel
import LuaRuntime

extension ScriptModule {
    /// What a file of tests finds besides the usual modules, in the order of the reference.
    package static let testing: [ScriptModule] = [.test, .expect, .clock, .store, .run]

    /// `test`: one test.
    static let test = ScriptModule(
        name: "test",
        summary: "Tests, which `herald test` executes each with a fresh sandbox, store, ledger and clock.",
        functions: [
            ScriptFunction(
                name: "",
                parameters: [
                    ScriptParameter("name", .string, summary: "What holds if the test passes."),
                    ScriptParameter("body", .function, summary: "The test; it fails when it raises an error."),
                ],
                summary:
                    "A test. What stands around the tests of a file is executed anew for each of them, so it can prepare them.",
                example: """
                    test("text is escaped", function()
                      expect.equal(text "R&D", text "R&D")
                    end)
                    """
            )
        ],
        primitives: [
            ScriptPrimitive(
                "test.begin",
                .immediate { context, json throws(HostError) in
                    let isWanted = try context.bench.begin(try ScriptArguments(json).string(0))
                    return JSONWriter.bytes { $0.boolean(isWanted) }
                }
            ),
            ScriptPrimitive(
                "test.finish",
                .immediate { context, _ throws(HostError) in
                    try context.bench.finish()
                    return ScriptReply.nothing
                }
            ),
        ],
        lua: """
            local host, globals, internal = ...
            local begin, finish = host["test.begin"], host["test.finish"]
            internal.modules.test = {
              [""] = function(name, body)
                if begin(internal.utf8(name)) then
                  body()
                  finish()
                end
              end,
            }
            """
    )

    /// `clock`: the time that the test sets.
    static let clock = ScriptModule(
        name: "clock",
        summary:
            "The test's clock, which stands still at 2026-01-15T08:30:00Z until it is moved; all that tells the time "
            + "follows it, and time.sleep moves it on instead of waiting.",
        functions: [
            ScriptFunction(
                name: "set",
                parameters: [
                    ScriptParameter("moment", .string, .integer, summary: "A moment, or seconds since 1970-01-01 UTC.")
                ],
                summary: "Sets the clock.",
                example: """
                    clock.set("2026-03-01T00:00:00Z")
                    expect.equal(time.iso(time.now()), "2026-03-01T00:00:00Z")
                    """,
                body: .immediate { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    guard let text = arguments[0].string else {
                        let seconds = try arguments.integer(0)
                        guard abs(seconds) < 250_000_000_000 else {
                            throw HostError(
                                code: "badArgument",
                                message: "clock.set: \(seconds) is beyond the year 9999"
                            )
                        }
                        try context.bench.clock.set(Int64(seconds) * 1_000_000)
                        return ScriptReply.nothing
                    }
                    guard let date = GraphDate(text) else {
                        throw HostError(
                            code: "badArgument",
                            message: "clock.set: '\(text.prefix(40))' is no moment; write it as 2026-01-15T08:30:00Z"
                        )
                    }
                    try context.bench.clock.set(date.microseconds)
                    return ScriptReply.nothing
                }
            ),
            ScriptFunction(
                name: "advance",
                parameters: [ScriptParameter("seconds", .number, summary: "How far; below 0 it goes back.")],
                summary: "Moves the clock on.",
                example: """
                    local before = time.now()
                    clock.advance(3600)
                    expect.equal(time.now() - before, 3600)
                    """,
                body: .immediate { context, json throws(HostError) in
                    let seconds = try ScriptArguments(json).number(0)
                    guard abs(seconds) < 250_000_000_000 else {
                        throw HostError(code: "badArgument", message: "clock.advance: \(seconds) s is too far")
                    }
                    try context.bench.clock.advance(seconds: seconds)
                    return ScriptReply.nothing
                }
            ),
        ]
    )

    /// `store`: what a test begins with.
    static let store = ScriptModule(
        name: "store",
        summary: "The test's store, which is empty when the test begins.",
        functions: [
            ScriptFunction(
                name: "groups",
                parameters: [
                    ScriptParameter(
                        "groups",
                        .table,
                        .string,
                        summary:
                            "Groups, each with a displayName and if need be other properties, or a CSV file's path."
                    )
                ],
                result: "string[] ids",
                summary: "Makes groups and gives their ids, in their order.",
                example: """
                    local ids = store.groups { { displayName = "Contoso Wellness", mailNickname = "wellness" } }
                    expect.equal(graph.groups[ids[1]]:get().displayName, "Contoso Wellness")
                    """,
                body: .waiting { context, json throws(HostError) in
                    let bench = try context.bench
                    let argument = try ScriptArguments(json)[0]
                    let groups: [Group]
                    if let path = argument.string {
                        groups = try await testGroups(file: path, context, bench)
                    } else {
                        groups = try testGroups(argument, created: GraphDate(microseconds: bench.clock.now))
                    }
                    try await bench.connections.importGroups(groups)
                    return JSONWriter.bytes(capacity: groups.count * 40) { writer in
                        writer.array { writer in
                            for group in groups { writer.string(group.id.text) }
                        }
                    }
                }
            )
        ]
    )

    private static func testGroups(
        file path: String,
        _ context: ScriptContext,
        _ bench: TestBench
    ) async throws(HostError) -> [Group] {
        let bytes = try await context.files.read(path)
        let table: CSVTable
        do throws(CSVFault) {
            table = try CSVTable(bytes, name: path)
        } catch {
            throw HostError(code: "badCSV", message: error.description)
        }
        return try bench.connections.groups(table)
    }

    private static func testGroups(_ list: JSONValue, created: GraphDate) throws(HostError) -> [Group] {
        guard let elements = list.elements else {
            throw HostError(
                code: "badArgument",
                message: #"store.groups takes a list of groups, as in store.groups { { displayName = "Contoso" } }"#
            )
        }
        var groups: [Group] = []
        for (index, element) in elements.enumerated() {
            let place = "store.groups: group \(index + 1)"
            guard case .object(let members) = element, !members.isEmpty else {
                throw HostError(
                    code: "badArgument",
                    message: "\(place) must be a table, as in { displayName = \"Contoso\" }"
                )
            }
            let id = members["id"]?.string.map { GroupID($0) } ?? GroupID.random()
            guard let id else {
                throw HostError(
                    code: "badArgument",
                    message: "\(place): the id is no GUID; leave it out to get a new one"
                )
            }
            guard let name = members["displayName"]?.string else {
                throw HostError(code: "badArgument", message: "\(place) needs a displayName, which is text")
            }
            var group = Group(
                id: id,
                displayName: name,
                mailNickname: members["mailNickname"]?.string ?? "group-" + id.text.prefix(8),
                created: created
            )
            for (member, value) in members where !["id", "displayName", "mailNickname"].contains(member) {
                try apply(value, of: member, to: &group, place)
            }
            if group.mail == nil { group.mail = group.mailNickname + "@contoso.example" }
            groups.append(group)
        }
        return groups
    }

    private static func apply(
        _ value: JSONValue,
        of member: String,
        to group: inout Group,
        _ place: String
    ) throws(HostError) {
        switch (member, value) {
        case ("mail", .string(let text)): group.mail = text
        case ("description", .string(let text)): group.description = text
        case ("visibility", .string(let text)): group.visibility = text
        case ("groupTypes", _) where value.elements != nil:
            group.groupTypes = (value.elements ?? []).compactMap(\.string)
        case ("createdDateTime", .string(let text)):
            guard let date = GraphDate(text) else {
                throw HostError(
                    code: "badArgument",
                    message: "\(place): '\(text.prefix(40))' is no createdDateTime; write it as 2026-01-15T08:30:00Z"
                )
            }
            group.created = date
        default:
            throw HostError(
                code: "badArgument",
                message:
                    "\(place): '\(member.prefix(40))' is no property that a group is made with, or not of its kind; "
                    + "they are id, displayName, mailNickname, mail, description, visibility, groupTypes and createdDateTime"
            )
        }
    }

    /// `run`: a script, as it would be run.
    static let run = ScriptModule(
        name: "run",
        summary: "Scripts, as they would be run.",
        functions: [
            ScriptFunction(
                name: "",
                isVariadic: true,
                result: "table outcome",
                summary:
                    "Runs a script below the folder, named first, with the arguments behind it, as `herald run` would, in a "
                    + "sandbox of its own on the test's store and clock. Gives output, log, sent, already, changed, failed and "
                    + "skipped (posts of announcements), writes (single ones), and if it failed error, with message, code, "
                    + "script and line.",
                example: """
                    store.groups "groups.csv"
                    local outcome = run("announce.lua")
                    expect.equal(outcome.error, nil)
                    expect.equal(outcome.failed, 0)
                    """
            )
        ],
        primitives: [
            ScriptPrimitive(
                "run.script",
                .waiting { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    let texts = arguments[1].elements?.compactMap(\.string) ?? []
                    return try await context.bench.connections.run(try arguments.string(0), texts).json
                }
            )
        ],
        lua: """
            local host, globals, internal = ...
            local script = host["run.script"]
            internal.modules.run = {
              [""] = function(path, ...)
                if type(path) ~= "string" then
                  internal.fail("badArgument", "run: the first argument must be a script's path, as in run(\\"announce.lua\\")")
                end
                local arguments = table.pack(...)
                for i = 1, arguments.n do arguments[i] = internal.utf8(tostring(arguments[i])) end
                arguments.n = nil
                return script(path, arguments)
              end,
            }
            """
    )
}

extension ScriptContext {
    /// What the test works on.
    fileprivate var bench: TestBench {
        get throws(HostError) {
            guard let testBench else {
                throw HostError(code: "notInTest", message: "this is for files that 'herald test' runs")
            }
            return testBench
        }
    }
}
