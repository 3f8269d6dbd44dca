import Announcements
import LuaRuntime
import LuaSyntax

/// What an announcement holds: files, pictures, languages.
extension ScriptReader {
    /// Notes a file that is attached, and what is wrong with it.
    mutating func readAttachment(_ path: LuaString, at place: LuaPlace) {
        guard let bytes = readFile(path, at: place) else { return }
        if let fault = AttachedFile.sizeFault(bytes.count, path.text) { fail(.badFile, place, fault) }
    }

    /// Notes what becomes of groups that have other content.
    mutating func checkRule(_ value: LuaExpression) {
        guard let name = names.resolved(value).literalString?.text else { return }
        let known = ChangeRule.allCases.filter { $0 != .report }.map(\.rawValue)
        guard !known.contains(name) else { return }
        fail(
            .wrongKind,
            value.place,
            "announce: field 'onChange' is \"skip\", \"reply\" or \"new\", not \"\(name)\"",
            NearestName.hint(name, among: known)
        )
    }

    /// Notes what is said about waves where there are none.
    mutating func checkWaves(_ values: [String: LuaExpression]) {
        if let waves = values["waves"], !names.resolved(waves).isNil { return }
        if let pause = values["pause"], !names.resolved(pause).isNil {
            fail(.missingArgument, pause.place, "announce: " + Waves.withoutWaves("pause"))
        }
        if let confirm = values["confirm"], case .boolean(true) = names.resolved(confirm).kind {
            fail(.missingArgument, confirm.place, "announce: " + Waves.withoutWaves("confirm"))
        }
    }

    // MARK: Pictures

    /// Notes the pictures that a body shows, and those that are not there.
    mutating func checkPictures(in value: LuaExpression) {
        let resolved = names.resolved(value)
        guard case .suffixed = resolved.kind, case .body(let content, let kind) = meaning(of: resolved), kind != .text,
            let literal = names.resolved(content).literalString
        else { return }
        var html = literal.text
        if kind == .markdown {
            do throws(Markdown.Fault) {
                html = try Markdown(html).html
            } catch {
                return fail(.badTemplate, content.place, error.message)
            }
        }
        for id in ShownPictures.ids(in: html) where !id.contains("{{") {
            use(.readsFile, id)
            switch file(id) {
            case .success(let bytes):
                if let fault = AttachedFile.sizeFault(bytes.count, id) { fail(.badFile, content.place, fault) }
            case .failure(let error):
                fail(
                    .badFile,
                    content.place,
                    "the body shows 'cid:\(id)', and there is no such picture: \(error.message)"
                )
            }
        }
    }

    // MARK: Languages

    /// The texts of one field by language, as they stand in the script.
    private struct Texts {
        var place: LuaPlace
        var values: [String: LuaExpression] = [:]
        var fallback: String?
    }

    /// Notes what is wrong with the languages of an announcement.
    ///
    /// - Returns: Its templates in all languages; nil if it is in one.
    mutating func readLanguages(of values: [String: LuaExpression], _ table: CSVTable?) -> [LuaExpression]? {
        let topic = values["topic"].flatMap { readTexts($0, "topic") }
        let body = values["body"].flatMap { readTexts($0, "body") }
        guard let first = body ?? topic else { return nil }
        if let topic, let body {
            for (here, there, texts, others) in [("body", "topic", body, topic), ("topic", "body", topic, body)] {
                let missing = texts.values.keys.filter { others.values[$0] == nil }.sorted()
                guard !missing.isEmpty else { continue }
                fail(
                    .missingLanguage,
                    others.place,
                    "'\(there)' lacks what '\(here)' has in \(missing.joined(separator: ", "))",
                    "give every language for both"
                )
            }
        }
        let languages = Languages(Array(first.values.keys), fallback: topic?.fallback ?? body?.fallback)
        if let table { check(languages, against: table, at: first.place) }
        // What is one text for all languages stands beside those of the other field.
        let plain = [topic == nil ? values["topic"] : nil, body == nil ? values["body"] : nil].compactMap { $0 }
        return plain + [topic, body].compactMap { $0 }.flatMap { $0.values.sorted { $0.key < $1.key }.map(\.value) }
    }

    private mutating func readTexts(_ value: LuaExpression, _ field: String) -> Texts? {
        guard case .table(let fields) = names.resolved(value).kind else { return nil }
        var texts = Texts(place: value.place)
        for field in fields {
            switch field {
            case .named(let name, let value): texts.values[name.text] = value
            case .keyed(let key, let value):
                guard let name = key.literalString?.text else { return nil }
                texts.values[name] = value
            case .item: return nil
            }
        }
        guard texts.values["content"] == nil else { return nil }
        let fallback = texts.values.removeValue(forKey: "fallback")
        for (name, value) in texts.values where !Languages.isTag(Languages.tag(name)) {
            fail(.unknownField, value.place, "'\(field)': '\(name)' is no language", "write en or [\"de-AT\"]")
        }
        texts.values = Dictionary(texts.values.map { (Languages.tag($0.key), $0.value) }) { first, _ in first }
        if let fallback, let named = names.resolved(fallback).literalString?.text {
            texts.fallback = Languages.tag(named)
            if texts.values[Languages.tag(named)] == nil {
                fail(
                    .missingLanguage,
                    fallback.place,
                    "'\(field)': the fallback '\(named)' is none of its languages",
                    "they are \(texts.values.keys.sorted().joined(separator: ", "))"
                )
            }
        }
        return texts
    }

    private mutating func check(_ languages: Languages, against table: CSVTable, at place: LuaPlace) {
        guard languages.fallback == nil else { return }
        let column = table.column(caseInsensitive: "preferredLanguage")
        var missing: Set<String> = []
        for row in table.rows {
            if case .missing(let language) = languages.choice(for: column.map { row[$0] }) { missing.insert(language) }
            if column == nil { break }
        }
        for language in missing.sorted() {
            fail(
                .missingLanguage,
                place,
                column == nil
                    ? "\(table.name) has no column 'preferredLanguage' to choose the language by"
                    : "\(table.name) has a group for which there is no text: \(languages.remedy(for: language))",
                column == nil ? "add it, or name a fallback: fallback = \"\(languages.tags[0])\"" : nil
            )
        }
    }
}
