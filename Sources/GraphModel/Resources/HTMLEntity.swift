/// Character references of HTML (WHATWG HTML, section 13.5).
enum HTMLEntity {
    /// Reads a reference that begins with `&` at `at`; nil if none does.
    static func read(
        _ html: borrowing Span<UInt8>,
        at: Int,
        end: Int
    ) -> (scalar: Unicode.Scalar, end: Int)? {
        var index = at + 1
        guard index < end else { return nil }
        if html[index] == UInt8(ascii: "#") { return number(html, at: index + 1, end: end) }
        var name: [UInt8] = []
        while index < end, name.count < 10, HTMLBytes.isLetter(html[index]) || isDigit(html[index]) {
            name.append(html[index])
            index += 1
        }
        // Old pages leave the semicolon out after the commonest names.
        let isTerminated = index < end && html[index] == UInt8(ascii: ";")
        let text = String(decoding: name, as: UTF8.self)
        guard let scalar = named[text], isTerminated || unterminated.contains(text) else { return nil }
        return (scalar, isTerminated ? index + 1 : index)
    }

    private static func number(
        _ html: borrowing Span<UInt8>,
        at start: Int,
        end: Int
    ) -> (scalar: Unicode.Scalar, end: Int)? {
        var index = start
        var radix: UInt32 = 10
        if index < end, html[index] | 0x20 == UInt8(ascii: "x") {
            radix = 16
            index += 1
        }
        let first = index
        var value: UInt32 = 0
        while index < end, let digit = digit(html[index]), digit < radix {
            value = min(value * radix + digit, 0x11_0000)
            index += 1
        }
        guard index > first else { return nil }
        if index < end, html[index] == UInt8(ascii: ";") { index += 1 }
        let scalar = value == 0 ? nil : Unicode.Scalar(value)
        return (scalar ?? "\u{FFFD}", index)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        if isDigit(byte) { return UInt32(byte - UInt8(ascii: "0")) }
        let letter = byte | 0x20
        guard (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(letter) else { return nil }
        return UInt32(letter - UInt8(ascii: "a")) + 10
    }

    private static let unterminated: Set<String> = ["amp", "lt", "gt", "quot", "nbsp", "copy", "reg"]

    private static let named: [String: Unicode.Scalar] = {
        var named: [String: Unicode.Scalar] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "Tab": "\t", "NewLine": "\n", "colon": ":",
            "ndash": "–", "mdash": "—", "lsquo": "‘", "rsquo": "’", "sbquo": "‚", "ldquo": "“", "rdquo": "”",
            "bdquo": "„", "hellip": "…", "bull": "•", "euro": "€", "trade": "™", "dagger": "†", "permil": "‰",
            "lsaquo": "‹", "rsaquo": "›", "larr": "←", "uarr": "↑", "rarr": "→", "darr": "↓", "harr": "↔",
            "check": "✓", "star": "☆", "hearts": "♥", "infin": "∞", "ne": "≠", "le": "≤", "ge": "≥", "minus": "−",
            "asymp": "≈", "sum": "∑", "radic": "√", "OElig": "Œ", "oelig": "œ", "Scaron": "Š", "scaron": "š",
            "Yuml": "Ÿ", "fnof": "ƒ", "ensp": "\u{2002}", "emsp": "\u{2003}", "thinsp": "\u{2009}",
            "zwnj": "\u{200C}", "zwj": "\u{200D}", "lrm": "\u{200E}", "rlm": "\u{200F}",
        ]
        // U+00A0 to U+00FF, in order.
        let latin = """
            nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute \
            micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring \
            AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml \
            times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil \
            egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash \
            ugrave uacute ucirc uuml yacute thorn yuml
            """
        for (offset, name) in latin.split(separator: " ").enumerated() {
            named[String(name)] = Unicode.Scalar(UInt8(0xA0 + offset))
        }
        return named
    }()
}
