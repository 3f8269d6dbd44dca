import Foundation

/// How far a long piece of work has come, as a value: what is known, and how it reads.
package struct ProgressLine: Sendable, Equatable {
    /// What is going on, in a word or two: "announcing".
    package var label: String
    /// How many there are to do.
    package private(set) var total: Int
    /// How many have been dealt with, the failed ones included.
    package private(set) var done = 0
    /// How many of them failed.
    package private(set) var failed = 0
    /// How long it has taken so far.
    package private(set) var elapsed = Duration.zero
    /// What is waited for, on the clock of ``elapsed``.
    package var wait: WaitNotice?

    /// How fast the recent past counts in the rate: what is this old counts about a third.
    private static let memory = Duration.seconds(3)
    private var average = 0.0
    private var printed: (done: Int, at: Duration) = (0, .zero)

    package init(_ label: String, total: Int) {
        self.label = label
        self.total = total
    }

    package static func == (a: ProgressLine, b: ProgressLine) -> Bool {
        (a.label, a.total, a.done, a.failed, a.elapsed) == (b.label, b.total, b.done, b.failed, b.elapsed)
            && a.wait == b.wait
    }

    /// Takes note of how things stand.
    ///
    /// - Parameters:
    ///   - done: How many have been dealt with.
    ///   - failed: How many of them failed.
    ///   - total: How many there are, if that has changed.
    ///   - elapsed: How long it has taken so far; a moment before the last one counts as the last one.
    package mutating func update(done: Int, failed: Int, total: Int? = nil, elapsed: Duration) {
        let span = elapsed - self.elapsed
        if span > .zero {
            let share = 1 - exp(-(span / Self.memory))
            average += share * (Double(done - self.done) / (span / .seconds(1)) - average)
            self.elapsed = elapsed
            self.done = done
        } else if done > self.done {
            // No time has passed by the clock; the steps count with the next span.
            average += Double(done - self.done) / (Self.memory / .seconds(1))
            self.done = done
        }
        self.failed = failed
        self.total = total ?? self.total
    }

    /// How many are done in a second, smoothed; nil until it can be said.
    package var rate: Double? {
        // The average begins at nothing; what has not been measured yet must not pull it down.
        let weight = 1 - exp(-(elapsed / Self.memory))
        return weight > 0.01 && done > 0 ? average / weight : nil
    }

    /// How long the rest will take at this rate; nil until it can be said.
    package var timeLeft: Duration? {
        guard done < total, let rate, rate > 0 else { return nil }
        let seconds = Double(total - done) / rate
        return seconds < 360_000 ? .seconds(seconds) : nil
    }

    // MARK: Texts

    /// The line for a terminal of so many columns, which it never fills to the last one.
    package func live(columns: Int) -> String {
        let room = max(0, columns - 1)
        var parts = [counts]
        if failed > 0 { parts.append("\(failed.grouped) failed") }
        if let waiting = wait?.text(at: elapsed) {
            // What is left depends on more than the rate now.
            parts.append(waiting)
        } else {
            if let timeLeft, timeLeft >= .seconds(1) { parts.append("\(timeLeft.spoken) left") }
            if let rateText { parts.append(rateText) }
        }
        // The last part matters least.
        while parts.count > 1, text(parts).terminalColumns > room { parts.removeLast() }
        let words = text(parts)
        let barColumns = min(30, room - words.terminalColumns - 2)
        guard barColumns >= 10, total > 0 else { return words.shortened(toColumns: room) }
        return "\(bar(columns: barColumns))  \(words)"
    }

    /// The line for a pipe or a file.
    package var plain: String {
        var parts = [counts]
        if failed > 0 { parts.append("\(failed.grouped) failed") }
        if let rateText { parts.append(rateText) }
        if let timeLeft, timeLeft >= .seconds(1) { parts.append("\(timeLeft.spoken) left") }
        return text(parts)
    }

    /// The line for a pipe or a file, if it is time for one.
    ///
    /// That is when ten seconds have passed since the last one and something has been done.
    package mutating func duePlain() -> String? {
        guard done > printed.done else { return nil }
        let span = elapsed - printed.at
        guard span >= .seconds(10) else { return nil }
        printed = (done, elapsed)
        return plain
    }

    private func text(_ parts: [String]) -> String { label + " " + parts.joined(separator: ", ") }

    private var counts: String { "\(done.grouped) of \(total.grouped)" }

    private var rateText: String? {
        rate.map { $0 >= 10 ? "\(Int($0.rounded()).grouped)/s" : "\(($0 * 10).rounded() / 10)/s" }
    }

    private func bar(columns: Int) -> String {
        let filled = min(columns, max(0, columns * done / max(1, total)))
        return String(repeating: "█", count: filled) + String(repeating: "░", count: columns - filled)
    }
}
