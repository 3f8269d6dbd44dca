import GraphModel
import Testing

@testable import GraphClient

/// Queries that are carried out by the client find what the embedded store finds in SQL.
@Suite struct LocalQueryTests {
    /// Conversations, threads and posts of which no two are alike.
    private func world() async throws -> (ReadingWorld, threads: [String]) {
        let world = try await ReadingWorld()
        var random = SeededRandom(seed: 11)
        let names = ["Adele Vance", "Megan Bowen", "ÄNNE Østergård", "o'Brien"]
        let topics = ["Wellness days", "wellness Days", "Offsite 100%", "Umlaut: Ärger & größe", "_a_", "42", "Rest"]
        let texts = [
            "Contoso cares about you", "Rest and recharge", "rest-recharge", "Größe zählt", "100% sure", "C:\\\\temp",
            "naïve café 42", "Fourty two: 42nd",
        ]
        var threads: [String] = []
        for number in 0..<24 {
            let name = names[number % names.count]
            let topic = topics[Int(random.next() % UInt64(topics.count))]
            let text = texts[number % texts.count]
            let made = try await world.converse(
                topic,
                text,
                number % 3 == 0 ? ReadingWorld.colored("Green") : "",
                by: name
            )
            threads.append(made.thread)
            for reply in 0..<(number % 4) {
                let extra = [ReadingWorld.colored("red"), Self.attachment, Self.openExtension][reply]
                let text = texts[Int(random.next() % UInt64(texts.count))]
                try await world.reply(made.thread, text, extra, by: names[reply])
            }
            if number % 5 == 0 {
                let path = "/threads/\(made.thread)"
                try #require(try await world.send(.patch, path, #"{"isLocked":true}"#).status == 200)
            }
        }
        return (world, threads)
    }

    private static let attachment =
        ##""attachments":[{"@odata.type":"#microsoft.graph.fileAttachment","name":"f.txt","contentBytes":"aGk="}]"##
    private static let openExtension =
        #""extensions":[{"@odata.type":"microsoft.graph.openTypeExtension","extensionName":"com.contoso.mark","n":1}]"#

    // MARK: Filters

    @Test(arguments: [
        // Reference, section 9.
        "isLocked", "isLocked eq false", "not isLocked", "hasAttachments eq true", "topic eq 'WELLNESS DAYS'",
        "topic ne 'rest'", "startswith(topic,'well')", "endswith(topic,'DAYS')", "contains(topic,'%')",
        "contains(topic,'')", "contains(tolower(topic),'ärger')", "contains(topic,'ÄRGER')",
        "topic gt 'rest'", "topic le 'rest'", "topic in ('rest','42')", "cast(topic,Edm.Int32) gt 41",
        "cast(topic,Edm.Int32) ne 42", "cast(topic,Edm.Int32) in (42,43)", "preview ne null", "topic eq null",
        "lastDeliveredDateTime ge 2026-01-15T08:31:00Z", "lastDeliveredDateTime lt 2026-01-15T09:31:00+01:00",
        "uniqueSenders/any(s:s eq 'megan bowen')", "uniqueSenders/all(s:s eq 'megan bowen')",
        "uniqueSenders/any(s:startswith(s,'o''')) and not isLocked", "uniqueSenders/any()", "not uniqueSenders/any()",
        "uniqueSenders/any(s:s eq 'Adele Vance' and topic eq 'Rest')", "(isLocked or hasAttachments) eq true",
        // Refused, in the same words.
        "topic", "colour eq 1", "topic eq", "topic eq 3", "topic gt null", "isLocked gt true", "posts/any(p:p eq 'x')",
        "uniqueSenders eq 'x'", "topic/any(c:c eq 'x')", "id gt 'T'",
    ])
    func `a filter finds the threads that the store finds`(filter: String) async throws {
        let (world, _) = try await world()
        try await world.expectAgreement("/threads", [("filter", filter)])
        try await world.expectAgreement("/conversations", [("filter", filter), ("orderby", "id")])
    }

    @Test(arguments: [
        "hasAttachments", "from/emailAddress/name eq 'megan bowen'", "sender/emailAddress/address ne null",
        "contains(from/emailAddress/name,'ØSTER')", "receivedDateTime gt 2026-01-15T08:31:00Z", "id ne 'P'",
        "createdDateTime eq null", "from/emailAddress/name in ('o''brien','x')", "body/content eq 'x'",
        "singleValueExtendedProperties/any(p:p/id eq '\(ReadingWorld.property)' and p/value eq 'GREEN')",
        "singleValueExtendedProperties/any(p:p/id eq 'string {66F5A359-4659-4830-9070-00047EC6AC6E} name Color')",
        "singleValueExtendedProperties/any(p:p/id eq 'string {66F5A359-4659-4830-9070-00047EC6AC6E} name color')",
        "not singleValueExtendedProperties/any(p:p/id eq '\(ReadingWorld.property)') or hasAttachments",
        "singleValueExtendedProperties/any(p:p/id eq '\(ReadingWorld.property)' and p/value gt 'h') and not hasAttachments",
        "extensions/any(e:e/id eq 'com.contoso.mark')", "not extensions/any(e:e/id eq 'Com.Contoso.Mark')",
        "extensions/any(e:e/id eq 'com.contoso.other')",
    ])
    func `a filter finds the posts that the store finds`(filter: String) async throws {
        let (world, threads) = try await world()
        for thread in threads.suffix(8) {
            try await world.expectAgreement("/threads/\(thread)/posts", [("filter", filter), ("select", "id")])
        }
    }

    @Test(arguments: 0..<8)
    func `generated filters, orders and searches agree with the store`(seed: Int) async throws {
        let (world, threads) = try await world()
        var generated = GeneratedQuery(seed: UInt64(seed))
        for _ in 0..<25 {
            try await world.expectAgreement("/threads", generated.ofThreads())
            try await world.expectAgreement("/conversations", generated.ofThreads(isConversation: true))
            let thread = threads[generated.number(threads.count)]
            try await world.expectAgreement("/threads/\(thread)/posts", generated.ofPosts())
        }
    }

    // MARK: Orders

    @Test(arguments: [
        "topic", "topic desc", "lastDeliveredDateTime", "lastDeliveredDateTime desc", "hasAttachments desc,topic",
        "isLocked,lastDeliveredDateTime", "preview desc,id", "id desc", "topic,lastDeliveredDateTime desc",
        "uniqueSenders", "colour", "topic up", "posts", "",
    ])
    func `an order is the store's`(order: String) async throws {
        let (world, _) = try await world()
        try await world.expectAgreement("/threads", [("orderby", order), ("top", "7")])
        try await world.expectAgreement("/threads", [("orderby", order), ("filter", "not isLocked"), ("skip", "3")])
    }

    // MARK: Searches

    @Test(arguments: [
        "rest", "\"rest\"", "rest recharge", "topic:wellness", "\"topic:wellness days\"", "body:contoso cares", "REST",
        "größe", "GRÖSSE", "ärger", "rest AND NOT recharge", "rest OR 42", "NOT rest", "100%", "42nd", "rest-recharge",
        "contoso 42", "caf", "naive", "colour:x", "AND", "\"", "…", "topic:rest recharge",
    ])
    func `a search finds the threads and conversations that the store finds`(search: String) async throws {
        let (world, _) = try await world()
        try await world.expectAgreement("/threads", [("search", search)])
        try await world.expectAgreement("/conversations", [("search", search)])
    }

    @Test(arguments: [
        "rest", "body:rest recharge", "RECHARGE", "temp", "größe", "topic:rest", "100%", "about NOT rest",
    ])
    func `a search finds the posts that the store finds`(search: String) async throws {
        let (world, threads) = try await world()
        for thread in threads { try await world.expectAgreement("/threads/\(thread)/posts", [("search", search)]) }
    }
}

/// Queries made at random, each time the same for a seed.
struct GeneratedQuery {
    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func number(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
    private mutating func pick(_ list: [String]) -> String { list[number(list.count)] }

    mutating func ofThreads(isConversation: Bool = false) -> [(String, String)] {
        var terms = [
            ("topic", "text"), ("preview", "text"), ("lastDeliveredDateTime", "moment"), ("hasAttachments", "boolean"),
            ("uniqueSenders", "list"), ("id", "id"),
        ]
        if !isConversation { terms.append(("isLocked", "boolean")) }
        var options = [("filter", expression(terms, 3))]
        if isConversation || number(2) == 0 {
            options.append(("orderby", order(["topic", "preview", "lastDeliveredDateTime", "hasAttachments", "id"])))
        }
        if number(4) == 0 { options.append(("search", search())) }
        if number(2) == 0 { options.append(("top", String(1 + number(9)))) }
        return options
    }

    mutating func ofPosts() -> [(String, String)] {
        let terms = [
            ("createdDateTime", "moment"), ("hasAttachments", "boolean"), ("from/emailAddress/name", "text"),
            ("sender/emailAddress/name", "text"), ("id", "id"), ("color", "property"),
        ]
        var options = [("filter", expression(terms, 3))]
        if number(2) == 0 { options.append(("orderby", order(["createdDateTime", "from/emailAddress/name", "id"]))) }
        if number(3) == 0 { options.append(("top", "1")) }
        return options
    }

    private mutating func order(_ names: [String]) -> String {
        (0...number(2)).map { _ in pick(names) + pick(["", " asc", " desc"]) }.joined(separator: ",")
    }

    private mutating func search() -> String {
        pick(["rest", "42", "contoso", "wellness", "größe"]) + pick(["", " AND ", " OR ", " NOT "])
            + pick(["rest", "sure", "days", "c"])
    }

    private mutating func expression(_ terms: [(String, String)], _ depth: Int) -> String {
        if depth > 0, number(2) == 0 {
            return "(\(expression(terms, depth - 1)) \(pick(["and", "or"])) \(expression(terms, depth - 1)))"
        }
        if number(6) == 0 { return "not (\(expression(terms, 0)))" }
        let (name, kind) = terms[number(terms.count)]
        switch kind {
        case "text": return text(name)
        case "id": return "\(name) \(pick(["eq", "ne"])) '\(pick(["T", "x", ""]))'"
        case "boolean": return pick([name, "\(name) eq true", "\(name) ne true", "\(name) in (false)"])
        case "moment":
            let moment = "2026-01-15T08:3\(number(6)):\(10 + number(50))Z"
            return "\(name) \(pick(["eq", "ne", "gt", "ge", "lt", "le"])) \(moment)"
        case "property":
            return "singleValueExtendedProperties/\(pick(["any", "all"]))(p:p/id eq '\(ReadingWorld.property)' "
                + "\(pick(["and", "or"])) \(text("p/value")))"
        default: return "\(name)/\(pick(["any", "all"]))(s:\(text("s")))"
        }
    }

    private mutating func text(_ name: String) -> String {
        let value = pick(["rest", "Wellness", "42", "a", "green", "RED", "o''brien", "days", "%", ""])
        return pick([
            "\(name) \(pick(["eq", "ne", "gt", "ge", "lt", "le"])) '\(value)'", "contains(\(name),'\(value)')",
            "startswith(\(name),'\(value)')", "endswith(\(name),'\(value)')", "\(name) in ('\(value)','rest')",
            "\(name) \(pick(["eq", "ne"])) null", "cast(\(name),Edm.Int64) \(pick(["ge", "ne"])) \(number(60))",
        ])
    }
}
