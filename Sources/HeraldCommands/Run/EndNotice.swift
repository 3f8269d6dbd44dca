import Announcements
import Foundation
import GraphModel
import Processes

/// Calls somebody back when a run has ended: the terminal's bell, or a command.
struct EndNotice {
    /// A run that took less than this was waited for anyway.
    static let longest = Duration.seconds(10)

    /// A command for the shell; nil for none.
    var command: String?

    /// Tells that a run has ended.
    func give(_ report: RunReport, after time: Duration, in herald: HeraldEnvironment) async {
        if time >= Self.longest, herald.error.isTerminal { try? herald.error.write("\u{07}") }
        guard let command else { return }
        let unfinished = report.tallies.reduce(0) { $0 + $1.failed + $1.ambiguous + $1.changed + $1.unsent }
        let told = [
            "HERALD_RUN": report.run.id, "HERALD_RUN_STATE": report.run.state.rawValue,
            "HERALD_RUN_SENT": "\(report.tallies.reduce(0) { $0 + $1.sent })", "HERALD_RUN_UNFINISHED": "\(unfinished)",
        ]
        // What signs in is no business of a command that rings a bell.
        let environment = herald.variables.filter { !["HERALD_TOKEN", "HERALD_KEY"].contains($0.key) }
        do {
            let result = try await ChildProcess.run(
                "/bin/sh",
                ["-c", command],
                environment: environment.merging(told) { $1 }
            )
            guard result.ending.status != 0 else { return }
            try? herald.error.line("herald: the command of --notify ended with status \(result.ending.status)")
        } catch {
            try? herald.error.line("herald: the command of --notify cannot be run: \(error)")
        }
    }
}
