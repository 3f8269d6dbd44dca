import ScriptHost

/// The folder that `herald new` writes, as text.
struct NewProject: Sendable {
    /// The name of the folder and of its script.
    let name: String
    let template: ScriptTemplate

    /// The files, by their paths in the folder.
    var files: [(path: String, text: String)] {
        var files = [("\(name).lua", template.script(named: name))]
        if template == .announce { files.append(("groups.csv", ScriptTemplate.groups)) }
        return files + [
            ("\(name)_test.lua", template.test(named: name)), (".luarc.json", Self.settings),
            ("types/herald.lua", LuaStubs().text), ("README.md", readme),
        ]
    }

    /// The commands to go on with, from the folder above.
    var steps: [String] {
        switch template {
        case .announce:
            [
                "herald groups import \(name)/groups.csv     # the embedded store has no groups of its own",
                "herald run \(name)/\(name).lua",
            ]
        case .automation, .report: ["herald run \(name)/\(name).lua"]
        }
    }

    /// The settings of lua-language-server.
    private static let settings = """
        {
          "runtime.version": "Lua 5.4",
          "runtime.builtin": { "io": "disable", "os": "disable", "debug": "disable", "package": "disable" },
          "runtime.path": ["?.lua", "?/init.lua"],
          "runtime.pathStrict": true,
          "workspace.library": ["types"],
          "diagnostics.globals": ["test", "expect"]
        }

        """

    private var readme: String {
        """
        # \(name)

        \(template.explanation)

        ```sh
        \(steps.map { $0.replacing("\(name)/", with: "") }.joined(separator: "\n"))
        ```

        | file | what it is |
        | --- | --- |
        | `\(name).lua` | the script |
        \(template == .announce ? "| `groups.csv` | the groups, one a row |\n" : "")\
        | `\(name)_test.lua` | its test |
        | `types/herald.lua`, `.luarc.json` | completion and checks in editors; `herald types` writes the former anew |

        """
    }
}
