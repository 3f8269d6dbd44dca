import Announcements
import GraphModel

/// What a report tells of a run, but for its targets, which are read from the ledger as they are written.
struct ReportContent: Sendable {
    /// An announcement's waves.
    struct Course: Sendable {
        var run: String
        var announcement: String
        var waves: [WaveRecord]
    }

    let report: RunReport
    let ledger: Ledger
    /// When the report was made, in microseconds since 1970.
    let madeAt: Int64
    /// Whether somebody is at work on the run.
    let isAtWork: Bool
    /// The run, and those that sent again or took back what it made.
    let runs: [String]
    private(set) var courses: [Course] = []
    /// How many targets are in each state, as it stands now.
    private(set) var counts: [EffectState: Int] = [:]
    /// When the targets were settled that were, in microseconds since 1970, in order.
    private(set) var settled: [Int64] = []
    /// How long the answers took, in microseconds, as far as it is known, in order.
    private(set) var answerTimes: [Int64] = []

    /// Reads what is known of a run.
    init(of run: RunRecord, ledger: Ledger, at time: Int64) async throws {
        self.ledger = ledger
        madeAt = time
        let isAtWork = try await ledger.runsAtWork(at: time)[run.id] != nil
        var report = try await ledger.report(run, findings: 0)
        report.isAtWork = isAtWork
        self.report = report
        self.isAtWork = isAtWork
        runs = try await ledger.family(of: run.id)
        for id in runs {
            for tally in try await ledger.tallies(run: id) {
                let waves = try await ledger.waves(run: id, announcement: tally.name)
                if !waves.isEmpty { courses.append(Course(run: id, announcement: tally.name, waves: waves)) }
            }
        }
        var (counts, settled, answerTimes) = (counts, settled, answerTimes)
        try await ledger.forEachPage(of: .runs(runs)) { page in
            for target in page {
                counts[target.state, default: 0] += 1
                guard let at = target.settledAt else { continue }
                settled.append(at)
                if let begun = target.attemptedAt, begun <= at { answerTimes.append(at - begun) }
            }
        }
        settled.sort()
        answerTimes.sort()
        (self.counts, self.settled, self.answerTimes) = (counts, settled, answerTimes)
    }

    /// How many targets there are.
    var targets: Int { counts.values.reduce(0, +) }

    /// Goes through the targets in pages, in the order of their planning.
    func forEachPage(bodies: Bool = false, _ body: ([TargetRecord]) async throws -> Void) async throws {
        try await ledger.forEachPage(of: .runs(runs), bodies: bodies, body)
    }
}
