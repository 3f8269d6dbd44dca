import Foundation

/// A text in Markdown (GitHub Flavored Markdown 0.29: tables, strikethrough, links that are bare, lists of tasks), made
/// into HTML with its template's tags where they stand.
///
/// The tags are words to Markdown and come through whole, so that the text is converted once, and the values that they
/// stand for later are no Markdown any more. HTML in the text is shown as text, and comments of HTML are left out.
///
/// A section's tag on a line of its own stands for no line: it encloses whole paragraphs, lists and rows of a table.
struct Markdown {
    /// Why a text cannot be converted.
    struct Fault: Error {
        var message: String
    }

    /// The largest text that is converted, in bytes.
    static let maximumSize = 64 << 10

    /// The HTML, with the tags.
    let html: String

    /// Converts a text.
    ///
    /// What looks like a tag and is none is text.
    init(_ source: String) throws(Fault) {
        guard source.utf8.count <= Self.maximumSize else {
            throw Fault(message: "the Markdown has \(source.utf8.count) bytes; \(Self.maximumSize) are allowed")
        }
        guard let pieces = try? TemplateTag.split(source), pieces.contains(where: \.isTag) else {
            html = GFM.html(source)
            return
        }
        var words = TagWords(unlike: source)
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let stretch): text += stretch
            case .tag(let tag): text += words.add(tag)
            }
        }
        let lines = MarkdownLines(text, words: words)
        var html = GFM.html(lines.text)
        for block in lines.blocks { html = html.replacing("<p>\(block)</p>", with: block) }
        for word in lines.rowOpenings { html.move(word, beforeRow: true) }
        // From the last to the first, since each is put right behind the row.
        for word in lines.rowClosings.reversed() { html.move(word, beforeRow: false) }
        self.html = try words.restored(in: html)
    }

    /// A text as Markdown that shows it as it is, in one line.
    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.trimmed.utf8 {
            switch byte {
            case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: bytes += [UInt8(ascii: "\\"), byte]
            case 0x09, 0x0A, 0x0D: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Words that stand for a template's tags while its text is converted.
struct TagWords {
    private let prefix: String
    private var tags: [TemplateTag] = []

    /// Words that a text has not got.
    init(unlike source: String) {
        var prefix = "herald"
        while source.contains(prefix) { prefix += "x" }
        self.prefix = prefix
    }

    /// A word for a tag.
    mutating func add(_ tag: TemplateTag) -> String {
        tags.append(tag)
        return "\(prefix)\(tags.count - 1)e"
    }

    /// The tags that a line consists of; nil if there is anything else on it, or a variable.
    func tags(alone line: Substring) -> [(word: String, tag: TemplateTag)]? {
        var rest = line.trimmed[...]
        var found: [(String, TemplateTag)] = []
        while let (word, index) = first(in: rest), rest.hasPrefix(word) {
            guard tags[index].isStructure else { return nil }
            found.append((word, tags[index]))
            rest = rest.dropFirst(word.count).drop(while: \.isWhitespace)
        }
        return found.isEmpty || !rest.isEmpty ? nil : found
    }

    /// The text with the tags in the place of their words.
    func restored(in text: String) throws(Markdown.Fault) -> String {
        var result = ""
        var rest = text[...]
        var sections: [TemplateTag] = []
        while let (word, index) = first(in: rest), let range = rest.range(of: word) {
            result += rest[..<range.lowerBound]
            result += tags[index].source
            if tags[index].isSection { sections.append(tags[index]) }
            rest = rest[range.upperBound...]
        }
        for (index, tag) in tags.filter(\.isSection).enumerated()
        where index >= sections.count || sections[index] != tag {
            throw Markdown.Fault(message: "\(tag.source) stands where Markdown shows no text; move it into a paragraph")
        }
        return result + rest
    }

    private func first(in text: Substring) -> (word: String, index: Int)? {
        guard let start = text.range(of: prefix) else { return nil }
        let digits = text[start.upperBound...].prefix(while: \.isNumber)
        guard let index = Int(digits), tags.indices.contains(index) else { return nil }
        return ("\(prefix)\(digits)e", index)
    }
}

/// The lines of a Markdown text, in which a section's tag that stands alone on its line is put where it is a block of its
/// own, or in the cell of a table from which it finds its row.
private struct MarkdownLines {
    /// The text that is converted.
    private(set) var text = ""
    /// What stands in paragraphs of its own that are to be none.
    private(set) var blocks: [String] = []
    /// The words that belong before and behind the rows that they stand in.
    private(set) var rowOpenings: [String] = []
    private(set) var rowClosings: [String] = []

    private let words: TagWords
    private let lines: [Substring]
    private let alone: [[(word: String, tag: TemplateTag)]?]

    init(_ source: String, words: TagWords) {
        self.words = words
        let source = source.replacing("\r\n", with: "\n")
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        self.lines = lines
        var fence = Fence()
        alone = lines.map { line in
            let isCode = fence.passes(line)
            return isCode ? nil : words.tags(alone: line)
        }
        let rows = tagsBetweenRows()
        var result: [String] = []
        var opened = ""
        for (index, line) in lines.enumerated() {
            guard let tags = alone[index] else {
                result.append(opened.isEmpty ? String(line) : Self.insert(opened, afterFirstBarOf: line))
                opened = ""
                continue
            }
            let joined = tags.filter { $0.tag != .comment }.map(\.word).joined()
            if joined.isEmpty { continue }
            if rows.contains(index) {
                if tags[0].tag.isClose, let row = result.popLast() {
                    result.append(Self.insert(joined, beforeLastBarOf: row))
                    rowClosings.append(joined)
                } else {
                    opened += joined
                    rowOpenings.append(joined)
                }
            } else {
                result += ["", line.prefix(while: \.isWhitespace) + joined, ""]
                blocks.append(joined)
            }
        }
        text = result.joined(separator: "\n")
    }

    /// The lines whose only tag opens or closes a section of nothing but rows, in a table that has begun.
    private func tagsBetweenRows() -> Set<Int> {
        var found: Set<Int> = []
        var open: [(line: Int, isInTable: Bool)] = []
        var isRow = false
        for (index, tags) in alone.enumerated() {
            guard let tags else {
                isRow = lines[index].trimmed.hasPrefix("|")
                if !isRow { open = open.map { ($0.line, false) } }
                continue
            }
            // Several on a line are a block.
            guard tags.count == 1 else {
                for tag in tags where tag.tag.isClose { _ = open.popLast() }
                for tag in tags where tag.tag.isOpening { open.append((index, false)) }
                continue
            }
            if tags[0].tag.isOpening {
                open.append((index, isRow))
            } else if tags[0].tag.isClose, let opening = open.popLast(), opening.isInTable, opening.line < index - 1 {
                found.formUnion([opening.line, index])
            }
        }
        return found
    }

    private static func insert(_ word: String, afterFirstBarOf line: Substring) -> String {
        guard let bar = line.firstIndex(of: "|") else { return word + line }
        let cell = line[line.index(after: bar)...]
        let text = cell.drop(while: \.isWhitespace)
        return line[...bar] + cell[..<text.startIndex] + word + text
    }

    private static func insert(_ word: String, beforeLastBarOf line: String) -> String {
        let line = line.replacing(#/\s+$/#, with: "")
        guard line.hasSuffix("|"), !line.hasSuffix("\\|") else { return line + word }
        return line.dropLast().replacing(#/\s+$/#, with: "") + word + " |"
    }
}

/// Whether lines are those of a fenced block of code (CommonMark 0.29, section 4.5).
private struct Fence {
    private var open: (sign: Character, count: Int)?

    /// Whether a line is code, or a fence; lines are given in order.
    mutating func passes(_ line: Substring) -> Bool {
        let text = line.drop(while: \.isWhitespace)
        let sign = text.first
        let count = text.prefix { $0 == sign }.count
        if let open {
            if sign == open.sign, count >= open.count, text.dropFirst(count).allSatisfy(\.isWhitespace) {
                self.open = nil
            }
            return true
        }
        guard let sign, sign == "`" || sign == "~", count >= 3, !(sign == "`" && text.dropFirst(count).contains("`"))
        else { return false }
        open = (sign, count)
        return true
    }
}

extension String {
    /// Moves a word out of the row of a table in which it stands; nothing is done if it stands in none.
    fileprivate mutating func move(_ word: String, beforeRow: Bool) {
        guard let place = range(of: word) else { return }
        let start = self[..<place.lowerBound].range(of: "<tr>", options: .backwards)
        let end = self[..<place.lowerBound].range(of: "</tr>", options: .backwards)
        guard let start, end.map({ $0.upperBound <= start.lowerBound }) ?? true else { return }
        if beforeRow {
            let rest = self[start.lowerBound..<place.lowerBound] + self[place.upperBound...]
            self = self[..<start.lowerBound] + word + rest
        } else {
            guard let close = self[place.upperBound...].range(of: "</tr>") else { return }
            self =
                self[..<place.lowerBound] + self[place.upperBound..<close.upperBound] + word + self[close.upperBound...]
        }
    }
}

extension TemplateTag.Piece {
    fileprivate var isTag: Bool {
        if case .tag = self { true } else { false }
    }
}

extension TemplateTag {
    /// The tag as it is written.
    fileprivate var source: String {
        switch self {
        case .variable(let name): "{{\(name)}}"
        case .unescaped(let name): "{{{\(name)}}}"
        case .section(let name): "{{#\(name)}}"
        case .inverted(let name): "{{^\(name)}}"
        case .close(let name): "{{/\(name)}}"
        case .comment: ""
        }
    }

    /// Whether it shows nothing itself.
    fileprivate var isStructure: Bool { isSection || self == .comment }
    fileprivate var isSection: Bool { isOpening || isClose }

    fileprivate var isOpening: Bool {
        switch self {
        case .section, .inverted: true
        case .variable, .unescaped, .close, .comment: false
        }
    }

    fileprivate var isClose: Bool {
        if case .close = self { true } else { false }
    }
}
