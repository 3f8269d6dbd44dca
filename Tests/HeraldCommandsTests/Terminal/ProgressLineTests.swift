import Testing

@testable import HeraldCommands

@Suite struct ProgressLineTests {
    private func line(done: Int, failed: Int = 0, of total: Int = 2_000, after seconds: Int) -> ProgressLine {
        var line = ProgressLine("announcing", total: total)
        for second in stride(from: 1, through: seconds, by: 1) {
            line.update(done: done * second / seconds, failed: failed, elapsed: .seconds(second))
        }
        return line
    }

    @Test func `says what is done, what failed, how fast, and how long it will take`() {
        #expect(
            line(done: 1_000, failed: 3, after: 10).plain == "announcing 1,000 of 2,000, 3 failed, 100/s, 10 s left"
        )
    }

    @Test func `says nothing of failures where there are none, nor of time when all is done`() {
        #expect(line(done: 2_000, after: 10).plain == "announcing 2,000 of 2,000, 200/s")
    }

    @Test func `at the beginning it knows neither rate nor time left`() {
        let line = ProgressLine("announcing", total: 2_000)
        #expect(line.rate == nil)
        #expect(line.timeLeft == nil)
        #expect(line.plain == "announcing 0 of 2,000")
    }

    @Test func `the rate follows the recent past, and does not jump`() throws {
        var line = line(done: 1_000, of: 100_000, after: 10)
        for second in 11...25 { line.update(done: 1_000 + (second - 10) * 10, failed: 0, elapsed: .seconds(second)) }
        let slowed = try #require(line.rate)
        #expect((10...13).contains(slowed))
        line.update(done: 1_200, failed: 0, elapsed: .seconds(26))
        #expect(try #require(line.rate) < 30)
    }

    @Test func `steps within one tick of the clock count`() throws {
        var line = ProgressLine("announcing", total: 1_000)
        for done in 1...100 { line.update(done: done, failed: 0, elapsed: .seconds(1)) }
        line.update(done: 100, failed: 0, elapsed: .seconds(2))
        #expect((30...70).contains(try #require(line.rate)))
    }

    @Test("fits the terminal and leaves its last column free", arguments: 1...140)
    func fits(columns: Int) {
        let text = line(done: 1_000, failed: 3, after: 10).live(columns: columns)
        #expect(text.terminalColumns < columns)
    }

    @Test func `drops the rate before the time left, and those before the failures`() {
        let line = line(done: 1_000, failed: 3, after: 10)
        #expect(line.live(columns: 49) == "announcing 1,000 of 2,000, 3 failed, 10 s left")
        #expect(line.live(columns: 44) == "announcing 1,000 of 2,000, 3 failed")
        #expect(line.live(columns: 30) == "announcing 1,000 of 2,000")
    }

    @Test func `shows a bar where there is room`() {
        #expect(
            line(done: 1_000, after: 10).live(columns: 80)
                == "███████████████░░░░░░░░░░░░░░░  announcing 1,000 of 2,000, 10 s left, 100/s"
        )
    }

    @Test func `in a pipe a line is due every ten seconds in which something was done`() {
        var line = ProgressLine("announcing", total: 1_000)
        var due: [Int] = []
        let steps: [(Int, Duration)] = [
            (1, .milliseconds(100)), (50, .seconds(9)), (51, .seconds(10)), (52, .seconds(19)), (52, .seconds(21)),
            (53, .seconds(22)), (200, .seconds(31)), (1_000, .seconds(32)),
        ]
        for (done, elapsed) in steps {
            line.update(done: done, failed: 0, elapsed: elapsed)
            if line.duePlain() != nil { due.append(done) }
        }
        #expect(due == [51, 52, 200])
    }
}
