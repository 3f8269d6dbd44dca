/// What Graph makes of the HTML of posts when they are read (reference, section 7).
package enum HTMLWrapping {
    /// The text as the content of a page of its own, its ids beginning with `x_`.
    ///
    /// A text that is a page already stays one. The text must be clean, as ``HTMLSanitizer`` leaves it.
    package static func wrap(_ html: String) -> String {
        let marked = mark(html)
        return isPage(html.utf8.span) ? marked : "<html><body><div>\(marked)</div></body></html>"
    }

    private static let prefix = Array("x_".utf8)

    /// Puts the prefix before the values of all `id` attributes.
    private static func mark(_ html: String) -> String {
        var scan = Scan()
        scan.run(html.utf8.span)
        guard !scan.ids.isEmpty else { return html }
        let bytes = html.utf8.span
        var marked: [UInt8] = []
        marked.reserveCapacity(bytes.count + scan.ids.count * prefix.count)
        var at = 0
        for id in scan.ids {
            for index in at..<id { marked.append(bytes[index]) }
            marked += prefix
            at = id
        }
        for index in at..<bytes.count { marked.append(bytes[index]) }
        return String(decoding: marked, as: UTF8.self)
    }

    /// Whether the first tag is that of a document: `<!doctype …>` or `<html …>`.
    private static func isPage(_ html: borrowing Span<UInt8>) -> Bool {
        var at = 0
        while at < html.count, HTMLBytes.isSpace(html[at]) { at += 1 }
        guard at < html.count, html[at] == UInt8(ascii: "<") else { return false }
        at += 1
        if at < html.count, html[at] == UInt8(ascii: "!") {
            at += 1
            return at < html.count && HTMLBytes.isLetter(html[at])
        }
        let start = at
        while at < html.count, !HTMLBytes.endsName(html[at]) { at += 1 }
        return HTMLBytes.matches(html, start..<at, "html")
    }

    /// Finds where the values of `id` attributes begin.
    private struct Scan {
        var ids: [Int] = []
        private var at = 0

        mutating func run(_ html: borrowing Span<UInt8>) {
            while at < html.count {
                guard html[at] == UInt8(ascii: "<") else {
                    at += 1
                    continue
                }
                at += 1
                guard at < html.count else { return }
                if html[at] == UInt8(ascii: "!") {
                    skipMarkup(html)
                } else if HTMLBytes.isLetter(html[at]) {
                    while at < html.count, !HTMLBytes.endsName(html[at]) { at += 1 }
                    attributes(html)
                }
            }
        }

        private mutating func skipMarkup(_ html: borrowing Span<UInt8>) {
            let isComment =
                at + 2 < html.count && html[at + 1] == UInt8(ascii: "-") && html[at + 2] == UInt8(ascii: "-")
            let start = at + 3
            while at < html.count {
                at += 1
                guard at < html.count, html[at] == UInt8(ascii: ">") else { continue }
                // `<!-->` and `<!--->` are whole comments.
                if !isComment || at == start || at == start + 1 && html[start] == UInt8(ascii: "-") { return }
                let end = html[at - 1] == UInt8(ascii: "!") ? at - 1 : at
                if end >= start + 2, html[end - 1] == UInt8(ascii: "-"), html[end - 2] == UInt8(ascii: "-") { return }
            }
        }

        private mutating func attributes(_ html: borrowing Span<UInt8>) {
            while at < html.count, html[at] != UInt8(ascii: ">") {
                if HTMLBytes.isSpace(html[at]) || html[at] == UInt8(ascii: "/") {
                    at += 1
                    continue
                }
                let start = at
                at += 1
                while at < html.count, html[at] != UInt8(ascii: "="), !HTMLBytes.endsName(html[at]) { at += 1 }
                let name = start..<at
                skipSpace(html)
                guard at < html.count, html[at] == UInt8(ascii: "=") else { continue }
                at += 1
                skipSpace(html)
                let value = skipValue(html)
                if HTMLBytes.matches(html, name, "id"), !value.isEmpty { ids.append(value.lowerBound) }
            }
        }

        private mutating func skipSpace(_ html: borrowing Span<UInt8>) {
            while at < html.count, HTMLBytes.isSpace(html[at]) { at += 1 }
        }

        private mutating func skipValue(_ html: borrowing Span<UInt8>) -> Range<Int> {
            guard at < html.count else { return at..<at }
            let quote = html[at]
            var start = at
            if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                start += 1
                at = start
                while at < html.count, html[at] != quote { at += 1 }
                let end = at
                at = min(at + 1, html.count)
                return start..<end
            }
            while at < html.count, !HTMLBytes.isSpace(html[at]), html[at] != UInt8(ascii: ">") { at += 1 }
            return start..<at
        }
    }
}
