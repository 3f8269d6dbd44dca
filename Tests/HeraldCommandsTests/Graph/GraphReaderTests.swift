import GraphModel
import Testing

@testable import HeraldCommands

@Suite struct GraphReaderTests {
    /// Answers with pages of numbered things; after the last one the link leads where it is told.
    private struct Pages: GraphService {
        var count: Int
        var pageSize: Int
        var lastLink: String?

        func respond(to request: GraphRequest) async throws -> GraphResponse {
            let start = request.query.split(separator: "=").last.flatMap { Int($0) } ?? 0
            let first = request.query.hasPrefix("$skip=") ? start : 0
            let end = min(first + pageSize, count)
            let body = JSONWriter.bytes { writer in
                writer.object { writer in
                    let link = end < count ? "\(GraphRequest.localServiceRoot)\(request.path)?$skip=\(end)" : lastLink
                    if let link {
                        writer.name("@odata.nextLink")
                        writer.string(link)
                    }
                    writer.name("value")
                    writer.array { writer in
                        for id in first..<end { writer.object { $0.member("id", "C\(id)") } }
                    }
                }
            }
            return GraphResponse(status: 200, body: body)
        }
    }

    private func reader(_ pages: Pages) -> GraphReader {
        GraphReader(service: pages, caller: Caller(id: "", displayName: "", address: "", kind: .operator))
    }

    @Test("follows the pages to the end", arguments: [0, 1, 10, 11, 35])
    func pages(count: Int) async throws {
        let list = try await reader(Pages(count: count, pageSize: 10)).list("/groups")
        #expect(list.items.map(\.value["id"]?.text) == (0..<count).map { "C\($0)" })
        #expect(!list.hasMore)
    }

    @Test(
        "stops when it has enough, and says whether there is more",
        arguments: [(1, true), (10, true), (15, true), (24, true), (25, false), (26, false)]
    )
    func stops(top: Int, hasMore: Bool) async throws {
        let list = try await reader(Pages(count: 25, pageSize: 10)).list("/groups", top: top)
        #expect(list.items.count == min(top, 25))
        #expect(list.hasMore == hasMore)
    }

    @Test(
        "refuses links that lead nowhere",
        arguments: ["http://localhost/v1.0/groups?$skip=0", "https://elsewhere.example.com/v1.0/groups?$skip=10"]
    )
    func refuses(link: String) async {
        let pages = Pages(count: 5, pageSize: 10, lastLink: link)
        await #expect(throws: Failure.self) { try await reader(pages).list("/groups") }
    }

    @Test func `a segment of a path can hold anything`() {
        #expect(GraphPath("/groups").appending("a/b?c=é%").description == "/groups/a%2Fb%3Fc%3D%C3%A9%25")
    }

    @Test func `shows recipients as mail does`() throws {
        let json =
            #"[{"emailAddress":{"name":"Adele Vance","address":"AdeleV@contoso.com"}},{"emailAddress":{"address":"a@b.c"}}]"#
        let value = try JSONReader.read(Array(json.utf8)) { try JSONValue(from: &$0) }
        #expect(value.recipients == "Adele Vance <AdeleV@contoso.com>, a@b.c")
    }
}
