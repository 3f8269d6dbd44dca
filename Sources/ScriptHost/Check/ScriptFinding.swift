/// Something in a script that is wrong, or looks it.
package struct ScriptFinding: Sendable, Hashable {
    package enum Severity: String, Sendable {
        /// The script cannot do what it says.
        case error
        /// It can, and hardly means to.
        case warning
    }

    /// What kind of thing is wrong.
    package enum Code: String, Sendable, CaseIterable {
        case syntax
        case unknownGlobal
        case overwritesModule
        case unknownField
        case notCallable
        case calledWithDot
        case calledWithColon
        case cannotAssign
        case missingArgument
        case tooManyArguments
        case wrongKind
        case badTemplate
        case unknownVariable
        case badFile
        case missingColumn
        case neverEnds
    }

    package var severity: Severity
    package var code: Code
    /// The line, from 1.
    package var line: Int
    /// The place in the line, in Unicode scalars, from 1.
    package var column: Int
    /// What is wrong, as a sentence without its full stop.
    package var message: String
    /// What to do about it; nil where nothing is sure to help.
    package var hint: String?
}

/// Something that a script does beyond computing, as far as can be told without running it.
package struct ScriptCapability: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case readsFile
        case readsGraph
        case writesGraph
        case announces
        case waits
    }

    package var kind: Kind
    /// Which file, what is written, or which announcement; nil where only the run can tell.
    package var subject: String?

    /// A few words: `announces "wellness-2026"`.
    package var text: String {
        switch kind {
        case .readsFile: "reads \(subject ?? "files")"
        case .readsGraph: "reads Graph"
        case .writesGraph: "writes to Graph" + (subject.map { " (\($0))" } ?? "")
        case .announces: "announces" + (subject.map { " \"\($0)\"" } ?? "")
        case .waits: "waits"
        }
    }
}
