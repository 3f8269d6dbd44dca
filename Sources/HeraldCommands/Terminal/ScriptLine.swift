/// A line of a script, for showing a place in it.
struct ScriptLine {
    private let text: String

    /// The line with this number, from 1, as Lua counts: CR, LF, CRLF and LFCR each end one.
    ///
    /// - Returns: nil if the script has not so many.
    init?(_ number: Int, of source: [UInt8]) {
        let (lf, cr) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        var start = source.startIndex
        for _ in 1..<max(1, number) {
            guard let end = source[start...].firstIndex(where: { $0 == lf || $0 == cr }) else { return nil }
            start = end + 1
            if start < source.count, source[start] == source[end] ^ lf ^ cr { start += 1 }
        }
        let end = source[start...].firstIndex { $0 == lf || $0 == cr } ?? source.endIndex
        text = String(decoding: source[start..<end], as: UTF8.self)
    }

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
        let start = place > room ? place - room : 0
        let before = (start > 0 ? "…" : "") + escaped(scalars[start..<place])
        let behind = escaped(scalars[place..<min(scalars.count, place + columns)])
        let caret = before.terminalColumns
        return (before + behind.shortened(toColumns: max(1, columns - caret)), caret)
    }
}
