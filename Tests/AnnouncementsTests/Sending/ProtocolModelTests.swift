import Foundation
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
    func `no order of events makes a post twice, loses one, or miscounts`(_ setting: ProtocolModel.Setting) async {
        let exploration = await Exploration.made(of: setting)
        #expect(exploration.fault == nil)
        #expect(
            exploration.endings > 10 && exploration.states > 500,
            "\(exploration.states) states, \(exploration.endings) of them final"
        )
    }

    @Test(
        arguments: [
            ProtocolModel.Setting(
                targets: 1,
                keepsKeys: false,
                crashes: 0,
                losses: 0,
                silences: 1,
                checksLease: false
            ),
            ProtocolModel.Setting(targets: 1, keepsKeys: false, crashes: 0, losses: 1, silences: 0, looks: false),
        ]
    )
    func `a protocol that leaves a look or a lease out is found out`(_ setting: ProtocolModel.Setting) async {
        #expect(await Exploration.made(of: setting).fault?.contains("has 2 posts") == true)
    }
}

/// A walk through every state that can be reached.
private struct Exploration {
    /// What was found wrong; nil if nothing was.
    private(set) var fault: String?
    private(set) var states = 0
    private(set) var endings = 0

    /// Walks on a thread of its own: the tasks of other tests need theirs.
    static func made(of setting: ProtocolModel.Setting) async -> Exploration {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Exploration(setting)) }
        }
    }

    private init(_ setting: ProtocolModel.Setting) {
        var seen: Set<ProtocolModel> = []
        var queue = [ProtocolModel(setting)]
        while let model = queue.popLast(), fault == nil {
            guard seen.insert(model).inserted else { continue }
            let next = model.next.filter { $0 != model }
            if let found = model.fault {
                fault = "\(found): \(model)"
            } else if model.isOver {
                endings += 1
            } else if next.isEmpty {
                fault = "nothing can happen any more: \(model)"
            }
            queue += next
        }
        states = seen.count
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
