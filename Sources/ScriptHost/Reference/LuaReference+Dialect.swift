import LuaRuntime

// What is true of all scripts and stands in no module's description.

extension LuaReference {
    /// The sections behind the modules, in Markdown.
    static let dialect = """
        ## Differences from stock Lua 5.4

        Scripts are Lua 5.4. A function that Herald replaces does what the manual says, but for these differences, which make \
        a run repeatable and keep it within its limits.

        - **Globals.** Of Lua's own there are \(names(SandboxNames.base)), and the tables \
        \(names(SandboxNames.libraries.keys)). `string.dump` is not there; of `os` there are \
        \(names(SandboxNames.libraries["os"] ?? [])).
        - **`pairs`** goes through 1, 2, 3, … first, then through the other numbers, the strings byte by byte, `false` and \
        `true`, and then the rest. `next` keeps Lua's own order, which differs from run to run.
        - **Time and chance.** `os.time`, `os.date`, `os.clock`, `time.now` and `math.random` give the run's own values, \
        which are recorded: a run that is resumed is told the same ones. Dates are in UTC.
        - **`load`** takes text of up to 64 KiB as a string, no function and no bytecode; what it loads sees the script's \
        globals, unless a fourth argument gives others.
        - **`setmetatable`** refuses a metatable with `__gc`. `getmetatable` answers for tables only, and gives nil for all else.
        - **Addresses** are never shown: `tostring {}` is `table`, and `string.format` has no `%p`.
        - **`table`**: the functions look at what is in the table itself, without `__index`, `__newindex` and `__len`. \
        `table.move` moves up to 10,000,000 elements in a call.
        - **`string.rep`** refuses a result that is larger than the memory limit.
        - **`coroutine.close`** nests up to 16 deep: coroutines whose pending `__close` closes other ones.
        - **`collectgarbage`** knows `"collect"` and `"count"`.
        - **Waiting.** Functions that wait for something, such as `graph.get` and `time.sleep`, can be called in coroutines, \
        in `pcall`, in iterators and in metamethods; inside of `table.sort` and `string.gsub` they raise `cannotWait`.
        - **`print`** writes what is no UTF-8 as U+FFFD.

        ### JSON

        What crosses to a service, and `json.encode` and `json.decode`, follow RFC 8259 strictly, with these conventions.

        | Lua | JSON |
        | --- | --- |
        | integer | an integer of up to 64 bits, exactly; a larger one is an error, or text with `bigint = "string"` |
        | float | the shortest text that reads back the same, always with a point or an exponent: `1.0` |
        | NaN, infinity | an error |
        | string | UTF-8; other bytes are an error |
        | `json.null` | `null`; functions of `graph` leave out the members of answers that are null |
        | table with 1, 2, 3, … | an array; a hole is an error, and so is a member with a name |
        | table with strings | an object, its members in the order of their names, byte by byte |
        | empty table | `{}`, or `[]` if it is marked by `json.array` or was read as an array |
        | table with other integers | an error, unless it is marked by `json.object` |
        | function, coroutine, table in itself | an error that names the place |

        A name that stands twice in an object counts as it stands last. Values nest up to 128 deep.

        ## What a script may not do

        - Read files other than those below its own folder: by `csv.read`, `require` and the attachments of `announce`. A path \
        is relative, has no `..`, and no link leads out of the folder. A file has 256 MiB at most.
        - Write files, start processes, read the environment, or open connections. There is no `io`, `package`, `debug`, \
        `dofile`, `loadfile`, nor the rest of `os`.
        - Reach anything but the service that the run was started with, and that through `graph` and `announce` only.
        - Catch a limit: when one is passed, the script ends, whatever `pcall`, `__close` or coroutines there are.

        ## Limits

        | limit | default | option |
        | --- | --- | --- |
        \(limits.map { "| \($0.what) | \($0.value) | \($0.option.map { "`--limit-\($0)`" } ?? "") |" }.joined(separator: "\n"))

        A script may ask for less in the comments at its top, with the names of the options: `-- limit-memory 32`.

        A script that passes a limit ends with exit status 4. What was sent before stays sent, and stands in the ledger.
        """

    private static func names(_ names: some Sequence<String>) -> String {
        names.sorted().map { "`\($0)`" }.joined(separator: ", ")
    }

    private static let limits: [(what: String, value: String, option: String?)] = {
        let limits = ScriptLimits()
        return [
            ("memory", "\(limits.memory >> 20) MiB", "memory"),
            ("processor time between two calls of Herald's functions", seconds(limits.cpuBetweenCalls), "cpu"),
            ("processor time in all", seconds(limits.cpu), "total-cpu"),
            ("time by the clock, waiting included", seconds(limits.wall), "wall"),
            ("text written", "1 MiB on a terminal, else unlimited", "output"),
            ("requests under way at once", "\(limits.requests)", "requests"),
            ("source of a script or module", "\(limits.sourceSize >> 10) KiB", "source"),
            ("one JSON text", "\(limits.jsonSize >> 20) MiB", nil),
        ]
    }()

    private static func seconds(_ duration: Duration?) -> String {
        duration.map { "\($0.components.seconds) s" } ?? "unlimited"
    }
}
