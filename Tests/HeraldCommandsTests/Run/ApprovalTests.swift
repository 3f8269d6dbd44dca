import Announcements
import GraphClient
import GraphModel
import ScriptHost
import Synchronization
import Testing

@testable import HeraldCommands

/// Who is asked before an announcement is sent, and what an answer does.
@Suite struct ApprovalTests {
    private let error = Capture()

    private func preview(_ count: Int) -> RunMonitor.Preview {
        var tally = AnnouncementTally(name: "wellness-2026")
        tally.targets = count
        return RunMonitor.Preview(tally: tally, groups: Set((0..<count).map { _ in GroupID.random() }))
    }

    private func approval(
        threshold: Int?,
        answers: [String]? = nil,
        shortfall: GrantShortfall? = nil
    ) throws -> Approval {
        var herald = try CapturedWorld(isTerminal: true).herald
        let (error, rest) = (error, Answers(answers ?? []))
        herald.error = ByteSink(isTerminal: answers != nil, put: { error.append($0) })
        herald.input = LineSource(isTerminal: answers != nil) { rest.next() }
        var backend = RunBackend(
            name: "https://graph.example/v1.0",
            service: Nothing(),
            caller: Caller(id: "", displayName: "", address: "", kind: .delegated),
            width: 1
        )
        backend.permits = { _, _ in shortfall }
        return Approval(herald, backend: backend, threshold: threshold)
    }

    private struct Nothing: GraphService {
        func respond(to request: GraphRequest) async throws -> GraphResponse { GraphResponse(status: 200) }
    }

    private final class Answers: Sendable {
        private let rest: Mutex<[String]>
        init(_ answers: [String]) { rest = Mutex(answers) }
        func next() -> String? { rest.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }

    private func code(_ answer: RunMonitor.Answer) -> String? {
        if case .refuse(let code, _) = answer { code } else { nil }
    }

    @Test func `below the threshold nobody is asked`() async throws {
        #expect(try await approval(threshold: 10, answers: []).answer(to: preview(9)) == .goAhead)
        #expect(try await approval(threshold: nil).answer(to: preview(5_000)) == .goAhead)
        #expect(error.text.isEmpty)
    }

    @Test func `without a terminal nothing is sent, and the option is named`() async throws {
        let answer = try await approval(threshold: 10).answer(to: preview(10))
        guard case .refuse("unconfirmed", let reason) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(reason.contains("--yes"))
        #expect(error.text.isEmpty)
    }

    @Test("a yes sends", arguments: ["y", "Y", "yes", " YES "])
    func yes(text: String) async throws {
        #expect(try await approval(threshold: 10, answers: [text]).answer(to: preview(1_960)) == .goAhead)
        #expect(error.text == "Send 1,960 posts of 'wellness-2026' to https://graph.example/v1.0? [y/N] ")
    }

    @Test func `what is neither yes nor no is asked again`() async throws {
        let approval = try approval(threshold: 10, answers: ["yep", "what", "y"])
        #expect(await approval.answer(to: preview(10)) == .goAhead)
        #expect(error.text.ranges(of: "[y/N] ").count == 3)
        #expect(error.text.ranges(of: "Answer with y or n.\n").count == 2)
    }

    @Test func `what was typed before the question is no answer`() async throws {
        var herald = try CapturedWorld(isTerminal: true).herald
        let typed = Answers(["y"])
        herald.input = LineSource(
            isTerminal: true,
            forget: { while typed.next() != nil {} },
            next: { typed.next() }
        )
        var backend = RunBackend(
            name: "store",
            service: Nothing(),
            caller: Caller(id: "", displayName: "", address: "", kind: .delegated),
            width: 1
        )
        backend.permits = { _, _ in nil }
        #expect(code(await Approval(herald, backend: backend, threshold: 1).answer(to: preview(10))) == "declined")
    }

    @Test("anything else does not", arguments: ["", "n", "no", "yep", "ja"])
    func no(text: String) async throws {
        #expect(code(try await approval(threshold: 10, answers: [text]).answer(to: preview(10))) == "declined")
    }

    @Test func `the end of the input is no yes`() async throws {
        #expect(code(try await approval(threshold: 1, answers: []).answer(to: preview(1))) == "declined")
    }

    @Test func `what was not granted is refused without a question`() async throws {
        let shortfall = GrantShortfall(
            targets: 20,
            posts: 20,
            refused: 20,
            examples: ["a"],
            isNothingGranted: true,
            excess: 0,
            maximumPosts: 100
        )
        #expect(
            code(try await approval(threshold: 10, answers: ["y"], shortfall: shortfall).answer(to: preview(20)))
                == "grantMissing"
        )
        var some = shortfall
        some.isNothingGranted = false
        #expect(code(try await approval(threshold: nil, shortfall: some).answer(to: preview(20))) == "grantExceeded")
        #expect(error.text.isEmpty)
    }

    @Test func `nothing to send needs no grant and no yes`() async throws {
        #expect(try await approval(threshold: 1).answer(to: preview(0)) == .goAhead)
    }

    @Test func `several announcements are asked for one after the other`() async throws {
        let approval = try approval(threshold: 1, answers: ["y", "y", "y"])
        try await withThrowingTaskGroup(of: RunMonitor.Answer.self) { group in
            for _ in 0..<3 { group.addTask { await approval.answer(to: preview(2)) } }
            for try await answer in group { #expect(answer == .goAhead) }
        }
        #expect(error.text.split(separator: "]").count == 4)
    }

    @Test func `a stopped run is not kept by its question`() async throws {
        var herald = try CapturedWorld(isTerminal: true).herald
        let error = error
        let asked = AsyncStream<Void>.makeStream()
        herald.error = ByteSink(isTerminal: true, put: { error.append($0) })
        herald.input = LineSource(isTerminal: true) {
            asked.continuation.yield()
            // Nobody types anything, ever.
            return await withCheckedContinuation { (never: CheckedContinuation<String?, Never>) in
                Self.kept.withLock { $0.append(never) }
            }
        }
        let approval = Approval(
            herald,
            backend: RunBackend(
                name: "x",
                service: Nothing(),
                caller: Caller(id: "", displayName: "", address: "", kind: .delegated),
                width: 1
            ),
            threshold: 1
        )
        let answer = Task { await approval.answer(to: preview(2)) }
        for await _ in asked.stream { break }
        answer.cancel()
        #expect(code(await answer.value) == "declined")
    }

    private static let kept = Mutex<[CheckedContinuation<String?, Never>]>([])

    // MARK: The summary

    @Test func `the summary says how many, of how many, how many have it, and how long it takes at least`() {
        var preview = preview(1_960)
        preview.tally.targets = 2_000
        preview.tally.already = 40
        #expect(
            AnnouncementSummary(preview, leastTime: .seconds(80)).text
                == "wellness-2026: 2,000 announcements: 1,960 new, 40 already have it; takes 1 min 20 s or more"
        )
        preview.tally.targets = 1_960
        preview.tally.already = 0
        #expect(
            AnnouncementSummary(preview, leastTime: .milliseconds(20)).text
                == "wellness-2026: 1,960 announcements, all new"
        )
    }
}
