import ArgumentParser
import Testing

@testable import PacingSimulation

/// The command line of the simulator, and what it prints.
@Suite struct SimulateCommandTests {
    @Test func `help names every scenario and the aims`() {
        let help = SimulateCommand.helpMessage(columns: 120)
        for preset in Scenario.Preset.allCases { #expect(help.contains("\(preset.rawValue): \(preset.summary)")) }
        #expect(help.contains("1.05"))
        #expect(help.contains("0.1 %"))
    }

    @Test(arguments: [
        ["--scenario", "nothing"], ["--mailboxes", "0"], ["--apps", "3", "--mailboxes", "2"], ["--app-window", "0"],
        ["--posts", "-1"], ["--mailboxes", "2000000", "--posts", "1000"], ["--median-latency", "0"],
    ])
    func `what cannot be simulated is refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { _ = try SimulateCommand.parse(arguments) }
    }

    @Test func `the table has a row for each report, its columns in line`() {
        let reports = [Scenario.Preset.announce, .several].map { Simulation.run(Scenario($0, mailboxes: 1_234)) }
        let lines = ReportTable(reports).text.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(Set(lines.map(\.count)).count == 1)
        #expect(lines[2].contains("| announce |"))
        #expect(lines[2].contains(" 1,234 "))
    }
}
