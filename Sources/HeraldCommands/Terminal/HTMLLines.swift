/// HTML as lines for a terminal: paragraphs, headings, lists, quotations, tables, and links with their addresses.
struct HTMLLines {
    private let width: Int?
    private var lines: [String] = []
    /// What has been read of the present paragraph; line feeds in it are meant.
    private var text = ""
    private var endsInSpace = true
    private var needsGap = false
    private var prefixes: [String] = []
    /// What stands before the next line instead of the last prefix: the mark of a list's item.
    private var mark: String?
    private var lists: [Int?] = []
    private var links: [(address: String, start: String.Index)] = []
    private var heading: String?
    private var preformatted = 0
    private var table: [[String]]?
    private var tableDepth = 0

    /// Renders HTML.
    ///
    /// - Parameters:
    ///   - html: A whole page or a piece of one.
    ///   - width: In how many columns; nil for lines of any length.
    /// - Returns: The lines, without blank ones at the beginning and at the end.
    static func lines(of html: String, width: Int?) -> [String] {
        var renderer = HTMLLines(width: width)
        for token in HTMLToken.tokens(of: html) { renderer.read(token) }
        renderer.endBlock()
        renderer.endTable()
        while renderer.lines.last?.isEmpty == true { renderer.lines.removeLast() }
        return renderer.lines
    }

    /// A plain text as lines.
    static func lines(ofText text: String, width: Int?) -> [String] {
        text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { wrap(String($0), width) }
    }

    private init(width: Int?) {
        self.width = width.map { max(20, $0) }
    }

    // MARK: Tokens

    private mutating func read(_ token: HTMLToken) {
        switch token {
        case .text(let characters): put(characters)
        case .open(let name, let attributes): open(name, attributes)
        case .close(let name): close(name)
        }
    }

    private mutating func open(_ name: String, _ attributes: [String: String]) {
        switch name {
        case "br":
            text += "\n"
            endsInSpace = true
        case "p", "div", "section", "article", "header", "footer", "address", "center", "form", "dl", "dt", "dd":
            startBlock(gap: name == "p")
        case "h1", "h2", "h3", "h4", "h5", "h6":
            startBlock(gap: true)
            heading = name
        case "ul", "ol":
            startBlock(gap: lists.isEmpty)
            lists.append(name == "ol" ? Int(attributes["start"] ?? "") ?? 1 : nil)
        case "li": openItem()
        case "blockquote":
            startBlock(gap: true)
            prefixes.append("> ")
        case "pre":
            startBlock(gap: true)
            preformatted += 1
        case "hr":
            startBlock(gap: true)
            text = String(repeating: "-", count: min(width ?? 40, 40))
            endBlock()
        case "a":
            if let address = attributes["href"] { links.append((address, text.endIndex)) }
        case "img":
            let words = attributes["alt"].flatMap { $0.isEmpty ? nil : $0 } ?? attributes["src"]?.prefix(60).description
            put("[picture" + (words.map { ": " + $0 } ?? "") + "]")
        case "table":
            startBlock(gap: true)
            tableDepth += 1
            if tableDepth == 1 { table = [] }
        case "tr": if tableDepth == 1 { table?.append([]) }
        case "td", "th": if tableDepth == 1 { beginCell() } else { put(" ") }
        default: break
        }
    }

    private mutating func close(_ name: String) {
        switch name {
        case "p", "h1", "h2", "h3", "h4", "h5", "h6":
            endBlock()
            heading = nil
            needsGap = true
        case "div", "section", "article", "header", "footer", "address", "center", "form", "dl", "dt", "dd":
            endBlock()
        case "ul", "ol":
            endItem()
            _ = lists.popLast()
            if lists.isEmpty { needsGap = true }
        case "li": endItem()
        case "blockquote":
            endBlock()
            if prefixes.last == "> " { prefixes.removeLast() }
            needsGap = true
        case "pre":
            endBlock()
            preformatted = max(0, preformatted - 1)
            needsGap = true
        case "a": closeLink()
        case "td", "th": if tableDepth == 1 { endCell() }
        case "table":
            tableDepth = max(0, tableDepth - 1)
            if tableDepth == 0 { endTable() }
        default: break
        }
    }

    private mutating func openItem() {
        endItem()
        startBlock(gap: false)
        let mark: String
        if let number = lists.last ?? nil {
            mark = "\(number). "
            lists[lists.count - 1] = number + 1
        } else {
            mark = "- "
        }
        self.mark = mark
        prefixes.append(String(repeating: " ", count: mark.count))
        openItems.append(lists.count)
    }

    /// The depths of lists at which an item is open.
    private var openItems: [Int] = []

    private mutating func endItem() {
        endBlock()
        guard openItems.last == lists.count, !openItems.isEmpty else { return }
        openItems.removeLast()
        mark = nil
        needsGap = false
        if !prefixes.isEmpty { prefixes.removeLast() }
    }

    private mutating func closeLink() {
        guard let link = links.popLast() else { return }
        let shown = link.start <= text.endIndex ? text[link.start...].description : ""
        let words = shown.filter { !$0.isWhitespace }
        let address = link.address.hasPrefix("mailto:") ? String(link.address.dropFirst(7)) : link.address
        guard !address.isEmpty, words != address else { return }
        while text.last == " " { text.removeLast() }
        text += (text.isEmpty ? "" : " ") + "<\(address)>"
        endsInSpace = false
    }

    // MARK: Text

    private mutating func put(_ characters: String) {
        if preformatted > 0 {
            text += characters
            return
        }
        for character in characters {
            if character.isWhitespace, character != "\u{A0}" {
                if !endsInSpace { text.append(" ") }
                endsInSpace = true
            } else {
                text.append(character == "\u{A0}" ? " " : character)
                endsInSpace = false
            }
        }
    }

    private mutating func startBlock(gap: Bool) {
        endBlock()
        // An item's first paragraph stands beside its mark.
        if gap, mark == nil { needsGap = true }
    }

    private mutating func endBlock() {
        guard table == nil else { return put(" ") }
        let block = text
        text = ""
        endsInSpace = true
        links = links.map { ($0.address, text.startIndex) }
        let rows = block.split(separator: "\n", omittingEmptySubsequences: false).map { row in
            preformatted > 0
                ? String(row) : row.reversed().drop { $0 == " " }.reversed().reduce(into: "") { $0.append($1) }
        }
        guard rows.contains(where: { !$0.isEmpty }) else { return }
        let isHeading = heading != nil
        var shown = rows
        while shown.last?.isEmpty == true { shown.removeLast() }
        for row in shown { add(row, wraps: preformatted == 0) }
        if isHeading, let longest = shown.map(\.terminalColumns).max() {
            add(String(repeating: heading == "h1" ? "=" : "-", count: min(longest, width ?? longest)), wraps: false)
        }
    }

    private mutating func add(_ row: String, wraps: Bool) {
        if needsGap, !lines.isEmpty { lines.append("") }
        needsGap = false
        let prefix = prefixes.joined()
        let room = width.map { max(10, $0 - prefix.count) }
        for line in wraps ? Self.wrap(row, room) : [row] {
            if let mark {
                lines.append(prefixes.dropLast().joined() + mark + line)
                self.mark = nil
            } else {
                lines.append((prefix + line).trimmedEnd)
            }
        }
    }

    /// Breaks a line at its spaces.
    static func wrap(_ line: String, _ width: Int?) -> [String] {
        guard let width, line.terminalColumns > width else { return [line] }
        var lines: [String] = []
        var current = ""
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            if !current.isEmpty, current.terminalColumns + 1 + word.terminalColumns > width {
                lines.append(current)
                current = String(word)
            } else {
                current += (current.isEmpty ? "" : " ") + word
            }
        }
        return lines + [current]
    }

    // MARK: Tables

    private mutating func beginCell() {
        endCell()
        if table?.isEmpty == true { table?.append([]) }
        isInCell = true
        text = ""
        endsInSpace = true
    }

    private var isInCell = false

    private mutating func endCell() {
        guard isInCell, let last = table?.indices.last else { return }
        isInCell = false
        table?[last].append(text.replacing("\n", with: " ").trimmedEnd)
        text = ""
        endsInSpace = true
    }

    private mutating func endTable() {
        endCell()
        guard let rows = table?.filter({ !$0.isEmpty }) else { return }
        table = nil
        tableDepth = 0
        text = ""
        endsInSpace = true
        var widths: [Int] = []
        for row in rows {
            for (index, cell) in row.enumerated() {
                if index == widths.count { widths.append(0) }
                widths[index] = max(widths[index], cell.terminalColumns)
            }
        }
        let whole = widths.reduce(0, +) + 2 * max(0, widths.count - 1)
        let fits = width.map { whole <= $0 - prefixes.joined().count } ?? true
        for row in rows {
            let cells = fits ? zip(row, widths).map { $0.padded(toColumns: $1) } : row
            add(cells.joined(separator: fits ? "  " : " | ").trimmedEnd, wraps: !fits)
        }
        needsGap = true
    }
}

extension String {
    /// The text without spaces at its end.
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
