/// Why a file could not be read as a table, and where.
package struct CSVFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of fault it is.
    package enum Code: String, Sendable, CaseIterable {
        case empty
        case tooLarge
        case encoding
        case nul
        case lineEnd
        case emptyColumnName
        case duplicateColumn
        case missingColumn
        case raggedRow
        case bareQuote
        case textAfterQuote
        case unterminatedQuote
    }

    package var code: Code
    /// The file's name, as the person who asked for it wrote it.
    package var file: String
    /// The line in the file, from 1; a quoted value may span several.
    package var line: Int
    /// The place in the line, in Unicode scalars, from 1.
    package var column: Int
    /// What was found and what was expected, as a sentence without its full stop.
    package var problem: String
    /// What to do about it, as a sentence without its full stop.
    package var remedy: String

    package var description: String { "\(file):\(line):\(column): \(problem). \(remedy)." }
}
