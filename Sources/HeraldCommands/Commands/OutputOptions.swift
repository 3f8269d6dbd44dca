import ArgumentParser
import GraphModel

/// How a command that shows things writes them.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Write one JSON document, as Graph has it, instead of text for people.")
    var json = false

    /// Writes one thing.
    func write(
        _ item: GraphReader.Item,
        to sink: ByteSink,
        fields: (inout FieldList, JSONValue) -> Void
    ) throws {
        if json { return try sink.write(item.json + [UInt8(ascii: "\n")]) }
        var list = FieldList()
        fields(&list, item.value)
        try list.write(to: sink)
    }
}

/// How a command that lists things writes them, and how many.
struct ListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Show only the first so many.", valueName: "number"))
    var top: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let top, top < 1 { throw ValidationError("--top takes a number from 1, not \(top).") }
    }

    /// Writes a list: as a table, or as a JSON object with the members `value` and `hasMore`.
    func write(
        _ list: GraphReader.List,
        of things: String,
        in herald: HeraldEnvironment,
        columns: [TextTable.Column],
        row: (JSONValue) -> [String]
    ) throws {
        if output.json {
            var json = Array("{\"value\":[".utf8)
            json.append(contentsOf: list.items.map(\.json).joined(separator: [UInt8(ascii: ",")]))
            json.append(contentsOf: "],\"hasMore\":\(list.hasMore)}\n".utf8)
            return try herald.output.write(json)
        }
        if list.items.isEmpty { return try herald.error.line("There are no \(things).") }
        var table = TextTable(columns)
        for item in list.items { table.add(row(item.value)) }
        try table.write(to: herald.output)
        if list.hasMore {
            try herald.error.line("These are the first \(list.items.count.grouped); there are more \(things).")
        }
    }
}
