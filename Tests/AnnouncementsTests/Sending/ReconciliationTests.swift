import GraphModel
import Testing

@testable import Announcements

/// When a write without a key is sent, looked for and given up.
@Suite struct ReconciliationTests {
    private static let lag: Int64 = 30_000_000

    private func course(attemptedAt: Int64? = nil, leavesMark: Bool = true) -> Reconciliation {
        Reconciliation(attemptedAt: attemptedAt, readLag: Self.lag, leavesMark: leavesMark)
    }

    @Test func `what was never attempted is sent at once`() {
        #expect(course().next(at: 5) == .send)
    }

    @Test func `after a lost answer it is looked for at once, and sent again only when the read lag is over`() {
        var course = course()
        course.send()
        course.lose(at: 1_000_000)
        #expect(course.next(at: 1_000_000) == .look)
        course.findNothing(at: 1_000_000)
        #expect(course.next(at: 1_000_000) == .wait(until: 4_000_000))
        #expect(course.next(at: 4_000_000) == .look)
        course.findNothing(at: 4_000_000)
        course.findNothing(at: 10_000_000)
        #expect(course.next(at: 30_999_999) == .wait(until: 31_000_000))
        #expect(course.next(at: 31_000_000) == .look)
        course.findNothing(at: 31_000_000)
        #expect(course.next(at: 31_000_000) == .send)
        course.send()
        #expect(course.sends == 2)
    }

    @Test func `an attempt of an earlier run is looked for once if the read lag is long over`() {
        var course = course(attemptedAt: 1)
        #expect(course.next(at: 100_000_000) == .look)
        course.findNothing(at: 100_000_000)
        #expect(course.next(at: 100_000_000) == .send)
    }

    @Test func `what leaves no mark is given up when its answer is lost`() {
        var course = course(leavesMark: false)
        #expect(course.next(at: 1) == .send)
        course.send()
        course.lose(at: 1)
        #expect(course.next(at: 1) == .giveUp)
    }

    @Test func `looks that fail three times, and answers that are lost four times, end it`() {
        var failing = course(attemptedAt: 1)
        for _ in 0..<3 {
            #expect(failing.next(at: 1) == .look)
            failing.failToLook()
        }
        #expect(failing.next(at: 1) == .giveUp)

        var losing = course()
        var now: Int64 = 0
        var sends = 0
        steps: while true {
            switch losing.next(at: now) {
            case .send:
                sends += 1
                losing.send()
                losing.lose(at: now)
            case .look: losing.findNothing(at: now)
            case .wait(let time): now = time
            case .giveUp: break steps
            }
        }
        #expect(sends == 4)
    }

    /// A backend in which a write becomes visible within the lag, whatever becomes of the answer.
    @Test(arguments: UInt64(0)..<500)
    func `whatever is lost, a write is done once at most, and once if it ends as done`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var now: Int64 = 0
        var done: [Int64] = []
        // Half of them begin with an attempt that a crash cut off, done or not.
        var attemptedAt: Int64?
        if random.chance(50) {
            attemptedAt = 0
            now = Int64.random(in: 0...2 * Self.lag, using: &random)
            if random.chance(50) { done.append(Int64.random(in: 0...Self.lag, using: &random)) }
        }
        var course = course(attemptedAt: attemptedAt)
        var isAnswered = false
        steps: while true {
            switch course.next(at: now) {
            case .send:
                course.send()
                now += Int64.random(in: 0...5_000_000, using: &random)
                let isDone = random.chance(60)
                if isDone { done.append(now + Int64.random(in: 0...Self.lag, using: &random)) }
                if isDone, random.chance(40) {
                    isAnswered = true
                    break steps
                }
                course.lose(at: now)
            case .look:
                if random.chance(10) {
                    course.failToLook()
                } else if done.contains(where: { $0 <= now }) {
                    isAnswered = true
                    break steps
                } else {
                    course.findNothing(at: now)
                }
            case .wait(let time): now = time
            case .giveUp: break steps
            }
        }
        #expect(done.count <= 1, "seed \(seed)")
        if isAnswered { #expect(done.count == 1, "seed \(seed)") }
    }
}

extension SeededRandom {
    /// Whether something happens that happens so many times in a hundred.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}
