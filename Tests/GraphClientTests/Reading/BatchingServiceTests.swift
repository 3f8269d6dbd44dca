import GraphModel
import Testing

@testable import GraphClient

/// Reads side by side travel together (reference, section 12).
@Suite struct BatchingServiceTests {
    private static func group(_ number: Int) -> String { "/groups/29981b6a-0e57-42dc-94c9-cd24f53061\(10 + number)" }

    /// A service that answers batches and single requests alike: with the path that was asked for.
    private func service(_ status: @escaping @Sendable (String) -> Int = { _ in 200 }) -> AnsweringService {
        AnsweringService { request in
            guard request.path == "/$batch" else {
                return GraphResponse(json: Array(#"{"path":"\#(request.path)"}"#.utf8))
            }
            let items = try JSONValue(request.body)["requests"]?.elements ?? []
            let responses = items.reversed().map { item in
                let url = item["url"]?.string ?? ""
                let id = item["id"]?.string ?? ""
                let headers = #""headers":{"Content-Type":"application/json","Retry-After":"7"}"#
                return #"{"id":"\#(id)","status":\#(status(url)),\#(headers),"body":{"path":"\#(url)"}}"#
            }
            return GraphResponse(json: Array(#"{"responses":[\#(responses.joined(separator: ","))]}"#.utf8))
        }
    }

    private func read(_ paths: [String], through service: AnsweringService) async throws -> [GraphResponse] {
        let batching = BatchingService(service)
        return try await withThrowingTaskGroup(of: (Int, GraphResponse).self) { tasks in
            for (index, path) in paths.enumerated() {
                tasks.addTask { (index, try await batching.respond(to: AnsweringService.get(path))) }
            }
            return try await tasks.reduce(into: [:]) { $0[$1.0] = $1.1 }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    @Test func `each read gets its own answer, whatever travels together`() async throws {
        let paths = (0..<60).map { Self.group($0 % 30) + "/threads/T\($0)" }
        let service = service()
        let answers = try await read(paths, through: service)
        #expect(answers.map { try? JSONValue($0.body)["path"]?.string } == paths)
        for batch in service.requests where batch.path == "/$batch" {
            let urls = try JSONValue(batch.body)["requests"]?.elements?.compactMap { $0["url"]?.string } ?? []
            #expect((2...20).contains(urls.count))
            let shares = Dictionary(grouping: urls) { $0.split(separator: "/")[1] }
            // Reference, section 15: four of one mailbox at most.
            #expect(shares.values.allSatisfy { $0.count <= 4 })
        }
        #expect(service.requests.count < paths.count)
    }

    @Test func `a read that is alone, a number and a write are sent as they are`() async throws {
        let service = service()
        let batching = BatchingService(service)
        _ = try await batching.respond(to: AnsweringService.get("/me"))
        async let a = batching.respond(to: AnsweringService.get("/groups/$count"))
        async let b = batching.respond(to: AnsweringService.get("/users/$count"))
        async let c = batching.respond(to: GraphRequest(.post, "/groups", caller: AnsweringService.adele))
        async let d = batching.respond(to: GraphRequest(.delete, "/groups/x", caller: AnsweringService.adele))
        _ = try await (a, b, c, d)
        #expect(!service.requests.contains { $0.path == "/$batch" })
        #expect(service.requests.count == 5)
    }

    // Reference, section 12: each item is throttled on its own.
    @Test func `an item's refusal is that read's alone`() async throws {
        let answers = try await read((0..<4).map { "/users/\($0)" }, through: service { $0 == "/users/2" ? 429 : 200 })
        #expect(answers.map(\.status) == [200, 200, 429, 200])
        #expect(answers[2].headers["Retry-After"] == "7")
    }

    @Test(arguments: [400, 403, 404, 405, 501])
    func `where batches are refused, reads are sent one by one, and no batch again`(status: Int) async throws {
        let service = AnsweringService { request in
            request.path == "/$batch" ? AnsweringService.refusal(status, .badRequest) : GraphResponse(status: 200)
        }
        let batching = BatchingService(service)
        for _ in 0..<3 {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<6 {
                    tasks.addTask {
                        let response = try await batching.respond(to: AnsweringService.get("/users/\(number)"))
                        #expect(response.status == 200)
                    }
                }
                try await tasks.waitForAll()
            }
        }
        #expect(service.requests.count { $0.path != "/$batch" } == 18)
        // Those of the first round may have made more than one before the first was refused.
        #expect(service.requests.count { $0.path == "/$batch" } <= 3)
    }

    @Test func `a batch that is not answered leaves each read without an answer`() async throws {
        let service = AnsweringService { _ in throw NoAnswer(.unknown, "Gone.") }
        let batching = BatchingService(service)
        let failures = await withTaskGroup(of: Bool.self) { tasks in
            for number in 0..<6 {
                tasks.addTask {
                    do {
                        _ = try await batching.respond(to: AnsweringService.get("/users/\(number)"))
                        return false
                    } catch { return error is NoAnswer }
                }
            }
            return await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(failures == 6)
    }
}
