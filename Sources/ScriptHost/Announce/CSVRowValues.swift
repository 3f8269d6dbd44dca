/// A row of a table as a source of values: columns by their names, the letter case of which matters only where two
/// columns differ in nothing else.
struct CSVRowValues: TemplateSource {
    let table: CSVTable
    let row: CSVTable.Row

    func value(named name: String) -> TemplateValue? {
        guard let column = table.column(caseInsensitive: name) else { return nil }
        return .text(row[column])
    }
}

extension TemplateSource {
    /// The language that a group prefers, as Graph and lists of groups name it; nil if nothing is said of it.
    var language: String? {
        guard case .text(let language)? = value(named: "preferredLanguage") else { return nil }
        return language
    }
}
