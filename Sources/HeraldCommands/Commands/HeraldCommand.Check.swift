import ArgumentParser
import Foundation
import LuaRuntime
import ScriptHost

extension HeraldCommand {
    /// `herald check`.
    struct Check: HeraldSubcommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Look for faults in scripts without running them.",
            discussion: """
                It finds what is no Lua; names that mean nothing, with the nearest that does; fields that a module has \
                not; arguments that are missing or of the wrong kind; files that cannot be read; and variables in the \
                texts of an announcement that its CSV has no column for. What only a run can tell is taken to be right. \
                At the end stands what the script does: which files it reads, what it writes, what it announces.

                Nothing is run and nothing is sent. Exit status: 0 no errors (there may be warnings), 1 errors, 2 wrong \
                usage.

                Examples:

                  herald check announce.lua
                  herald check *.lua && herald run announce.lua
                  herald check --json announce.lua | jq '.files[].findings[]'
                """
        )

        @Argument(help: "The scripts, Lua files.", completion: .file(extensions: ["lua"]))
        var scripts: [String]
        @Flag(help: "Write one JSON document instead of text for people.")
        var json = false

        func run(in herald: HeraldEnvironment) async throws -> ExitStatus {
            var reports: [CheckReport] = []
            for script in scripts {
                let source = try herald.file(script)
                let folder = URL(filePath: herald.path(script)).deletingLastPathComponent()
                let modules = ScriptModule.all + (script.hasSuffix("_test.lua") ? ScriptModule.testing : [])
                let check = ScriptCheck(source, modules: modules) { path in
                    Result { () throws(HostError) in try ScriptFiles.read(path, below: folder) }
                }
                reports.append(CheckReport(file: script, source: source, check: check))
            }
            if json {
                try herald.output.write(CheckReport.json(reports) + [UInt8(ascii: "\n")])
            } else {
                for report in reports { try report.write(to: herald.output) }
            }
            return reports.contains { $0.check.hasErrors } ? .failed : .done
        }
    }
}
