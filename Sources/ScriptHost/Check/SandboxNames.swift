/// What a script finds in its globals besides the modules; a test holds it against the sandbox itself.
enum SandboxNames {
    /// The functions and values of the basic library.
    static let base: Set<String> = [
        "_G", "_VERSION", "assert", "collectgarbage", "error", "getmetatable", "ipairs", "load", "next", "pairs",
        "pcall",
        "rawequal", "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall",
    ]

    /// The members of the library tables.
    static let libraries: [String: Set<String>] = [
        "string": [
            "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize", "rep",
            "reverse", "sub", "unpack", "upper",
        ],
        "table": ["concat", "insert", "move", "pack", "remove", "sort", "unpack"],
        "math": [
            "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max",
            "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "randomseed", "sin", "sqrt", "tan",
            "tointeger", "type", "ult",
        ],
        "utf8": ["char", "charpattern", "codepoint", "codes", "len", "offset"],
        "os": ["clock", "date", "difftime", "time"],
        "coroutine": ["close", "create", "isyieldable", "resume", "running", "status", "wrap", "yield"],
    ]

    /// What other Lua programs use, and what a script of Herald's uses instead.
    static let replacements = [
        "io": "scripts read files with csv.read and write with print",
        "dofile": "scripts load modules of their own with require",
        "loadfile": "scripts load modules of their own with require",
        "package": "scripts load modules of their own with require",
        "loadstring": "Lua 5.4 calls it 'load'",
        "unpack": "Lua 5.4 calls it 'table.unpack'",
        "arg": "the arguments are in 'args'",
        "debug": "scripts have no debug library",
    ]
}
