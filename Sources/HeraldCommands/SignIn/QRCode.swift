import CQREncode

/// A QR code (ISO/IEC 18004), made by libqrencode, as text for terminals: half blocks, so that it comes out square.
@safe struct QRCode {
    /// How many modules each side has.
    let width: Int
    private let modules: [Bool]
    /// The light frame that readers need around a code, in modules; half of what the standard wants is enough on screens.
    private static let frame = 2

    /// Encodes a text; nil if it is too long.
    init?(_ text: String) {
        guard let code = unsafe QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L) else { return nil }
        defer { unsafe QRcode_free(code) }
        let width = unsafe Int(code.pointee.width)
        self.width = width
        modules = (0..<width * width).map { unsafe code.pointee.data[$0] & 1 == 1 }
    }

    /// How many columns the picture takes.
    var columns: Int { width + 2 * Self.frame }

    /// The picture, one line for two rows of modules.
    ///
    /// - Parameter usesColour: Whether black and white may be asked for. Otherwise it is drawn light on dark, as most
    ///   terminals are.
    /// - Returns: The lines, from the top.
    func lines(usesColour: Bool) -> [String] {
        let side = columns
        return stride(from: 0, to: side, by: 2).map { row in
            let text = (0..<side).map { column in
                switch (isDark(column, row), row + 1 < side && isDark(column, row + 1)) {
                case (true, true): usesColour ? "█" : " "
                case (true, false): usesColour ? "▀" : "▄"
                case (false, true): usesColour ? "▄" : "▀"
                case (false, false): usesColour ? " " : "█"
                }
            }.joined()
            return usesColour ? "\u{1B}[30;107m\(text)\u{1B}[0m" : text
        }
    }

    private func isDark(_ column: Int, _ row: Int) -> Bool {
        let (x, y) = (column - Self.frame, row - Self.frame)
        return (0..<width).contains(x) && (0..<width).contains(y) && modules[y * width + x]
    }
}

extension QRCode {
    /// Draws an address for who looks at a terminal that can show it.
    ///
    /// - Returns: Whether it was drawn.
    @discardableResult
    static func show(_ address: String, in herald: HeraldEnvironment) throws -> Bool {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { herald.variable($0) }.first ?? ""
        let isUnicode = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
        guard herald.error.isTerminal, isUnicode, herald.variable("TERM") != "dumb", let code = QRCode(address),
            code.columns <= herald.error.columns
        else { return false }
        for line in code.lines(usesColour: herald.error.usesColour) { try herald.error.line(line) }
        return true
    }
}
