import Announcements
import GraphClient
import GraphModel
import ScriptHost
import Storage

/// Why a command could not do its work: what a person reads, and what the shell is told.
package struct Failure: Error, Sendable, CustomStringConvertible {
    package var status: ExitStatus
    /// One sentence or more: what was attempted, what went wrong, what to do about it.
    package var message: String

    package init(_ status: ExitStatus = .failed, _ message: String) {
        self.status = status
        self.message = message
    }

    package var description: String { message }

    /// Why the end of a run could not be recorded: what went wrong with the ledger, and how to go on.
    init(_ error: any Error, endOf run: RunRecord, _ choice: LedgerChoice) {
        self.init(error)
        if let fault = error as? StorageError, fault.code == .superseded {
            message += "; look at it with: " + choice.hint("show \(run.id)")
            return
        }
        message +=
            ". The run \(run.id) has stopped; what was sent is not sent again. Then go on with: "
            + choice.hint("resume \(run.id)")
    }

    /// Translates any error that a command lets out; the one place where errors become exit statuses.
    package init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as GraphError: self.init(.failed, "\(error.message) (\(error.code), status \(error.status))")
        case let error as NoAnswer: self.init(.failed, error.message)
        case let fault as RecordingFault: self.init(.failed, fault.message)
        case let error as StorageError: self.init(.failed, error.message)
        case let fault as CSVFault: self.init(.failed, fault.description)
        default: self.init(.failed, "\(error)")
        }
    }
}
