import LuaRuntime
import LuaSyntax

extension ScriptReader {
    /// Notes a file that is read, and what is wrong with it as a table.
    ///
    /// - Returns: The table, if it is one.
    @discardableResult
    mutating func readTable(_ path: LuaString, at place: LuaPlace) -> CSVTable? {
        guard let bytes = readFile(path, at: place) else { return nil }
        do throws(CSVFault) {
            return try CSVTable(bytes, name: path.text)
        } catch {
            fail(.badFile, place, "\(error.file):\(error.line):\(error.column): \(error.problem)", error.remedy)
            return nil
        }
    }

    mutating func readFile(_ path: LuaString, at place: LuaPlace) -> [UInt8]? {
        use(.readsFile, path.text)
        switch file(path.text) {
        case .success(let bytes): return bytes
        case .failure(let error):
            fail(.badFile, place, error.message)
            return nil
        }
    }

    /// A template in a script: its tags, and where its text stands.
    struct TemplateText {
        var pieces: [TemplateTag.Piece]
        var literal: LuaString
        var place: LuaPlace
    }

    /// Reads a template that stands in the script as a literal, or in `html` or `text`; nil if it does not.
    mutating func readTemplate(_ expression: LuaExpression) -> TemplateText? {
        let resolved = names.resolved(expression)
        guard let literal = resolved.literalString else {
            guard case .suffixed = resolved.kind, case .body(let content, _) = meaning(of: resolved) else { return nil }
            let inner = names.resolved(content)
            return inner.literalString.flatMap { readTemplate($0, at: inner.place) }
        }
        return readTemplate(literal, at: resolved.place)
    }

    private mutating func readTemplate(_ literal: LuaString, at place: LuaPlace) -> TemplateText? {
        do throws(Template.Fault) {
            _ = try Template(literal.text, escaping: .none)
        } catch {
            fail(.badTemplate, place, error.message)
            return nil
        }
        let pieces = (try? TemplateTag.split(literal.text)) ?? []
        return TemplateText(pieces: pieces, literal: literal, place: place)
    }

    // MARK: Announcements

    /// Notes an announcement, and holds its templates against the columns of the table that it goes to.
    mutating func announce(_ argument: LuaExpression) {
        guard case .table(let fields) = names.resolved(argument).kind else { return use(.announces) }
        var values: [String: LuaExpression] = [:]
        for case .named(let name, let value) in fields { values[name.text] = value }
        use(.announces, values["name"].flatMap { names.resolved($0).literalString?.text })
        if let attachments = values["attachments"], case .table(let files) = names.resolved(attachments).kind {
            for case .item(let file) in files {
                if let path = names.resolved(file).literalString { readAttachment(path, at: file.place) }
            }
        }
        if let rule = values["onChange"] { checkRule(rule) }
        checkWaves(values)
        if let exceptions = values["except"] { _ = readTargets(exceptions) }
        let table = values["to"].flatMap { readTargets($0) }
        let texts = readLanguages(of: values, table)
        let templates = texts ?? ["topic", "body"].compactMap { values[$0] }
        // A function is given rows as tables of Lua, whose fields know letter case.
        let isExact = templates.contains { value in
            if case .function = names.resolved(value).kind { true } else { false }
        }
        for value in templates {
            checkPictures(in: value)
            guard let template = readTemplate(value), let table else { continue }
            check(template, against: table, isExact: isExact)
        }
    }

    /// Reads the table whose rows are meant, which needs a column of ids; nil if it is none.
    private mutating func readTargets(_ list: LuaExpression) -> CSVTable? {
        guard case .rows(let path, let place) = meaning(of: names.resolved(list)) else { return nil }
        let table = readTable(path, at: place)
        if let table, table.column(caseInsensitive: "id") == nil {
            fail(
                .missingColumn,
                place,
                "\(table.name) has no column 'id' to say which group a row means",
                NearestName.hint("id", among: table.columns) ?? "it has \(table.columns.joined(separator: ", "))"
            )
        }
        return table
    }

    private mutating func check(_ template: TemplateText, against table: CSVTable, isExact: Bool) {
        func isColumn(_ name: String) -> Bool {
            name == "." || table.column(name) != nil || (!isExact && table.column(caseInsensitive: name) != nil)
        }
        // Of the sections around, which are left out with all that is in them, because no column opens them.
        var isLeftOut: [Bool] = []
        var said: Set<String> = []
        for case .tag(let tag) in template.pieces {
            switch tag {
            case .section(let name):
                isLeftOut.append(!isColumn(name))
                guard !isColumn(name), said.insert("#" + name).inserted else { continue }
                warn(
                    .unknownVariable,
                    place(of: name, in: template),
                    "{{#\(name)}} never shows: \(table.name) has no column '\(name)'",
                    hint(name, table)
                )
            case .inverted: isLeftOut.append(false)
            case .close: isLeftOut.removeLast()
            case .variable(let name), .unescaped(let name):
                guard !isColumn(name), !isLeftOut.contains(true), said.insert(name).inserted else { continue }
                fail(
                    .unknownVariable,
                    place(of: name, in: template),
                    "{{\(name)}} stands for nothing: \(table.name) has no column '\(name)'",
                    hint(name, table)
                )
            case .comment: break
            }
        }
    }

    private func hint(_ name: String, _ table: CSVTable) -> String {
        NearestName.hint(name, among: table.columns) ?? "it has \(table.columns.joined(separator: ", "))"
    }

    /// Where the first tag with this name stands; the string's place if escape sequences hide it.
    private func place(of name: String, in template: TemplateText) -> LuaPlace {
        let range = template.literal.range
        let text = source[range]
        let wanted = Array(name.utf8)
        var at = range.lowerBound
        while let brace = text[at...].firstIndex(of: UInt8(ascii: "{")) {
            at = brace + 1
            guard text[brace...].starts(with: "{{".utf8) else { continue }
            let inner = text[(brace + 2)...].drop { " {#^/&\t".utf8.contains($0) }
            guard inner.starts(with: wanted) else { continue }
            let behind = inner.dropFirst(wanted.count).first
            if behind == UInt8(ascii: " ") || behind == UInt8(ascii: "}") {
                return template.place.advanced(to: brace, in: source)
            }
        }
        return template.place
    }
}
