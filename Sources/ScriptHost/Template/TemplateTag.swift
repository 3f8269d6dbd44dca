/// A tag of a Mustache template, as it stands in the source (mustache(5)).
enum TemplateTag: Equatable {
    case variable(name: String)
    case unescaped(name: String)
    case section(name: String)
    case inverted(name: String)
    case close(name: String)
    case comment

    /// What is wrong with a template, and on which of its lines.
    struct Fault: Error {
        var line: Int
        var reason: String
    }

    /// A stretch of a template.
    enum Piece {
        case text(Substring)
        case tag(TemplateTag)
    }

    /// Splits a template into its texts and tags.
    static func split(_ source: String) throws(Fault) -> [Piece] {
        var pieces: [Piece] = []
        var rest = source[...]
        var open: [(name: String, line: Int)] = []
        var line = 1
        var counted = source.startIndex
        while let start = rest.range(ofBytes: "{{") {
            line += source[counted..<start.lowerBound].count { $0.isNewline }
            counted = start.lowerBound
            if start.lowerBound > rest.startIndex { pieces.append(.text(rest[..<start.lowerBound])) }
            let isTriple = rest[start.upperBound...].first == "{"
            let ending = isTriple ? "}}}" : "}}"
            guard let end = rest[start.upperBound...].range(ofBytes: ending) else {
                throw Fault(line: line, reason: "a tag begins with '{{' and does not end; close it with '\(ending)'")
            }
            let content = rest[start.upperBound..<end.lowerBound].dropFirst(isTriple ? 1 : 0)
            let tag = try tag(content, isTriple: isTriple, line: line)
            switch tag {
            case .section(let name), .inverted(let name): open.append((name, line))
            case .close(let name):
                guard let last = open.popLast() else {
                    throw Fault(line: line, reason: "{{/\(name)}} closes a section that was not opened")
                }
                guard last.name == name else {
                    throw Fault(
                        line: line,
                        reason: "{{/\(name)}} stands where {{/\(last.name)}} was expected, opened on line \(last.line)"
                    )
                }
            default: break
            }
            pieces.append(.tag(tag))
            rest = rest[end.upperBound...]
        }
        if let last = open.last {
            throw Fault(line: last.line, reason: "{{#\(last.name)}} is not closed; end it with {{/\(last.name)}}")
        }
        if !rest.isEmpty { pieces.append(.text(rest)) }
        return pieces
    }

    private static func tag(_ content: Substring, isTriple: Bool, line: Int) throws(Fault) -> TemplateTag {
        func name(_ text: Substring) throws(Fault) -> String {
            let name = text.trimmed
            guard !name.isEmpty else { throw Fault(line: line, reason: "a tag has no name") }
            guard !name.contains(where: { "{}()#^/&>=".contains($0) || $0.isNewline }) else {
                throw Fault(line: line, reason: "'\(name)' is no name; a name has no brackets and no signs")
            }
            return name
        }
        if isTriple { return .unescaped(name: try name(content)) }
        switch content.first {
        case "!": return .comment
        case "#": return .section(name: try name(content.dropFirst()))
        case "^": return .inverted(name: try name(content.dropFirst()))
        case "/": return .close(name: try name(content.dropFirst()))
        case "&": return .unescaped(name: try name(content.dropFirst()))
        case ">", "<", "$", "=", "%":
            throw Fault(
                line: line,
                reason: "'{{\(content)}}' is not supported; use variables {{name}}, sections {{#name}}…{{/name}} and "
                    + "{{^name}}…{{/name}}, and comments {{! … }}"
            )
        default: return .variable(name: try name(content))
        }
    }
}

extension StringProtocol {
    /// The text without the white space at its ends.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}

extension Substring {
    /// Where a text of ASCII stands first; each byte is looked at once.
    fileprivate func range(ofBytes text: String) -> Range<Index>? {
        guard let first = text.utf8.first else { return nil }
        var rest = utf8
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: text.utf8) { return start..<rest.index(start, offsetBy: text.utf8.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
