import Foundation
import GraphModel
import Testing

@testable import EmbeddedGraph

#if canImport(FoundationXML)
import FoundationXML
#endif

// Reference, sections 6.3 and 20 (h, i).
@Suite struct MetadataTests {
    @Test func `the service document names groups, users and me`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.get("/")
        #expect(answer.status == 200 && answer.json["@odata.context"] == "\(Fixture.root)/$metadata")
        #expect(answer.items.map { $0["name"]?.string } == ["groups", "users", "me"])
        #expect(answer.items.last == ["name": "me", "kind": "Singleton", "url": "me"])
    }

    @Test func `the metadata is well-formed XML whose every type is declared`() async throws {
        let graph = try await Fixture()
        let answer = try await graph.get("/$metadata")
        #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/xml")
        let outline = try Outline(answer.response.body)
        #expect(outline.elements["edmx:Edmx"] == 1 && outline.elements["EntityContainer"] == 1)
        #expect(outline.declared.count == EntityModel.store.types.count + EntityModel.store.enumerations.count)
        for type in outline.used where !type.hasPrefix("Edm.") {
            #expect(outline.declared.contains(type), "\(type)")
        }
    }

    @Test(arguments: ["lenient", "strict"])
    func `the metadata says in which mode the service is`(_ mode: String) throws {
        let outline = try Outline(Array(EntityModel.store.document(mode: mode).utf8))
        #expect(outline.annotations == ["herald.serverMode": mode])
    }

    @Test func `what can be selected or expanded stands in the metadata, and the other way round`() throws {
        for (type, selected, expanded) in [
            ("group", GroupOperations.properties.union(PersonalState.properties), []), ("user", User.properties, []),
            ("conversation", ConversationOperations.properties, ConversationOperations.expandable),
            ("conversationThread", ThreadOperations.properties, ThreadOperations.expandable),
            ("post", PostOperations.properties, PostOperations.expandable),
        ] as [(String, Set<String>, [String])] {
            let names = EntityModel.store.names(of: type)
            #expect(selected.subtracting(names.properties) == [], "\(type)")
            #expect(Set(expanded).subtracting(names.navigations) == [], "\(type)")
            // All users are shown without a date of deletion.
            let unserved = names.properties.subtracting(selected).subtracting(["deletedDateTime"])
            #expect(unserved == [], "\(type)")
        }
        let attachments = ["fileAttachment", "itemAttachment", "referenceAttachment"].reduce(into: Set<String>()) {
            let names = EntityModel.store.names(of: $1)
            $0.formUnion(names.properties)
            $0.formUnion(names.navigations)
        }
        #expect(attachments == AttachmentRows.properties)
    }

    @Test func `every path that can be read below a group stands in the metadata`() async throws {
        let graph = try await Fixture()
        let made = try await graph.converse()
        for navigation in EntityModel.store.names(of: "group").navigations {
            try await #expect(graph.get("\(graph.group)/\(navigation)").status == 200, "\(navigation)")
        }
        let post = "\(graph.group)/threads/\(made.thread)/posts/\(made.post)"
        for navigation in ["attachments", "extensions"] {
            try await #expect(graph.get("\(post)/\(navigation)").status == 200, "\(navigation)")
        }
    }
}

/// What a CSDL document declares and uses.
private final class Outline: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    private(set) var declared: Set<String> = []
    private(set) var used: Set<String> = []
    private(set) var annotations: [String: String] = [:]

    init(_ document: [UInt8]) throws {
        super.init()
        let parser = XMLParser(data: Data(document))
        parser.delegate = self
        try #require(parser.parse(), "\(String(describing: parser.parserError))")
    }

    func parser(
        _ parser: XMLParser,
        didStartElement element: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements[element, default: 0] += 1
        if ["EntityType", "ComplexType", "EnumType"].contains(element), let name = attributes["Name"] {
            declared.insert("microsoft.graph." + name)
        }
        if element == "Annotation" { annotations[attributes["Term"] ?? ""] = attributes["String"] }
        for name in ["Type", "BaseType", "EntityType"] {
            guard let type = attributes[name] else { continue }
            used.insert(type.hasPrefix("Collection(") ? String(type.dropFirst(11).dropLast()) : type)
        }
    }
}
