import Files
import GRDB

/// A file of Herald's could not be opened, read or written.
package struct StorageError: Error, Sendable, CustomStringConvertible {
    /// What kind of thing went wrong; the only part callers branch on.
    package enum Code: Sendable, Equatable {
        /// The disk, or the quota on it, is full.
        case full
        /// The file or its folder may not be written.
        case readOnly
        /// The file cannot be opened.
        case cannotOpen
        /// Another process kept the file locked for longer than ``StoreFile/busyTimeout``.
        case busy
        /// The file's content is damaged.
        case corrupt
        /// The file was written by a newer version of Herald.
        case newerVersion
        /// The file is an SQLite database, but not one of this kind.
        case foreign
        /// A row would break a rule of the schema.
        case constraint
        /// Another process has taken over the work for which something was to be written.
        case superseded
        /// Anything else, which is a fault of Herald's own.
        case unexpected
    }

    package var code: Code
    /// One sentence for a person: which file, what is wrong with it, and what they can do about it.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// A file whose content is damaged.
    static func damaged(_ path: String) -> StorageError {
        StorageError(.corrupt, "\(path): the file is damaged, or no SQLite database; restore it from a backup")
    }

    /// Translates what SQLite reported about the file at `path`.
    package init(path: String, resultCode: Int32, detail: String) {
        switch ResultCode(rawValue: resultCode & 0xFF) {
        case .SQLITE_FULL:
            self.init(.full, "\(path): the disk is full; free some space and run the command again")
        case .SQLITE_READONLY, .SQLITE_PERM:
            self.init(.readOnly, "\(path): the file or its folder is read-only; make it writable, or choose another")
        case .SQLITE_CANTOPEN:
            self.init(.cannotOpen, "\(path): cannot be opened; check that its folder exists and may be entered")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "\(path): another process keeps the file locked; try again when it has finished")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .damaged(path)
        case .SQLITE_CONSTRAINT:
            self.init(.constraint, "\(path): \(detail)")
        case .SQLITE_IOERR:
            self.init(
                .full,
                "\(path): cannot be read or written (\(detail)): the disk is full or faulty, or a limit on the size of files "
                    + "is reached; see to it, and run the command again"
            )
        default:
            self.init(.unexpected, "\(path): \(detail) (SQLite \(resultCode))")
        }
    }

    /// Translates an error that GRDB threw while it worked on the file at `path`.
    package init(path: String, _ error: any Error) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError:
            self.init(
                path: path,
                resultCode: error.extendedResultCode.rawValue,
                detail: error.message ?? "unknown error"
            )
        case let fault as FileFault: self.init(fault.isReadOnly ? .readOnly : .cannotOpen, fault.description)
        default: self.init(.unexpected, "\(path): \(error)")
        }
    }
}
