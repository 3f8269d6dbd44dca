/// Removes from HTML what could run: script elements, event handlers, and URLs of scripts.
///
/// It reads tags as browsers do (WHATWG HTML, section 13.2.5) and cuts byte ranges out; everything else stays as it was
/// written. Each cut leaves a space, so that what stood around it does not grow together to a new tag. A text in which
/// nothing is cut costs one scan of its bytes.
package enum HTMLSanitizer {
    /// The text without what could run; the very text if there is nothing to remove.
    package static func clean(_ html: String) -> String {
        var scan = Scan()
        scan.run(html.utf8.span)
        guard !scan.cuts.isEmpty else { return html }
        let bytes = html.utf8.span
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        var at = 0
        for cut in scan.cuts {
            for index in at..<max(at, cut.lowerBound) { clean.append(bytes[index]) }
            clean.append(UInt8(ascii: " "))
            at = max(at, cut.upperBound)
        }
        for index in at..<bytes.count { clean.append(bytes[index]) }
        return String(decoding: clean, as: UTF8.self)
    }

    private struct Scan {
        var cuts: [Range<Int>] = []
        private var at = 0

        // Their content is text to a browser, but elements to one that reads it inside SVG: a tag in it is cut open.
        private static let rawText: [StaticString] = [
            "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext",
        ]

        mutating func run(_ html: borrowing Span<UInt8>) {
            while at < html.count {
                if html[at] == UInt8(ascii: "<") { tag(html) } else { at += 1 }
            }
            cuts.sort { $0.lowerBound < $1.lowerBound }
        }

        private mutating func tag(_ html: borrowing Span<UInt8>) {
            let start = at
            at += 1
            guard at < html.count else { return }
            switch html[at] {
            case UInt8(ascii: "!"), UInt8(ascii: "?"): skipMarkup(html)
            case UInt8(ascii: "/"):
                at += 1
                guard at < html.count, HTMLBytes.isLetter(html[at]) else { return skipTo(html, UInt8(ascii: ">")) }
                let name = readName(html)
                attributes(html)
                if HTMLBytes.matches(html, name, "script") { cuts.append(start..<at) }
            case let byte where HTMLBytes.isLetter(byte):
                let name = readName(html)
                attributes(html)
                if HTMLBytes.matches(html, name, "script") {
                    at = HTMLBytes.end(of: "script", in: html, from: at)?.upperBound ?? html.count
                    cuts.append(start..<at)
                } else if let raw = Self.rawText.first(where: { HTMLBytes.matches(html, name, $0) }) {
                    let end = HTMLBytes.end(of: raw, in: html, from: at)?.lowerBound ?? html.count
                    while at < end {
                        if html[at] == UInt8(ascii: "<") { cuts.append(at..<at + 1) }
                        at += 1
                    }
                }
            default: break
            }
        }

        /// Passes over a comment, a document type or a processing instruction.
        private mutating func skipMarkup(_ html: borrowing Span<UInt8>) {
            guard at + 2 < html.count, html[at] == UInt8(ascii: "!"), html[at + 1] == UInt8(ascii: "-"),
                html[at + 2] == UInt8(ascii: "-")
            else { return skipTo(html, UInt8(ascii: ">")) }
            at += 3
            // `<!-->` and `<!--->` are whole comments.
            if at < html.count, html[at] == UInt8(ascii: ">") {
                at += 1
                return
            }
            var hyphens = 0
            if at < html.count, html[at] == UInt8(ascii: "-") { hyphens = 1 }
            if hyphens == 1, at + 1 < html.count, html[at + 1] == UInt8(ascii: ">") {
                at += 2
                return
            }
            hyphens = 0
            while at < html.count {
                let byte = html[at]
                at += 1
                if byte == UInt8(ascii: ">") && hyphens >= 2 { return }
                if byte == UInt8(ascii: "-") {
                    hyphens += 1
                } else if byte != UInt8(ascii: "!") || hyphens < 2 {
                    hyphens = 0
                }
            }
        }

        private mutating func skipTo(_ html: borrowing Span<UInt8>, _ byte: UInt8) {
            while at < html.count && html[at] != byte { at += 1 }
            at = min(at + 1, html.count)
        }

        private mutating func readName(_ html: borrowing Span<UInt8>) -> Range<Int> {
            let start = at
            while at < html.count, !HTMLBytes.endsName(html[at]) { at += 1 }
            return start..<at
        }

        /// Reads attributes to the end of the tag, and cuts those that could run.
        private mutating func attributes(_ html: borrowing Span<UInt8>) {
            while at < html.count {
                if HTMLBytes.isSpace(html[at]) || html[at] == UInt8(ascii: "/") {
                    at += 1
                    continue
                }
                if html[at] == UInt8(ascii: ">") {
                    at += 1
                    return
                }
                let start = at
                at += 1
                while at < html.count, html[at] != UInt8(ascii: "="), !HTMLBytes.endsName(html[at]) { at += 1 }
                let name = start..<at
                var end = at
                while end < html.count, HTMLBytes.isSpace(html[end]) { end += 1 }
                var value = at..<at
                if end < html.count, html[end] == UInt8(ascii: "=") {
                    at = end + 1
                    value = readValue(html)
                }
                if Self.isActive(html, name: name, value: value) { cuts.append(start..<at) }
            }
        }

        private mutating func readValue(_ html: borrowing Span<UInt8>) -> Range<Int> {
            while at < html.count, HTMLBytes.isSpace(html[at]) { at += 1 }
            guard at < html.count else { return at..<at }
            let quote = html[at]
            if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                at += 1
                let start = at
                while at < html.count && html[at] != quote { at += 1 }
                let end = at
                at = min(at + 1, html.count)
                return start..<end
            }
            let start = at
            while at < html.count, !HTMLBytes.isSpace(html[at]), html[at] != UInt8(ascii: ">") { at += 1 }
            return start..<at
        }

        private static func isActive(_ html: borrowing Span<UInt8>, name: Range<Int>, value: Range<Int>) -> Bool {
            if name.count > 2, html[name.lowerBound] | 0x20 == UInt8(ascii: "o"),
                html[name.lowerBound + 1] | 0x20 == UInt8(ascii: "n")
            {
                return true
            }
            if HTMLBytes.matches(html, name, "srcdoc") { return true }
            let anywhere = ["content", "style", "values"].contains { HTMLBytes.matches(html, name, $0) }
            var first = value.lowerBound
            while first < value.upperBound, html[first] <= 0x20 { first += 1 }
            guard first < value.upperBound else { return false }
            if !anywhere {
                switch html[first] | 0x20 {
                case UInt8(ascii: "j"), UInt8(ascii: "v"), UInt8(ascii: "&") | 0x20: break
                default: return false
                }
            }
            let decoded = unobscured(html, value)
            return ["javascript:", "vbscript:"].contains { scheme in
                anywhere ? decoded.contains(scheme) : decoded.hasPrefix(scheme)
            }
        }

        /// An attribute's value as a browser's URL parser sees it: references resolved, blanks and controls gone, in
        /// lower case.
        private static func unobscured(_ html: borrowing Span<UInt8>, _ value: Range<Int>) -> String {
            var bytes: [UInt8] = []
            var index = value.lowerBound
            while index < value.upperBound {
                var scalar = UInt32(html[index])
                var next = index + 1
                if html[index] == UInt8(ascii: "&"),
                    let reference = HTMLEntity.read(html, at: index, end: value.upperBound)
                {
                    scalar = reference.scalar.value
                    next = reference.end
                }
                index = next
                guard scalar > 0x20, scalar < 0x80, scalar != 0x7F else { continue }
                let byte = UInt8(scalar)
                bytes.append((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// What the readers of HTML ask about bytes.
enum HTMLBytes {
    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    static func endsName(_ byte: UInt8) -> Bool {
        isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">")
    }

    /// Whether a range holds `name`, given in lower case, but for the case of letters.
    static func matches(_ html: borrowing Span<UInt8>, _ range: Range<Int>, _ name: StaticString) -> Bool {
        guard range.count == name.utf8CodeUnitCount else { return false }
        let letters = unsafe name.utf8Start
        for offset in 0..<range.count {
            if unsafe html[range.lowerBound + offset] | 0x20 != letters[offset] { return false }
        }
        return true
    }

    /// The end tag of an element whose content is text, from `<` to behind `>`.
    static func end(of name: StaticString, in html: borrowing Span<UInt8>, from start: Int) -> Range<Int>? {
        let length = name.utf8CodeUnitCount
        var index = start
        while index + 2 + length <= html.count {
            if html[index] == UInt8(ascii: "<"), html[index + 1] == UInt8(ascii: "/"),
                matches(html, index + 2..<index + 2 + length, name)
            {
                var end = index + 2 + length
                if end == html.count || endsName(html[end]) {
                    while end < html.count, html[end] != UInt8(ascii: ">") { end += 1 }
                    return index..<min(end + 1, html.count)
                }
            }
            index += 1
        }
        return nil
    }
}
