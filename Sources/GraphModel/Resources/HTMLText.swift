/// The text of a post's body without its markup (reference, section 7).
///
/// Tags go, and with them what `style`, `script` and `head` hold; references become the characters they stand for;
/// a no-break space becomes a space; runs of white space become one; the end of a block becomes a line break (CR LF).
package struct HTMLText {
    /// The longest preview, in UTF-16 code units.
    package static let previewLength = 255

    private var output: [UInt8] = []
    private var units = 0
    private var gap = Gap.none
    private let limit: Int

    /// What separates the next character from the last one.
    private enum Gap: Int { case none, space, line }

    private init(limit: Int) {
        self.limit = limit
    }

    /// The beginning of a body as plain text: at most ``previewLength`` UTF-16 units, whole characters.
    package static func preview(_ content: String, isHTML: Bool) -> String {
        // A little more is read than is kept, to see where a character ends.
        var text = HTMLText(limit: previewLength + 64)
        if isHTML { text.readHTML(content.utf8.span) } else { text.readText(content.utf8.span) }
        let whole = String(decoding: text.output, as: UTF8.self)
        guard text.units > previewLength else { return whole }
        var units = 0
        var end = whole.startIndex
        for index in whole.indices {
            units += whole[index].utf16.count
            if units > previewLength { break }
            end = whole.index(after: index)
        }
        var kept = whole[..<end]
        while let last = kept.last, last.isWhitespace { kept.removeLast() }
        return String(kept)
    }

    /// The text of a piece of HTML; reading stops once `enough` UTF-16 units have come together.
    package static func plainText(_ html: String, enough: Int = .max) -> String {
        var text = HTMLText(limit: enough)
        text.readHTML(html.utf8.span)
        return String(decoding: text.output, as: UTF8.self)
    }

    /// A text as a piece of HTML that shows it.
    package static func html(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\r\n", with: "<br>").replacing("\n", with: "<br>")
    }

    private mutating func readText(_ text: borrowing Span<UInt8>) {
        var at = 0
        while at < text.count, units < limit {
            let byte = text[at]
            at += 1
            switch byte {
            case 0x0A, 0x0D: widen(.line)
            case 0x09, 0x0B, 0x0C, 0x20: widen(.space)
            case 0xC2 where at < text.count && text[at] == 0xA0:
                at += 1
                widen(.space)
            default: put(byte)
            }
        }
    }

    private mutating func readHTML(_ html: borrowing Span<UInt8>) {
        var at = 0
        while at < html.count, units < limit {
            let byte = html[at]
            switch byte {
            case UInt8(ascii: "<"): at = readTag(html, at)
            case UInt8(ascii: "&"):
                if let reference = HTMLEntity.read(html, at: at, end: html.count) {
                    at = reference.end
                    put(reference.scalar)
                } else {
                    at += 1
                    put(byte)
                }
            case 0x09...0x0D, 0x20:
                at += 1
                widen(.space)
            case 0xC2 where at + 1 < html.count && html[at + 1] == 0xA0:
                at += 2
                widen(.space)
            default:
                at += 1
                put(byte)
            }
        }
    }

    /// Reads a tag or a comment, with the content of an element whose content is not text to be read.
    private mutating func readTag(_ html: borrowing Span<UInt8>, _ start: Int) -> Int {
        var at = start + 1
        guard at < html.count else {
            put(UInt8(ascii: "<"))
            return at
        }
        if html[at] == UInt8(ascii: "!") || html[at] == UInt8(ascii: "?") { return Self.endOfMarkup(html, at) }
        let isEnd = html[at] == UInt8(ascii: "/")
        if isEnd { at += 1 }
        guard at < html.count, HTMLBytes.isLetter(html[at]) else {
            // "<" that begins no tag is text: "a < b".
            put(UInt8(ascii: "<"))
            return start + 1
        }
        let nameStart = at
        while at < html.count, !HTMLBytes.endsName(html[at]) { at += 1 }
        let name = nameStart..<at
        at = Self.endOfTag(html, at)
        if !isEnd {
            for element: StaticString in ["script", "style"] where HTMLBytes.matches(html, name, element) {
                return HTMLBytes.end(of: element, in: html, from: at)?.upperBound ?? html.count
            }
            if HTMLBytes.matches(html, name, "head") {
                return HTMLBytes.end(of: "head", in: html, from: at)?.upperBound ?? at
            }
        }
        if Self.blocks.contains(where: { HTMLBytes.matches(html, name, $0) }) {
            widen(.line)
        } else if HTMLBytes.matches(html, name, "td") || HTMLBytes.matches(html, name, "th") {
            widen(.space)
        }
        return at
    }

    private static let blocks: [StaticString] = [
        "p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre",
        "hr",
        "section", "article", "header", "footer", "dl", "dt", "dd", "form", "address", "center", "title", "body",
    ]

    private static func endOfTag(_ html: borrowing Span<UInt8>, _ start: Int) -> Int {
        var at = start
        var quote: UInt8 = 0
        var afterEquals = false
        while at < html.count {
            let byte = html[at]
            at += 1
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: ">") {
                return at
            } else if afterEquals, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
            if !HTMLBytes.isSpace(byte) { afterEquals = byte == UInt8(ascii: "=") }
        }
        return at
    }

    private static func endOfMarkup(_ html: borrowing Span<UInt8>, _ start: Int) -> Int {
        var at = start
        let isComment =
            at + 2 < html.count && html[at] == UInt8(ascii: "!") && html[at + 1] == UInt8(ascii: "-")
            && html[at + 2] == UInt8(ascii: "-")
        // "<!-->" is a whole comment, so its two hyphens may be those that end it.
        if isComment { at += 1 }
        var hyphens = 0
        while at < html.count {
            let byte = html[at]
            at += 1
            if byte == UInt8(ascii: ">") && (!isComment || hyphens >= 2) { return at }
            hyphens = byte == UInt8(ascii: "-") ? hyphens + 1 : 0
        }
        return at
    }

    private mutating func widen(_ other: Gap) {
        if other.rawValue > gap.rawValue { gap = other }
    }

    private mutating func close() {
        guard gap != .none else { return }
        if !output.isEmpty {
            if gap == .line {
                output.append(0x0D)
                output.append(0x0A)
                units += 2
            } else {
                output.append(0x20)
                units += 1
            }
        }
        gap = .none
    }

    private mutating func put(_ byte: UInt8) {
        // Continuation bytes follow their first byte at once, so no gap can stand before them.
        close()
        output.append(byte)
        if byte & 0xC0 != 0x80 { units += byte >= 0xF0 ? 2 : 1 }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        if scalar == "\u{A0}" || scalar.value <= 0x20 { return widen(.space) }
        for byte in UTF8.encode(scalar) ?? .init() { put(byte) }
    }
}
