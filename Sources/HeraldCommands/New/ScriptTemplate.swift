/// What a new script begins with.
enum ScriptTemplate: String, Sendable, CaseIterable {
    /// One conversation in each group of a CSV file.
    case announce
    /// Something done to what all groups have.
    case automation
    /// A table of what all groups have.
    case report

    /// The script.
    func script(named name: String) -> String {
        switch self {
        case .announce: Self.announceScript(named: name)
        case .automation: Self.automationScript(named: name)
        case .report: Self.reportScript(named: name)
        }
    }

    /// Its test.
    func test(named name: String) -> String {
        switch self {
        case .announce: Self.announceTest(named: name)
        case .automation: Self.automationTest(named: name)
        case .report: Self.reportTest(named: name)
        }
    }

    /// What the script does, and what to change in it.
    var explanation: String {
        switch self {
        case .announce:
            """
            Starts one conversation in each group of `groups.csv`. Each group gets it once, however often the script runs; \
            another `name` in the script makes it another announcement. `groups.csv` can be the export of the groups from \
            Graph PowerShell or the Entra portal, and every column of it can stand in the texts as `{{column}}`.
            """
        case .automation:
            """
            Locks the threads of every group in which nothing was posted for 90 days; another number of days stands behind \
            the script's name.
            """
        case .report:
            """
            Writes the conversations of every group as CSV to standard output.
            """
        }
    }
}
