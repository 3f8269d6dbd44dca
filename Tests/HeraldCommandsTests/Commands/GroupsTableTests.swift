import GraphModel
import ScriptHost
import Testing

@testable import HeraldCommands

@Suite struct GroupsTableTests {
    private static let id = "29981b6a-0e57-42dc-94c9-cd24f5306196"

    private func groups(_ text: String) throws -> GroupsTable {
        try GroupsTable(try CSVTable(Array(text.utf8), name: "groups.csv"), now: GraphDate(microseconds: 0))
    }

    @Test func `reads the columns in any order and letter case`() throws {
        let list = try groups(
            """
            Extra,DISPLAYNAME,Id,MAIL,MailNickname,Visibility,GroupTypes,CreatedDateTime,Description
            x,"Rest, Recharge",\(Self.id.uppercased()),w@contoso.example,wellness,Public,Unified,2026-01-02T03:04:05Z,On rest
            """
        )
        #expect(list.faults.isEmpty)
        let group = try #require(list.groups.first)
        #expect(group.id.text == Self.id)
        #expect(group.displayName == "Rest, Recharge")
        #expect(group.mail == "w@contoso.example")
        #expect(group.mailNickname == "wellness")
        #expect(group.description == "On rest")
        #expect(group.groupTypes == ["Unified"])
    }

    @Test func `does with an id and a name`() throws {
        let group = try #require(try groups("ObjectId,displayName\n\(Self.id),Wellness\n").groups.first)
        #expect(group.mail == nil)
        #expect(group.mailNickname == Self.id)
        #expect(group.groupTypes == ["Unified"])
    }

    @Test func `takes the nickname from the address where it has none`() throws {
        let group = try #require(try groups("id,displayName,mail\n\(Self.id),W,w.x@contoso.example\n").groups.first)
        #expect(group.mailNickname == "w.x")
    }

    @Test(
        "reads the types as exports write them",
        arguments: [
            ("Unified", ["Unified"]), ("System.String[]", ["Unified"]), ("", []),
            ("\"Unified, DynamicMembership\"", ["Unified", "DynamicMembership"]),
            ("{Unified}", ["Unified"]), ("\"[\"\"Unified\"\"]\"", ["Unified"]),
        ]
    )
    func types(cell: String, expected: [String]) throws {
        #expect(try groups("id,displayName,groupTypes\n\(Self.id),W,\(cell)\n").groups.first?.groupTypes == expected)
    }

    @Test("a missing column is named", arguments: ["name,displayName\n", "id,name\n"])
    func columns(text: String) {
        let fault = #expect(throws: CSVFault.self) { try groups(text) }
        #expect(fault?.code == .missingColumn)
    }

    @Test func `names every faulty row`() throws {
        let list = try groups(
            "id,displayName,createdDateTime\n\(Self.id),A,\nnonsense,B,\n\(Self.id.uppercased()),C,\n"
                + "18f1a1e7-61cf-4a2e-9a37-0d5c1a1c9c0e,,\n28f1a1e7-61cf-4a2e-9a37-0d5c1a1c9c0e,E,yesterday\n"
        )
        #expect(list.faults.map(\.row) == [1, 2, 3, 4])
        #expect(list.faults[0].problem.contains("\"nonsense\" is no group id"))
        #expect(list.faults[1].problem.contains("line 2 already"))
        #expect(list.faults[2].problem.contains("no displayName"))
        #expect(list.faults[3].problem.contains("\"yesterday\" is no createdDateTime"))
    }
}
