/// A stream that a command writes to: standard output or standard error, or a test's memory.
package struct ByteSink: Sendable {
    /// Whether somebody looks at it: if so, text fits its width, and control bytes in data are escaped.
    package let isTerminal: Bool
    /// Whether text may be coloured.
    package let usesColour: Bool

    private let width: @Sendable () -> Int
    private let put: @Sendable ([UInt8]) throws -> Void

    /// - Parameters:
    ///   - isTerminal: Whether somebody looks at it.
    ///   - usesColour: Whether text may be coloured.
    ///   - width: Its width in columns, asked for again each time, since windows change.
    ///   - put: Writes all of the bytes, or throws.
    package init(
        isTerminal: Bool,
        usesColour: Bool = false,
        width: @escaping @Sendable () -> Int = { 80 },
        put: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.isTerminal = isTerminal
        self.usesColour = usesColour
        self.width = width
        self.put = put
    }

    /// How many columns a line has.
    package var columns: Int { width() }

    /// Writes bytes as they are.
    package func write(_ bytes: [UInt8]) throws {
        if !bytes.isEmpty { try put(bytes) }
    }

    /// Writes text as it is.
    package func write(_ text: String) throws {
        try write(Array(text.utf8))
    }

    /// Writes text as it is, and ends the line.
    package func line(_ text: String = "") throws {
        try write(text + "\n")
    }

    /// Text that comes from data, made harmless if somebody looks at it; line breaks and tabs stay as they are.
    package func shown(_ data: String) -> String {
        isTerminal ? data.escapingControls(keepingLines: true) : data
    }

    /// Text in a style, if it may be coloured.
    package func styled(_ text: String, _ style: TextStyle) -> String {
        usesColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// How a piece of text stands out (ECMA-48, SGR).
package enum TextStyle: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
}
