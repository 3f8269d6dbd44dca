import GraphModel
import Synchronization

/// Who an announcement asks and tells while it goes out wave by wave.
package struct WaveWatcher: Sendable {
    /// Told of each answer.
    package var progress: @Sendable (Delivery.Progress) -> Void
    /// Told what came of each target; nil if nobody wants to know.
    package var answered: (@Sendable (TargetAnswer) -> Void)?
    /// Told when a wave begins, of how many there are.
    package var begins: @Sendable (WaveRecord, _ waves: Int) -> Void
    /// Told when a wave has ended.
    package var ended: @Sendable (WaveRecord, _ waves: Int) -> Void
    /// Told what is waited for, until when in microseconds since 1970, and why; nil when the wait is over.
    package var waits: @Sendable ((until: Int64, reason: String)?) -> Void
    /// Asked after a wave whether the next may begin; gives why not.
    package var confirm: @Sendable (WaveRecord, _ left: Int) async -> String?

    package init(
        progress: @escaping @Sendable (Delivery.Progress) -> Void = { _ in },
        answered: (@Sendable (TargetAnswer) -> Void)? = nil,
        begins: @escaping @Sendable (WaveRecord, Int) -> Void = { _, _ in },
        ended: @escaping @Sendable (WaveRecord, Int) -> Void = { _, _ in },
        waits: @escaping @Sendable ((until: Int64, reason: String)?) -> Void = { _ in },
        confirm: @escaping @Sendable (WaveRecord, Int) async -> String? = { _, _ in nil }
    ) {
        self.progress = progress
        self.answered = answered
        self.begins = begins
        self.ended = ended
        self.waits = waits
        self.confirm = confirm
    }
}

/// Delivers an announcement wave by wave.
struct WaveCourse {
    let delivery: Delivery
    let waves: Waves
    let watcher: WaveWatcher
    let announcement: Int64
    let name: String
    /// Which of the run's deliveries of the announcement this is, counted from 0.
    let part: Int

    /// Sends to groups, the first of them first, until all have been sent to or something stops it.
    ///
    /// Those that an earlier process of the run could not send to come last, in a wave of their own on which nothing
    /// depends: a group that takes nothing cannot stop an announcement twice.
    ///
    /// - Parameter groups: The groups.
    /// - Returns: What came of it, and how long was sent, in microseconds: without what was waited for the grace, between
    ///   waves, for somebody's word and for the window.
    /// - Throws: ``StorageError``.
    func run(to groups: consuming Set<GroupID>) async throws -> (outcome: Delivery.Outcome, time: Int64) {
        let (ledger, lease, now) = (delivery.ledger, delivery.lease, delivery.sender.now)
        let stopwatch = Stopwatch(uptime: delivery.sender.uptime)
        var total = Delivery.Outcome()
        // There may be a million of them, and so there is one set, which loses them one by one.
        var left = consume groups
        guard !left.isEmpty else { return (total, 0) }
        let before = try await ledger.waves(run: lease.run, announcement: name, part: part)
        let done = before.reduce(0) { $0 + $1.done }
        let refused = before.isEmpty ? [] : try await ledger.refused(run: lease.run, announcement: name)
        let again = refused.isEmpty ? [] : left.intersection(refused)
        if !again.isEmpty { left.subtract(again) }
        var sizes = waves.sizes(of: left.count + done, after: done)
        if !again.isEmpty { sizes.append(again.count) }
        let first = (before.last?.number ?? 0) + 1
        if before.isEmpty, waves.grace > .zero {
            guard await wait(waves.grace, "before the first post; Ctrl-C stops it, and nothing is sent") else {
                total.halt = .withdrawn
                return (total, 0)
            }
        }
        if let pause = restOfPause(after: before.last) {
            guard await wait(pause, "before wave \(first)") else {
                total.halt = .interrupted
                return (total, 0)
            }
        }
        for (index, size) in sizes.enumerated() {
            let isAgain = left.isEmpty
            if isAgain { left = again }
            var part: Set<GroupID> = []
            if left.count > size {
                part = try await ledger.first(size, of: left, announcement: announcement)
                left.subtract(part)
            } else {
                swap(&part, &left)
            }
            let targets = part.count
            var wave = WaveRecord(number: first + index, targets: targets, startedAt: now())
            watcher.begins(wave, first + sizes.count - 1)
            try await ledger.record(wave, of: name, part: self.part, lease: lease)
            var delivery = delivery
            delivery.failuresAllowed = isAgain ? nil : waves.failuresAllowed(of: targets)
            delivery.window = waves.window
            delivery.waits = { [watcher] wait in
                // What waits for the window has nothing under way.
                if wait == nil { stopwatch.start() } else { stopwatch.stop() }
                watcher.waits(wait)
            }
            delivery.answered = watcher.answered
            stopwatch.start()
            let outcome = try await delivery.deliver(
                announcement: announcement,
                named: name,
                to: consume part,
                progress: watcher.progress
            )
            stopwatch.stop()
            total.add(outcome)
            wave.sent = outcome.sent
            wave.already = outcome.already
            wave.failed = outcome.findings.count { $0.kind == .failed || $0.kind == .changed }
            wave.ambiguous = outcome.findings.count { $0.kind == .ambiguous }
            wave.endedAt = max(now(), wave.startedAt)
            try await ledger.record(wave, of: name, part: self.part, lease: lease)
            watcher.ended(wave, first + sizes.count - 1)
            // Where nobody is left to be sent to, nothing can be held back.
            if case .held = outcome.halt, left.isEmpty, outcome.answered == targets { total.halt = nil }
            if outcome.halt == nil, !left.isEmpty { total.halt = await verdict(on: wave, left: left.count) }
            if case .held(let reason) = total.halt {
                wave.verdict = reason
                try await ledger.record(wave, of: name, part: self.part, lease: lease)
            }
            if total.halt != nil { break }
        }
        return (total, stopwatch.time)
    }

    /// How long is still to be waited after a wave that an earlier process has finished, and in the pause after which it
    /// ended; nil if nothing is, or if somebody has decided that it goes on.
    private func restOfPause(after wave: WaveRecord?) -> Duration? {
        guard let wave, let endedAt = wave.endedAt, wave.verdict == nil, wave.done == wave.targets else { return nil }
        let rest = min(waves.pause, .microseconds(endedAt + waves.pause.microseconds - delivery.sender.now()))
        return rest > .zero ? rest : nil
    }

    /// Whether the next wave may begin, after the pause between them.
    private func verdict(on wave: WaveRecord, left: Int) async -> Delivery.Halt? {
        if let allowed = waves.failuresAllowed(of: wave.targets), wave.failed + wave.ambiguous > allowed {
            return .held(Delivery.tooManyFailures(wave.failed + wave.ambiguous, of: wave.targets))
        }
        if waves.confirms, let reason = await watcher.confirm(wave, left) { return .held(reason) }
        guard waves.pause > .zero else { return nil }
        return await wait(waves.pause, "before wave \(wave.number + 1)") ? nil : .interrupted
    }

    /// Waits for a while, which a clock that is set meanwhile makes neither longer nor shorter.
    private func wait(_ span: Duration, _ reason: String) async -> Bool {
        watcher.waits((delivery.sender.now() + span.microseconds, reason))
        defer { watcher.waits(nil) }
        do { try await delivery.sender.sleep(span) } catch { return false }
        return !Task.isCancelled
    }
}

/// Adds up the times in which something was done, by a clock that nobody sets.
private final class Stopwatch: Sendable {
    private let uptime: @Sendable () -> Int64
    private let state = Mutex<(since: Int64?, time: Int64)>((nil, 0))

    init(uptime: @escaping @Sendable () -> Int64) {
        self.uptime = uptime
    }

    /// Microseconds in all, up to the last stop.
    var time: Int64 { state.withLock { $0.time } }

    /// Goes on, unless it goes.
    func start() {
        let now = uptime()
        state.withLock { $0.since = $0.since ?? now }
    }

    /// Stops, unless it stands.
    func stop() {
        let now = uptime()
        state.withLock { state in
            if let since = state.since { state.time += max(0, now - since) }
            state.since = nil
        }
    }
}

extension Duration {
    /// The whole microseconds in it.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}

extension Delivery.Outcome {
    fileprivate mutating func add(_ other: Delivery.Outcome) {
        sent += other.sent
        already += other.already
        answered += other.answered
        findings += other.findings
        unsettled.formUnion(other.unsettled)
        halt = other.halt
    }
}
