import GraphModel
import Testing

@testable import PacingSimulation

/// The virtual clock.
@Suite struct EventQueueTests {
    @Test func `events come in order of time, and of scheduling at the same time`() {
        var queue = EventQueue<String>()
        for (event, time) in [("d", 30), ("a", 10), ("b", 10), ("e", 40), ("c", 20)] as [(String, Int64)] {
            queue.schedule(event, at: time)
        }
        var order: [String] = []
        while let event = queue.next() { order.append(event) }
        #expect(order == ["a", "b", "c", "d", "e"])
        #expect(queue.now == 40)
    }

    @Test func `the clock never goes back`() {
        var queue = EventQueue<Int>()
        queue.schedule(1, at: 50)
        _ = queue.next()
        queue.schedule(2, at: 10)
        #expect(queue.next() == 2)
        #expect(queue.now == 50)
    }

    @Test func `whatever is scheduled comes out sorted`() {
        var random = SeededRandom(seed: 3)
        var queue = EventQueue<Int64>()
        var times: [Int64] = []
        for _ in 0..<2_000 {
            let time = Int64.random(in: 0..<500, using: &random)
            times.append(time)
            queue.schedule(time, at: time)
        }
        var order: [Int64] = []
        while let time = queue.next() { order.append(time) }
        #expect(order == times.sorted())
    }
}
