import Foundation
import Synchronization
import Testing

@testable import HeraldCommands

/// What people see of `herald repl`.
@Suite struct ReplTests {
    private let world: CapturedWorld

    init() throws {
        world = try CapturedWorld()
    }

    /// Evaluates lines that do not come from a terminal.
    private func evaluate(
        _ input: String,
        _ options: String...
    ) async -> (
        status: HeraldCommands.ExitStatus, output: String, error: String
    ) {
        let lines = Mutex(input.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...])
        var herald = world.herald
        herald.input = LineSource(isTerminal: false) { lines.withLock { $0.popFirst() } }
        let status = await HeraldCommand.run(["repl"] + options, in: herald)
        return (status, world.output.take(), world.error.take())
    }

    @Test(arguments: [
        ("1 + 1", "2\n"),
        ("=1 + 1", "2\n"),
        ("  = 'a'", "\"a\"\n"),
        ("1, nil, 'x'", "1\nnil\n\"x\"\n"),
        ("print('x')", "x\n"),
        ("return 5", "5\n"),
        ("x = 5", ""),
        ("-- nothing", ""),
        (".5 + 1", "1.5\n"),
        ("'a\\n\\1\"é'", "\"a\\n\\x01\\\"é\"\n"),
        ("'\\xff'", "\"\u{FFFD}\"\n"),
        ("{}", "{}\n"),
        ("{ 3, 2, b = 1, a = { true } }", "{ 3, 2, a = { true }, b = 1 }\n"),
        ("{ ['end'] = 1, [1.5] = 2, [0] = 3 }", "{ [0] = 3, [1.5] = 2, [\"end\"] = 1 }\n"),
        ("{ { { { { { { 1 } } } } } } }", "{ { { { { {…} } } } } }\n"),
        ("graph.groups['a'].threads", "/groups/a/threads\n"),
        ("json.decode '[1, null, []]'", "{ 1, json.null, {} }\n"),
        ("csv.parse 'id,name\\n1,Contoso\\n'", "1 row\n  [1] = { id = \"1\", name = \"Contoso\" }\n"),
        (
            "csv.parse 'id\\n1\\n2\\n3\\n4\\n'",
            "4 rows\n  [1] = { id = \"1\" }\n  [2] = { id = \"2\" }\n  [3] = { id = \"3\" }\n  …\n"
        ),
        ("print", "function\n"),
    ])
    func `an expression shows its values`(input: String, expected: String) async {
        let (status, output, error) = await evaluate(input)
        #expect(status == .done)
        #expect(output == expected)
        #expect(error == "")
    }

    @Test func `tables that hold themselves, long ones and wide ones are shown in bounds`() async {
        let cycle = await evaluate("a = {} a.a = a\na")
        #expect(cycle.output == "{ a = {…} (a table around this one) }\n")
        let long = await evaluate("table.pack(string.byte(('x'):rep(100), 1, 100))")
        #expect(long.output.contains("… (60 more)"))
        let nested = await evaluate(
            """
            local function make(n) local t = {} for i = 1, 40 do t[i] = n > 0 and make(n - 1) or i end return t end wide = make(2)
            wide
            """
        )
        #expect(nested.output.utf8.count < 40_000)
        let text = await evaluate("('é'):rep(400)")
        #expect(text.output.hasSuffix("é\"… (400 bytes more)\n"))
    }

    @Test func `globals stay, locals go, and input may go over several lines`() async {
        let (status, output, error) = await evaluate(
            """
            x = 1
            local y = 2
            y
            function f(a)
              return a + x

            end
            f(
              2)
            s = [[a
            b]]
            s
            """
        )
        #expect(status == .done)
        #expect(output == "nil\n3\n\"a\\nb\"\n")
        #expect(error == "")
    }

    @Test func `the first error ends what is not typed`() async {
        let (status, output, error) = await evaluate("x = {}\nfor i = 1, 2 do\n  x.y.z = i\nend\nprint('more')")
        #expect(status == .failed)
        #expect(output == "")
        #expect(
            error == """
                error: (input 2):2: attempt to index a nil value (field 'y')
                  2 |   x.y.z = i
                    |   ^

                """
        )
        let syntax = await evaluate("x y")
        #expect(syntax.status == .failed)
        #expect(syntax.error.hasPrefix("error: (input 1):1: syntax error near 'y'\n  1 | x y\n    |   ^\n"))
    }

    @Test func `an error shows the line of the input that it comes from, and who called it`() async {
        let (_, _, error) = await evaluate("function f()\n  error('boo')\nend\nx = f()")
        #expect(
            error == """
                error: (input 1):2: boo
                  2 |   error('boo')
                    |   ^
                traceback:
                  (input 1):2: in the function 'f'
                  (input 2):1: in the main chunk

                """
        )
    }

    @Test func `input that ends before it is complete is an error`() async {
        let (status, _, error) = await evaluate("f(")
        #expect(status == .failed)
        #expect(error == "error: the input ends before it is complete\n")
    }

    @Test func `a limit has its exit status`() async {
        let (status, _, error) = await evaluate("while true do end", "--limit-cpu", "0.1")
        #expect(status == .limit)
        #expect(error.contains("look for an endless loop"))
    }

    @Test func `commands begin with a dot`() async {
        let help = await evaluate(".help\n.nothing\n.quit\nerror('not reached')")
        #expect(help.status == .done)
        #expect(help.output.contains("Globals stay from line to line; a 'local' ends with its line."))
        #expect(help.error == "There is no .nothing; .help says what there is.\n")
    }

    @Test func `a session is one run, whose writes are kept`() async throws {
        try world.write("id,displayName\n29981b6a-0e57-42dc-94c9-cd24f5306196,Contoso Wellness\n", to: "groups.csv")
        #expect(await world.run("groups", "import", "groups.csv") == .done)
        _ = world.output.take()
        let session = await evaluate(
            """
            group = graph.groups[csv.read "groups.csv"[1].id]
            thread = group.threads:create { topic = "Rest", posts = { { body = text "Hello" } } }
            #group.threads:list().value
            """
        )
        #expect(session.output == "1\n", "\(session.error)")
        #expect(await world.run("runs", "--json") == .done)
        let runs = world.output.take()
        #expect(runs.contains("\"script\":\"(repl)\""))
        #expect(runs.contains("\"state\":\"finished\""))
    }

    @Test func `a file that has changed is read as it is now`() async throws {
        try world.write("id\n1\n", to: "a.csv")
        let lines = Mutex(["csv.read 'a.csv'[1].id", "csv.read 'a.csv'[1].id"][...])
        var herald = world.herald
        let world = world
        herald.input = LineSource(isTerminal: false) {
            lines.withLock { lines in
                if lines.count == 1 { try? world.write("id\n2\n", to: "a.csv") }
                return lines.popFirst()
            }
        }
        #expect(await HeraldCommand.run(["repl"], in: herald) == .done)
        #expect(world.output.take() == "\"1\"\n\"2\"\n")
    }

    @Test func `Tab completes names, one step at a time`() {
        let names = ["graph", "graph.get", "graph.groups", "print", "string", "string.gsub"]
        #expect(LineEditor.completions(of: "g", among: names) == ["graph"])
        #expect(LineEditor.completions(of: "graph.g", among: names) == ["graph.get", "graph.groups"])
        #expect(LineEditor.completions(of: "x", among: names).isEmpty)
    }

    @Test func `on a terminal, lines are edited, completed, dropped and kept`() async throws {
        let terminal = HeraldTerminal(folder: world.folder)
        let (status, screen) = try await terminal.run(
            "repl --limit-cpu 0.2",
            [
                .init(sign: "> ", keys: "x = 41\r"),
                .init(sign: "\n> ", keys: "prin\t(x + 1)\r"),
                .init(sign: "42\r\n> ", keys: "f(\u{3}"),
                .init(sign: "^C\r\n> ", keys: "{ x,\r"),
                .init(sign: ">> ", keys: "'é' }\r"),
                .init(sign: "{ 41, \"é\" }\r\n> ", keys: "while true do end\r"),
                .init(sign: "a new one is there.\r\n> ", keys: "x\r"),
                .init(sign: "nil\r\n> ", keys: "print 'asleep' time.sleep(20)\r"),
                .init(sign: "\nasleep\r\n", keys: "\u{3}"),
                .init(sign: "a new one is there.\r\n> ", keys: "\u{10}\u{10}\r"),
                .init(sign: "nil\r\n> ", keys: "\u{4}"),
            ]
        )
        #expect(status == 0, "\(screen)")
        #expect(screen.contains("error: (input 4):1: the script computed for longer"))
        let history = world.folder + "/state/repl-history"
        let permissions = try FileManager.default.attributesOfItem(atPath: history)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
        #expect(try String(contentsOfFile: history, encoding: .utf8).contains("41"))
    }
}
