import Testing

@testable import Announcements

/// Two runs of one announcement in every order of their steps, with a crash at every step, an answer lost at every send,
/// and a holder taken for dead at any time.
@Suite struct ProtocolModelTests {
    @Test(
        arguments: [
            ProtocolModel.Setting(targets: 1, keepsKeys: true, crashes: 2, losses: 2, silences: 2),
            ProtocolModel.Setting(targets: 2, keepsKeys: true, crashes: 2, losses: 1, silences: 1),
            ProtocolModel.Setting(targets: 1, keepsKeys: false, crashes: 2, losses: 3, silences: 2),
            ProtocolModel.Setting(targets: 2, keepsKeys: false, crashes: 2, losses: 1, silences: 1),
        ]
    )
    func `no order of events makes a post twice, loses one, or miscounts`(_ setting: ProtocolModel.Setting) {
        var seen: Set<ProtocolModel> = []
        var queue = [ProtocolModel(setting)]
        var endings = 0
        while let model = queue.popLast() {
            guard seen.insert(model).inserted else { continue }
            if let fault = model.fault {
                Issue.record("\(fault): \(model)")
                return
            }
            let next = model.next.filter { $0 != model }
            if model.isOver {
                endings += 1
            } else if next.isEmpty {
                Issue.record("nothing can happen any more: \(model)")
                return
            }
            queue += next
        }
        #expect(endings > 10 && seen.count > 500, "\(seen.count) states, \(endings) of them final")
    }

    @Test func `the model finds a protocol out that sends again without a look`() {
        // As if a lost answer were answered by another attempt at once.
        var model = ProtocolModel(
            ProtocolModel.Setting(targets: 1, keepsKeys: false, crashes: 0, losses: 1, silences: 0)
        )
        model.posts[0] = 2
        #expect(model.fault != nil)
    }
}

extension ProtocolModel {
    /// What must never be so; nil if all is well.
    fileprivate var fault: String? {
        for target in rows.indices {
            if posts[target] > 1 { return "target \(target) has \(posts[target]) posts" }
            if rows[target]?.state == .sent, posts[target] == 0 {
                return "target \(target) counts as sent and has no post"
            }
            if runs.count(where: { $0.sent.contains(target) }) > 1 { return "two runs count target \(target) as sent" }
        }
        guard isOver else { return nil }
        for target in rows.indices {
            let state = rows[target]?.state
            if state == .sent ? posts[target] != 1 : state != .ambiguous {
                return "target \(target) ends as \(String(describing: state)) with \(posts[target]) posts"
            }
            for (index, run) in runs.enumerated() {
                let places = [run.sent, run.already, run.failed, run.ambiguous].count { $0.contains(target) }
                if places != 1 { return "run \(index) counts target \(target) \(places) times" }
            }
        }
        return nil
    }
}
