import GraphModel

/// The pictures that HTML shows from among its attachments, by `cid:` addresses (RFC 2392).
enum ShownPictures {
    /// The ids of the pictures in a body, each once, in the order in which they first appear.
    static func ids(in html: String) -> [String] {
        let bytes = Array(html.utf8)
        guard place(ofScheme: bytes[...]) != nil else { return [] }
        var ids: [String] = []
        var rest = bytes[...]
        // What stands between two tags is text, and tells of no picture.
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            rest = rest[(start + 1)...]
            if rest.starts(with: "!--".utf8) {
                while !rest.isEmpty, !rest.starts(with: "-->".utf8) { rest = rest.dropFirst() }
            } else if rest.first.map(isLetter) == true {
                while let value = nextValue(&rest) {
                    for id in addresses(in: value) where !ids.contains(id) { ids.append(id) }
                }
            }
        }
        return ids
    }

    /// The value of the next attribute of a tag; nil at the tag's end.
    private static func nextValue(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let end = rest.firstIndex { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ">") }
        guard let end, rest[end] == UInt8(ascii: "=") else {
            rest = end.map { rest[$0...] } ?? []
            return nil
        }
        rest = rest[(end + 1)...].drop(while: isSpace)
        let quote = rest.first
        if let quote, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            rest = rest.dropFirst()
            let value = rest.prefix { $0 != quote }
            rest = rest[value.endIndex...].dropFirst()
            return value
        }
        let value = rest.prefix { !isSpace($0) && $0 != UInt8(ascii: ">") }
        rest = rest[value.endIndex...]
        return value
    }

    /// The ids in an attribute's value: it is an address, or a style that names some.
    private static func addresses(in value: ArraySlice<UInt8>) -> [String] {
        var found: [String] = []
        var rest = value.drop(while: isSpace)
        while let place = place(ofScheme: rest) {
            let isAddress = place == rest.startIndex && place == value.drop(while: isSpace).startIndex
            let before = value[..<place].last { !isSpace($0) && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"") }
            rest = rest[(place + 4)...]
            guard isAddress || before == UInt8(ascii: "(") else { continue }
            let address = isAddress ? rest : rest.prefix { !isSpace($0) && !"'\")".utf8.contains($0) }
            found.append(id(String(decoding: address, as: UTF8.self).trimmed))
            if isAddress { break }
        }
        return found
    }

    private static func id(_ address: String) -> String {
        // What templates write for characters that HTML gives a meaning.
        let text = [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
            .reduce(address) { $0.replacing($1.0, with: $1.1) }
        return PercentEncoding.decode(text)
    }

    private static func place(ofScheme bytes: ArraySlice<UInt8>) -> Int? {
        var rest = bytes
        while let colon = rest.firstIndex(of: UInt8(ascii: ":")) {
            let name = bytes[..<colon].suffix(3).map { $0 | 0x20 }
            if name == Array("cid".utf8) { return colon - 3 }
            rest = rest[(colon + 1)...]
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
}
