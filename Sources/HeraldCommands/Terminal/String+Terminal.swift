extension StringProtocol {
    /// How many columns a terminal gives to the text, which must have no control characters.
    var terminalColumns: Int {
        // Printable ASCII is the common case, and needs no tables.
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
        return reduce(0) { $0 + $1.terminalColumns }
    }

    /// The text, cut to so many columns; a cut is shown by "…" at its end.
    func shortened(toColumns columns: Int) -> String {
        guard terminalColumns > columns else { return String(self) }
        guard columns > 0 else { return "" }
        var short = ""
        var used = 0
        for character in self {
            let width = character.terminalColumns
            if used + width > columns - 1 { break }
            short.append(character)
            used += width
        }
        return short + "…"
    }

    /// The text, filled up with spaces to so many columns.
    func padded(toColumns columns: Int, onLeft: Bool = false) -> String {
        let space = String(repeating: " ", count: Swift.max(0, columns - terminalColumns))
        return onLeft ? space + self : self + space
    }

    /// The text with everything escaped that would steer a terminal instead of showing on it.
    ///
    /// That is: C0 and C1 control characters and DEL, which begin escape sequences; marks that turn the direction of what
    /// follows, which can make text read as what it is not; and Unicode's own line separators.
    ///
    /// - Parameter keepingLines: Whether line feeds and tabs stay as they are.
    /// - Returns: The text with escapes such as `\n` and `\u{1B}` in place of what was dangerous.
    func escapingControls(keepingLines: Bool) -> String {
        guard unicodeScalars.contains(where: \.steersTerminal) else { return String(self) }
        var safe = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "\n" where keepingLines, "\t" where keepingLines: safe.append(scalar)
            case "\n": safe.append(contentsOf: "\\n".unicodeScalars)
            case "\r": safe.append(contentsOf: "\\r".unicodeScalars)
            case "\t": safe.append(contentsOf: "\\t".unicodeScalars)
            case _ where scalar.steersTerminal:
                safe.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            default: safe.append(scalar)
            }
        }
        return String(safe)
    }
}

extension Unicode.Scalar {
    fileprivate var steersTerminal: Bool {
        switch value {
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// Columns by Unicode's East Asian Width (UAX #11): wide and full-width are two, marks that combine are none.
    fileprivate var terminalColumns: Int {
        switch value {
        case 0x20..<0x7F: return 1
        case 0x1160...0x11FF: return 0  // Hangul vowels and finals, which join the consonant before them.
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FF,
            0x1F200...0x1F2FF, 0x20000...0x3FFFD:
            return 2
        default: break
        }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return properties.isEmojiPresentation ? 2 : 1
        }
    }
}

extension Character {
    /// How many columns a terminal gives to the character.
    fileprivate var terminalColumns: Int {
        let scalars = unicodeScalars
        // An emoji may be a sequence of many, and is one picture.
        if scalars.count > 1, let first = scalars.first {
            let isPicture = scalars.contains("\u{FE0F}") && first.properties.isEmoji
            if isPicture || first.properties.isEmojiPresentation { return 2 }
        }
        return scalars.reduce(0) { $0 + $1.terminalColumns }
    }
}

extension String {
    /// The text as a part of a sentence, which has its own full stop.
    var withoutFullStop: String { hasSuffix(".") ? String(dropLast()) : self }
}
