import ArgumentParser

/// How programs follow a run, and how somebody is called back when it has ended.
struct FollowingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write what happens to a file, a JSON object a line, as it happens: announcements, waves, each target, waits.",
            valueName: "file"
        ),
        completion: .file()
    )
    var events: String?
    @Option(
        help: ArgumentHelp(
            "Run a command when the run has ended; HERALD_RUN, HERALD_RUN_STATE, HERALD_RUN_SENT and "
                + "HERALD_RUN_UNFINISHED tell it how.",
            valueName: "command"
        )
    )
    var notify: String?

    /// Where events are written; nil for nowhere.
    func log(in herald: HeraldEnvironment) throws -> EventLog? {
        try events.map { try EventLog(path: herald.path($0), now: herald.now) }
    }
}
