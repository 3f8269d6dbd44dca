import EmbeddedGraph
import Foundation
import GraphModel
import Synchronization
import Testing

@testable import HeraldCommands

/// A store with some groups, and the tool in this process, whose clock goes on by a second whenever it is asked.
struct AfterwardsStage {
    /// What a command came to.
    struct Ending {
        var status: HeraldCommands.ExitStatus
        var output: String
        var error: String

        /// The output as JSON.
        var json: JSONValue {
            get throws { try #require(try? JSONValue(Array(output.utf8)), "\(output)\(error)") }
        }
    }

    static let groups = (1...6).compactMap { GroupID("29981b6a-0e57-42dc-94c9-00000000000\($0)") }

    let world: CapturedWorld
    private let time = Clock()

    private final class Clock: Sendable {
        private let time = Mutex<Int64>(1_767_323_045_000_000)
        let slept = Mutex<[Duration]>([])
        var now: Int64 {
            time.withLock { time in
                time += 1_000_000
                return time
            }
        }

        func skip(_ span: Duration) {
            time.withLock { $0 += Int64(span / .microseconds(1)) }
            slept.withLock { $0.append(span) }
        }

        func set(to moment: Int64) { time.withLock { $0 = moment } }
    }

    /// How long was waited, and for what the clock shows a later time.
    var slept: [Duration] { time.slept.withLock { $0 } }

    /// Microseconds since 1970, at first 2026-01-02, a Friday, 03:04:05 UTC.
    var now: Int64 { time.now }

    /// Sets the clock.
    func set(to moment: Int64) { time.set(to: moment) }

    /// A stage whose first so many groups are in the store, of those that the file of targets names.
    init(groups count: Int = 4, of targets: Int = 4) async throws {
        world = try CapturedWorld()
        try world.write(Self.table(targets), to: "groups.csv")
        try await add(groups: count)
        try write("t", "Hello {{displayName}}")
    }

    /// A script that announces `t`.
    func write(_ topic: String, _ body: String, name: String = "t", to file: String = "a.lua") throws {
        try world.write(
            """
            announce { name = "\(name)", to = csv.read "groups.csv", topic = "\(topic)", body = html [[\(body)]] }
            """,
            to: file
        )
    }

    private static func table(_ count: Int) -> String {
        "id,displayName,mail,mailNickname\n"
            + groups.prefix(count).enumerated()
            .map { "\($1),Team \($0),team\($0)@contoso.example,team\($0)\n" }.joined()
    }

    /// Sees to it that the first so many groups are in the store.
    func add(groups count: Int) async throws {
        try world.write(Self.table(count), to: "import.csv")
        let ending = await run("groups", "import", "import.csv")
        try #require(ending.status == .done, "\(ending.error)")
    }

    /// Runs a command line.
    func run(_ arguments: String...) async -> Ending { await run(arguments) }

    /// Runs a command line, with answers for what it asks on a terminal, before which something may happen; without any
    /// there is no terminal.
    func run(
        _ arguments: [String],
        answers: [String]? = nil,
        columns: Int? = nil,
        beforeAnswer: @escaping @Sendable () -> Void = {}
    ) async -> Ending {
        let (output, error) = (Capture(), Capture())
        var herald = world.herald
        let time = time
        let rest = Mutex(answers ?? [])
        herald.now = { time.now }
        herald.uptime = { .zero }
        herald.wait = { time.skip($0) }
        let isTerminal = answers != nil || columns != nil
        herald.output = ByteSink(isTerminal: isTerminal, width: { columns ?? 80 }, put: { output.append($0) })
        herald.error = ByteSink(isTerminal: isTerminal, width: { columns ?? 80 }, put: { error.append($0) })
        if answers != nil {
            herald.input = LineSource(isTerminal: true) {
                beforeAnswer()
                return rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            }
        }
        let status = await HeraldCommand.run(arguments, in: herald)
        return Ending(status: status, output: output.text, error: error.text)
    }

    /// Runs a script and gives the run's name.
    func announce(_ file: String = "a.lua") async throws -> String {
        let ending = await run("run", "--json", file)
        return try #require(try ending.json["run"]?.string)
    }

    /// The embedded store.
    func store() throws -> EmbeddedGraph {
        try EmbeddedGraph(
            path: world.folder + "/state/graph.sqlite",
            operatorName: "Adele Vance",
            clock: { 1_767_400_000_000_000 }
        )
    }

    /// The newest thread of a group.
    func thread(of group: GroupID) async throws -> String {
        let ending = await run("threads", "list", group.text, "--json")
        return try #require(try ending.json["value"]?.elements?.first?["id"]?.string)
    }

    /// The texts of a group's newest thread.
    func posts(of group: GroupID) async throws -> [String] {
        let ending = await run("posts", "list", group.text, try await thread(of: group), "--json")
        return try #require(try ending.json["value"]?.elements).map { $0["body", "content"]?.text ?? "" }
    }

    /// Lets somebody else answer in a group's newest thread.
    func answer(in group: GroupID, _ text: String, by name: String = "Alex Wilber") async throws {
        let store = try store()
        let caller = Caller(
            id: "8d6f6d3c-52c5-4f2b-9c1b-111111111111",
            displayName: name,
            address: "alex@contoso.example",
            kind: .operator
        )
        let body = JSONWriter.bytes { writer in
            writer.object { writer in
                writer.name("post")
                writer.object { writer in
                    writer.name("body")
                    writer.object { writer in
                        writer.member("contentType", "text")
                        writer.member("content", text)
                    }
                }
            }
        }
        let path = "/groups/\(group)/threads/\(PercentEncoding.encode(try await thread(of: group)))/reply"
        let response = try await store.respond(to: GraphRequest(.post, path, body: body, caller: caller))
        try #require(response.status == 202, "\(String(decoding: response.body, as: UTF8.self))")
        try store.close()
    }
}
