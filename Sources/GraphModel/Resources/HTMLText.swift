/// What the service derives from bodies (reference, section 7).
package enum HTMLText {
    /// The longest preview, in UTF-16 code units.
    package static let previewLength = 255

    /// The beginning of a body as plain text.
    package static func preview(_ content: String, isHTML: Bool) -> String {
        let text = isHTML ? plainText(content, enough: previewLength * 4) : content
        let trimmed = trim(text)
        guard trimmed.utf16.count > previewLength else { return trimmed }
        var preview = ""
        var units = 0
        for character in trimmed {
            units += character.utf16.count
            if units > previewLength { break }
            preview.append(character)
        }
        return preview
    }

    /// The text of a piece of HTML: tags stripped, references resolved, blocks ended by CR LF, runs of spaces made one.
    ///
    /// It is tolerant, as browsers are, and stops once `enough` bytes have come together.
    package static func plainText(_ html: String, enough: Int = .max) -> String {
        var output: [UInt8] = []
        var html = html
        html.withUTF8 { bytes in
            var index = 0
            var pendingSpace = false
            func isLineStart() -> Bool { output.isEmpty || output.last == UInt8(ascii: "\n") }
            func put(_ text: some Sequence<UInt8>) {
                if pendingSpace, !isLineStart() { output.append(UInt8(ascii: " ")) }
                pendingSpace = false
                output.append(contentsOf: text)
            }
            func endLine() {
                pendingSpace = false
                if !isLineStart() { output.append(contentsOf: [13, 10]) }
            }
            while index < bytes.count, output.count < enough {
                let byte = unsafe bytes[index]
                switch byte {
                case UInt8(ascii: "<"):
                    let (name, end) = unsafe tag(UnsafeBufferPointer(rebasing: bytes[index...]))
                    index += end
                    switch name {
                    case "script", "style", "head", "title":
                        index = unsafe skip(bytes, from: index, toEndOf: name)
                    case "br", "/br": endLine()
                    case "p", "/p", "div", "/div", "li", "/li", "tr", "/tr", "h1", "/h1", "h2", "/h2", "h3", "/h3",
                        "ul",
                        "/ul", "ol", "/ol", "table", "/table", "blockquote", "/blockquote":
                        endLine()
                    case "": put(CollectionOfOne(byte))
                    default: break
                    }
                case UInt8(ascii: "&"):
                    let (text, length) = unsafe reference(UnsafeBufferPointer(rebasing: bytes[index...]))
                    index += length
                    if text == " " || text == "\u{A0}" { pendingSpace = true } else { put(text.utf8) }
                case UInt8(ascii: " "), 9, 10, 13:
                    pendingSpace = true
                    index += 1
                case 0xC2 where unsafe index + 1 < bytes.count && bytes[index + 1] == 0xA0:
                    pendingSpace = true
                    index += 2
                default:
                    var end = index + 1
                    while unsafe end < bytes.count && !isSpecial(bytes[end]) { end += 1 }
                    unsafe put(bytes[index..<end])
                    index = end
                }
            }
        }
        return trim(String(decoding: output, as: UTF8.self))
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: " ") || byte == 0xC2
            || (byte >= 9 && byte <= 13)
    }

    /// The lower-case name of the tag at the start, "/" included for a closing one, and its length; "" where "<" is text.
    private static func tag(_ bytes: UnsafeBufferPointer<UInt8>) -> (name: String, length: Int) {
        guard bytes.count > 1 else { return ("", 1) }
        let next = unsafe bytes[1]
        if next == UInt8(ascii: "!") || next == UInt8(ascii: "?") {
            let isComment = unsafe bytes.count > 3 && bytes[2] == UInt8(ascii: "-") && bytes[3] == UInt8(ascii: "-")
            var index = isComment ? 4 : 2
            while index < bytes.count {
                if unsafe bytes[index] == UInt8(ascii: ">") {
                    if !isComment { break }
                    if unsafe index >= 6 && bytes[index - 1] == UInt8(ascii: "-")
                        && bytes[index - 2] == UInt8(ascii: "-")
                    {
                        break
                    }
                }
                index += 1
            }
            return ("!", min(index + 1, bytes.count))
        }
        var index = 1
        var name = ""
        if next == UInt8(ascii: "/") {
            name = "/"
            index = 2
        }
        guard index < bytes.count, unsafe isLetter(bytes[index]) else { return ("", 1) }
        while index < bytes.count, unsafe isLetter(bytes[index]) || isDigit(bytes[index]) {
            name.unicodeScalars.append(Unicode.Scalar(unsafe bytes[index] | (isLetter(bytes[index]) ? 0x20 : 0)))
            index += 1
        }
        var quote: UInt8?
        while index < bytes.count {
            let byte = unsafe bytes[index]
            index += 1
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                break
            }
        }
        return (name, index)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }
    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func skip(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, toEndOf name: String) -> Int {
        var index = start
        while index < bytes.count {
            if unsafe bytes[index] == UInt8(ascii: "<") {
                let (found, length) = unsafe tag(UnsafeBufferPointer(rebasing: bytes[index...]))
                if found == "/" + name { return index + length }
            }
            index += 1
        }
        return bytes.count
    }

    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©", "reg": "®",
        "trade": "™", "hellip": "…", "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”",
        "euro": "€", "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß",
        "eacute": "é", "egrave": "è", "agrave": "à", "ccedil": "ç", "bull": "•", "middot": "·", "laquo": "«",
        "raquo": "»",
    ]

    private static func reference(_ bytes: UnsafeBufferPointer<UInt8>) -> (text: String, length: Int) {
        let limit = min(bytes.count, 12)
        var end = 1
        while end < limit, unsafe bytes[end] != UInt8(ascii: ";") { end += 1 }
        guard end < limit else { return ("&", 1) }
        let name = unsafe String(decoding: bytes[1..<end], as: UTF8.self)
        if let text = named[name] { return (text, end + 1) }
        guard name.hasPrefix("#") else { return ("&", 1) }
        let digits = name.dropFirst()
        let value = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value, let scalar = Unicode.Scalar(value), value != 0 else { return ("&", 1) }
        return (String(Character(scalar)), end + 1)
    }

    private static func trim(_ text: String) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }),
            let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
