/// The lines of a script, as Lua counts them: CR, LF, CRLF and LFCR each end one.
struct ScriptLines {
    private let source: [UInt8]
    private var ranges: [Range<Int>] = []

    init(_ source: [UInt8]) {
        self.source = source
        let (lf, cr) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var start = 0
        var at = 0
        while at < source.count {
            guard source[at] == lf || source[at] == cr else {
                at += 1
                continue
            }
            ranges.append(start..<at)
            let isPair = at + 1 < source.count && source[at + 1] == source[at] ^ lf ^ cr
            at += isPair ? 2 : 1
            start = at
        }
        ranges.append(start..<source.count)
    }

    /// The line with this number, from 1; nil if there are not so many.
    subscript(number: Int) -> ScriptLine? {
        guard ranges.indices.contains(number - 1) else { return nil }
        return ScriptLine(text: String(decoding: source[ranges[number - 1]], as: UTF8.self))
    }
}

/// A line of a script, for showing a place in it.
struct ScriptLine {
    var text: String

    /// As much of the line around a place as fits, with what would steer a terminal escaped and tabs as spaces.
    ///
    /// - Parameters:
    ///   - column: The place, in Unicode scalars from 1.
    ///   - columns: How much there is room for.
    /// - Returns: The text, and how many columns stand before the place.
    func shown(around column: Int, columns: Int) -> (text: String, caret: Int) {
        func escaped(_ scalars: some Sequence<Unicode.Scalar>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return String(view).replacing("\t", with: " ").escapingControls(keepingLines: false)
        }
        let scalars = Array(text.unicodeScalars)
        let place = min(max(0, column - 1), scalars.count)
        let room = columns / 2
        // Where the line is too long, some of what stands before the place is left out.
        let start = scalars.count > columns && place > room ? place - room : 0
        let before = (start > 0 ? "…" : "") + escaped(scalars[start..<place])
        let behind = escaped(scalars[place..<min(scalars.count, place + columns)])
        let caret = before.terminalColumns
        return (before + behind.shortened(toColumns: max(1, columns - caret)), caret)
    }
}
