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
        case tooLong
        case syntax
        case badLimit
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
        case missingLanguage
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

    /// What a script does, in a few words each: `reads groups.csv`, `announces "wellness-2026"`.
    ///
    /// - Parameter capabilities: What it does.
    /// - Returns: An entry for each kind.
    package static func words(for capabilities: [ScriptCapability]) -> [String] {
        Kind.allCases.compactMap { kind in
            let found = capabilities.filter { $0.kind == kind }
            guard !found.isEmpty else { return nil }
            let subjects = found.compactMap(\.subject)
            switch kind {
            case .readsFile: return "reads " + (subjects.isEmpty ? "files" : subjects.joined(separator: ", "))
            case .readsGraph: return "reads Graph"
            case .writesGraph: return "writes to Graph (\(subjects.joined(separator: ", ")))"
            case .announces:
                return "announces" + (subjects.isEmpty ? "" : " ")
                    + subjects.map { "\"\($0)\"" }.joined(separator: ", ")
            case .waits: return "waits"
            }
        }
    }
}
