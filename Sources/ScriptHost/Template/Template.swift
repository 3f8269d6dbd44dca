import Mustache

/// A text with variables and sections, rendered for each target with its own values (Mustache, by swift-mustache).
///
/// A variable that is missing is a fault; a section whose name is missing is left out, as is one whose text is empty.
package struct Template: Sendable {
    /// What happens to the values of `{{name}}`; `{{{name}}}` and `{{&name}}` are never escaped.
    package enum Escaping: Sendable {
        case html
        case none
    }

    /// Why a template cannot be used.
    package struct Fault: Error, Sendable {
        /// Names the line of the template, what is wrong there, and what to do.
        package var message: String
    }

    /// The values lack a variable.
    package struct MissingVariable: Error, Sendable, Equatable {
        package var name: String
    }

    /// The names of the variables, without those of sections, in the order in which they first appear.
    package let variables: [String]

    private let source: String
    private let escaping: Escaping
    private let names: [[String]]
    private let form: Form

    /// How the text is made.
    private enum Form {
        /// It is the source.
        case constant
        /// Of texts and values in turn: what has no sections and no comments needs no library to tell what is left out.
        case sequence([Part])
        case mustache(MustacheTemplate)
    }

    private enum Part {
        case text(String)
        case value(name: Int, isEscaped: Bool)
    }

    /// Reads a template.
    package init(_ source: String, escaping: Escaping) throws(Fault) {
        self.source = source
        self.escaping = escaping
        guard source.contains("{{") else {
            (variables, names, form) = ([], [], .constant)
            return
        }
        // The library knows one way to look a name up, so the names that it sees say what they are looked up for, and
        // stand for any name at all: "*3" is the escaped value of the fourth name, "-3" the plain one, "?3" a section.
        var names: [String] = []
        var variables: [String] = []
        var rewritten = ""
        func number(_ name: String) -> Int {
            if let index = names.firstIndex(of: name) { return index }
            names.append(name)
            return names.count - 1
        }
        var parts: [Part]? = []
        do {
            for piece in try TemplateTag.split(source) {
                switch piece {
                case .text(let text):
                    rewritten += text
                    parts?.append(.text(String(text)))
                    continue
                case .tag(.variable(let name)):
                    rewritten += "{{*\(number(name))}}"
                    if !variables.contains(name) { variables.append(name) }
                    parts?.append(.value(name: number(name), isEscaped: escaping == .html))
                    continue
                case .tag(.unescaped(let name)):
                    rewritten += "{{-\(number(name))}}"
                    if !variables.contains(name) { variables.append(name) }
                    parts?.append(.value(name: number(name), isEscaped: false))
                    continue
                case .tag(.section(let name)): rewritten += "{{#?\(number(name))}}"
                case .tag(.inverted(let name)): rewritten += "{{^?\(number(name))}}"
                case .tag(.close(let name)): rewritten += "{{/?\(number(name))}}"
                case .tag(.comment): rewritten += "{{!}}"
                }
                parts = nil
            }
            if let parts {
                form = .sequence(parts)
            } else {
                // A pragma takes the end of its line with it.
                form = .mustache(try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}\n" + rewritten))
            }
        } catch let fault as TemplateTag.Fault {
            throw Fault(message: "line \(fault.line) of the template: \(fault.reason)")
        } catch {
            throw Fault(message: "the template cannot be read: \(error)")
        }
        self.names = names.map { $0 == "." ? [] : $0.split(separator: ".").map { $0.trimmed } }
        self.variables = variables
    }

    /// A text in which nothing is a variable, whatever it looks like.
    package init(literal text: String) {
        source = text
        escaping = .none
        (variables, names, form) = ([], [], .constant)
    }

    /// Whether every target gets the same text.
    package var isConstant: Bool { if case .constant = form { true } else { false } }

    /// The text with the values of `source`.
    ///
    /// - Throws: ``MissingVariable``.
    package func render(_ values: any TemplateSource) throws(MissingVariable) -> String {
        switch form {
        case .constant: return source
        case .sequence(let parts): return try text(of: values) { joined(parts, in: $0) }
        case .mustache(let template): return try text(of: values) { template.render($0) }
        }
    }

    private func text(
        of values: any TemplateSource,
        _ make: (Scope) -> String
    ) throws(MissingVariable) -> String {
        let rendering = Rendering(names: names, escaping: escaping)
        let text = make(Scope(value: .object(values), rendering: rendering, isRoot: true))
        if let missing = rendering.missing {
            throw MissingVariable(name: missing.isEmpty ? "." : missing.joined(separator: "."))
        }
        return text
    }

    private func joined(_ parts: [Part], in root: Scope) -> String {
        var joined = ""
        joined.reserveCapacity(source.utf8.count + 64)
        for part in parts {
            switch part {
            case .text(let text): joined += text
            case .value(let name, let isEscaped): joined += root.text(of: name, isEscaped: isEscaped) ?? ""
            }
        }
        return joined
    }
}

/// One rendering of a template: the names it looks up, and the first variable that it missed.
private final class Rendering {
    let names: [[String]]
    let escaping: Template.Escaping
    var missing: [String]?

    init(names: [[String]], escaping: Template.Escaping) {
        self.names = names
        self.escaping = escaping
    }
}

/// What the library sees of a value: an object whose children have the names that ``Template`` made.
private struct Scope: MustacheParent {
    var value: TemplateValue
    var rendering: Rendering
    var isRoot = false

    func child(named coded: String) -> Any? {
        guard let mode = coded.utf8.first, let index = Int(coded.dropFirst()) else { return nil }
        guard mode != UInt8(ascii: "?") else { return look(up: rendering.names[index]).flatMap(section) }
        return text(of: index, isEscaped: mode == UInt8(ascii: "*") && rendering.escaping == .html)
    }

    /// What a variable stands for, by the number of its name; nil if it is missing here.
    func text(of index: Int, isEscaped: Bool) -> String? {
        let path = rendering.names[index]
        switch look(up: path) {
        case .text(let text)?: return isEscaped ? text.htmlEscaped : text
        case .boolean(let boolean)?: return boolean ? "true" : "false"
        default:
            // The library climbs the stack of scopes on nil, so a name is missing only when the root has not got it.
            if isRoot { rendering.missing = rendering.missing ?? path }
            return nil
        }
    }

    private func look(up path: [String]) -> TemplateValue? {
        var found: TemplateValue? = value
        for name in path {
            guard case .object(let source)? = found else { return nil }
            found = source.value(named: name)
        }
        return found
    }

    private func section(_ value: TemplateValue) -> Any? {
        switch value {
        case .boolean(let boolean): boolean
        case .text(let text): text.isEmpty ? false as Any : Scope(value: value, rendering: rendering)
        case .object: Scope(value: value, rendering: rendering)
        case .list(let values): values.map { Scope(value: $0, rendering: rendering) }
        }
    }
}

extension String {
    /// The text with the five characters that HTML gives a meaning written as references.
    ///
    /// It works on bytes: a quotation mark with a combining accent behind it is one character of Swift's, and a
    /// quotation mark to a browser.
    package var htmlEscaped: String {
        guard utf8.contains(where: Self.needsEscape) else { return self }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count + 32)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): bytes.append(contentsOf: "&#39;".utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "&") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
            || byte == UInt8(ascii: "\"")
            || byte == UInt8(ascii: "'")
    }
}
