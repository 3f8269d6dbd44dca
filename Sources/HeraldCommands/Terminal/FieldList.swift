/// The properties of one thing for people: a name and a value on each line, the values below one another.
struct FieldList {
    private var fields: [(name: String, value: String)] = []

    /// Adds a property; one without a value is left out.
    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        fields.append((name, value.escapingControls(keepingLines: false)))
    }

    /// Writes the list; values are shown whole.
    func write(to sink: ByteSink) throws {
        let width = fields.map(\.name.terminalColumns).max() ?? 0
        var text = ""
        for field in fields {
            text += sink.styled(field.name.padded(toColumns: width), .bold) + "  " + field.value + "\n"
        }
        try sink.write(text)
    }
}
