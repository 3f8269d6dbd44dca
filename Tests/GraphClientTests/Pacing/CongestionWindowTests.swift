import Testing

@testable import GraphClient

/// How many requests are under way, as a service bears more or less.
@Suite struct CongestionWindowTests {
    private static let second: Int64 = 1_000_000

    /// Lets rounds of answers come, ten a second, each of a whole window.
    private func rounds(_ count: Int, _ window: inout CongestionWindow, from begin: Int64 = 0) {
        for round in 0..<count {
            let now = begin + Int64(round) * Self.second / 10
            for _ in 0..<Int(window.size) {
                window.ended()
                window.grow(at: now)
            }
        }
    }

    @Test func `it doubles with each round until there is trouble, and ends at the most`() {
        var window = CongestionWindow(initial: 16, most: 500)
        var sizes: [Int] = []
        for _ in 0..<6 {
            rounds(1, &window)
            sizes.append(Int(window.size))
        }
        #expect(sizes == [32, 64, 128, 256, 500, 500])
    }

    @Test func `trouble halves it once for all that was under way, and it is one at least`() {
        var window = CongestionWindow(initial: 100, most: 100)
        window.shrink(inFlight: 99)
        for _ in 0..<99 {
            window.shrink(inFlight: 50)
            window.ended()
        }
        #expect(window.size == 50)
        window.shrink(inFlight: 0)
        #expect(window.size == 25)
        for _ in 0..<10 { window.shrink(inFlight: 0) }
        #expect(window.size == 1)
    }

    @Test func `after trouble it comes near to where that was in seconds, waits there, and then goes on`() {
        var window = CongestionWindow(initial: 600, most: 2_000)
        window.shrink(inFlight: 0)
        var sizes: [Double] = []
        for second in 0..<20 {
            rounds(10, &window, from: Int64(second) * Self.second)
            sizes.append(window.size)
        }
        // It is there after the cube root of 750 seconds, which is nine.
        #expect(sizes[4] > 550)
        #expect(sizes[8] < 640)
        #expect(sizes[19] > 900)
        #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func `it never grows by more than half in a round, however long nothing came`() {
        var window = CongestionWindow(initial: 64, most: 10_000)
        window.shrink(inFlight: 0)
        rounds(1, &window)
        let before = window.size
        rounds(1, &window, from: 3_600 * Self.second)
        #expect(window.size < before * 1.7)
    }

    @Test func `a small window grows by one with each round at least`() {
        var window = CongestionWindow(initial: 8, most: 100)
        window.shrink(inFlight: 0)
        rounds(6, &window)
        #expect(window.size > 8)
    }
}
