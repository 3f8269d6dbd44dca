import ArgumentParser
import Foundation
import Logging

/// What the server logs, and how.
struct LogOptions: ParsableArguments {
    /// How a line of the log is written.
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @Option(help: ArgumentHelp("How lines of the log are written.", valueName: "format"))
    var logFormat = Format.text

    @Option(
        help: ArgumentHelp(
            "The least that is logged: trace, debug, info, notice, warning, error or critical; a request is info.",
            valueName: "level"
        )
    )
    var logLevel = LogLevel(level: .info)

    /// The logger that these options describe; it writes to standard error.
    func logger() -> Logger {
        var logger = Logger(label: "herald.server") { _ in LineLogHandler(logFormat) }
        logger.logLevel = logLevel.level
        return logger
    }
}

/// A level of the log, as the command line spells it.
struct LogLevel: ExpressibleByArgument {
    var level: Logger.Level

    init(level: Logger.Level) { self.level = level }

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument.lowercased()) else { return nil }
        self.level = level
    }

    var defaultValueDescription: String { level.rawValue }
}
