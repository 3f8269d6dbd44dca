import GraphModel
import LuaRuntime

/// What an announcement says: its topic and its body, each in one language for all groups or in several.
struct AnnouncementTexts: Sendable {
    /// A text for all, or one for each language, by its tag in lower case (RFC 5646).
    private enum Text<Value: Sendable>: Sendable {
        case one(Value)
        case several([String: Value])
    }

    private let topic: Text<Template>?
    private let body: Text<AnnouncementSpec.Body>?
    /// The languages that there are.
    let languages: Languages

    /// Reads `topic` and `body`; either may be missing, where the script makes it for each group.
    init(_ announcement: JSONValue) throws(HostError) {
        let topic = try Table(announcement["topic"], "topic")
        let body = try Table(announcement["body"], "body")
        try Self.check(topic, body)
        languages = Languages(
            Array((topic.texts ?? body.texts ?? [:]).keys),
            fallback: topic.fallback ?? body.fallback
        )
        if let texts = topic.texts {
            self.topic = .several(try Self.read(texts) { text throws(HostError) in try Self.topic(text) })
        } else {
            self.topic = try announcement["topic"].map { text throws(HostError) in .one(try Self.topic(text)) }
        }
        if let texts = body.texts {
            self.body = .several(try Self.read(texts) { text throws(HostError) in try AnnouncementSpec.body(text) })
        } else {
            self.body = try announcement["body"].map { text throws(HostError) in
                .one(try AnnouncementSpec.body(text))
            }
        }
    }

    /// The topic in a language that was chosen; nil where the script makes it for each group.
    func topic(in language: String) -> Template? { topic.flatMap { Self.text($0, language) } }

    /// The body in a language that was chosen; nil where the script makes it for each group.
    func body(in language: String) -> AnnouncementSpec.Body? { body.flatMap { Self.text($0, language) } }

    private static func text<Value>(_ text: Text<Value>, _ language: String) -> Value? {
        switch text {
        case .one(let value): value
        case .several(let values): values[language]
        }
    }

    // MARK: Reading

    /// The texts of a field by language.
    private struct Table {
        /// nil if the field is one text for all.
        var texts: [String: JSONValue]?
        var fallback: String?

        init(_ value: JSONValue?, _ field: String) throws(HostError) {
            guard case .object(let members)? = value, members["content"] == nil else { return }
            var texts: [String: JSONValue] = [:]
            for (name, text) in members.sorted(by: { $0.key < $1.key }) where name != "fallback" {
                let tag = Languages.tag(name)
                guard Languages.isTag(tag) else {
                    throw AnnouncementSpec.fault("'\(field)': '\(name)' is no language, as in \"en\" or \"de-AT\"")
                }
                guard texts.updateValue(text, forKey: tag) == nil else {
                    throw AnnouncementSpec.fault("'\(field)' has the language '\(tag)' twice")
                }
            }
            guard !texts.isEmpty else { throw AnnouncementSpec.fault("'\(field)' has no language") }
            self.texts = texts
            guard let named = members["fallback"] else { return }
            let fallback = Languages.tag(named.string ?? "")
            guard texts[fallback] != nil else {
                throw AnnouncementSpec.fault(
                    "'\(field)': the fallback '\(named.string ?? "")' is none of its languages, "
                        + texts.keys.sorted().joined(separator: ", ")
                )
            }
            self.fallback = fallback
        }
    }

    private static func check(_ topic: Table, _ body: Table) throws(HostError) {
        guard let topics = topic.texts, let bodies = body.texts else { return }
        for (here, there, texts, others) in [("body", "topic", bodies, topics), ("topic", "body", topics, bodies)] {
            let missing = texts.keys.filter { others[$0] == nil }.sorted()
            guard missing.isEmpty else {
                throw AnnouncementSpec.fault(
                    "'\(there)' lacks what '\(here)' has in \(missing.joined(separator: ", ")); give every language for "
                        + "both"
                )
            }
        }
        if let one = topic.fallback, let other = body.fallback, one != other {
            throw AnnouncementSpec.fault("the fallback of 'topic' is '\(one)', and that of 'body' is '\(other)'")
        }
    }

    private static func topic(_ value: JSONValue) throws(HostError) -> Template {
        guard let text = value.string else {
            throw AnnouncementSpec.fault("'topic' must be a string in every language")
        }
        return try AnnouncementSpec.template(text, .none, "topic")
    }

    private static func read<Value>(
        _ texts: [String: JSONValue],
        _ make: (JSONValue) throws(HostError) -> Value
    ) throws(HostError) -> [String: Value] {
        var values: [String: Value] = [:]
        for (language, text) in texts.sorted(by: { $0.key < $1.key }) { values[language] = try make(text) }
        return values
    }
}
