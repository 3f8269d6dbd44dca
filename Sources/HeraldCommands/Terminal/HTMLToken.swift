import GraphModel

/// A piece of HTML: what a person's eye would tell apart.
enum HTMLToken: Equatable {
    case open(String, attributes: [String: String])
    case close(String)
    /// Characters, references among them resolved.
    case text(String)

    /// Cuts HTML into pieces; comments, and what `script`, `style` and `head` hold, are left out.
    static func tokens(of html: String) -> [HTMLToken] {
        var reader = HTMLTokenReader(html)
        return reader.all()
    }
}

private struct HTMLTokenReader {
    private let html: [Character]
    private var at = 0
    private var tokens: [HTMLToken] = []

    init(_ html: String) {
        self.html = Array(html)
    }

    mutating func all() -> [HTMLToken] {
        var text = ""
        while at < html.count {
            guard html[at] == "<", let tag = readTag() else {
                text.append(html[at])
                at += 1
                continue
            }
            flush(&text)
            tokens += tag
            if case .open(let name, _)? = tag.first, ["script", "style", "head"].contains(name) { skip(to: name) }
        }
        flush(&text)
        return tokens
    }

    private mutating func flush(_ text: inout String) {
        if !text.isEmpty { tokens.append(.text(Self.resolved(text))) }
        text = ""
    }

    /// A text with its references resolved.
    static func resolved(_ text: String) -> String {
        guard text.contains("&") else { return text }
        var whole = ""
        var rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            whole += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(34).firstIndex(of: ";") else {
                whole += "&"
                rest.removeFirst()
                continue
            }
            let reference = String(rest[...end])
            // A reference to a space of whatever kind is read as nothing by itself.
            let character = HTMLText.plainText("." + reference + ".").dropFirst().dropLast()
            whole += character.isEmpty ? " " : String(character)
            rest = rest[rest.index(after: end)...]
        }
        return whole + rest
    }

    /// Reads a tag or a comment that begins here; nil if "<" is a character like any other.
    private mutating func readTag() -> [HTMLToken]? {
        var place = at + 1
        guard place < html.count else { return nil }
        if html[place] == "!" || html[place] == "?" {
            let isComment = html[place...].starts(with: "!--")
            let end = isComment ? find("-->", from: place + 3) : find(">", from: place)
            at = end.map { $0 + (isComment ? 3 : 1) } ?? html.count
            return []
        }
        let isEnd = html[place] == "/"
        if isEnd { place += 1 }
        guard place < html.count, html[place].isASCII, html[place].isLetter else { return nil }
        var name = ""
        while place < html.count, !html[place].isWhitespace, html[place] != ">", html[place] != "/" {
            name.append(html[place])
            place += 1
        }
        let attributes = readAttributes(&place)
        at = place
        return [isEnd ? .close(name.lowercased()) : .open(name.lowercased(), attributes: attributes)]
    }

    /// Reads to behind the ">" of a tag.
    private func readAttributes(_ place: inout Int) -> [String: String] {
        var attributes: [String: String] = [:]
        while place < html.count, html[place] != ">" {
            guard !html[place].isWhitespace, html[place] != "/" else {
                place += 1
                continue
            }
            var name = ""
            while place < html.count, !html[place].isWhitespace, !"=>/".contains(html[place]) {
                name.append(html[place])
                place += 1
            }
            var value = ""
            if place < html.count, html[place] == "=" {
                place += 1
                value = readValue(&place)
            } else if name.isEmpty {
                place += 1
            }
            if attributes[name.lowercased()] == nil { attributes[name.lowercased()] = Self.resolved(value) }
        }
        if place < html.count { place += 1 }
        return attributes
    }

    private func readValue(_ place: inout Int) -> String {
        var value = ""
        if place < html.count, html[place] == "\"" || html[place] == "'" {
            let quote = html[place]
            place += 1
            while place < html.count, html[place] != quote {
                value.append(html[place])
                place += 1
            }
            if place < html.count { place += 1 }
        } else {
            while place < html.count, !html[place].isWhitespace, html[place] != ">" {
                value.append(html[place])
                place += 1
            }
        }
        return value
    }

    private func find(_ text: String, from start: Int) -> Int? {
        let wanted = Array(text)
        guard html.count >= wanted.count, start <= html.count - wanted.count else { return nil }
        return (start...(html.count - wanted.count)).first { html[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }

    private mutating func skip(to name: String) {
        while at < html.count {
            let start = at
            if html[at] == "<", let tag = readTag() {
                if tag == [.close(name)] { return }
            } else {
                at += 1
            }
            if at == start { at += 1 }
        }
    }
}
