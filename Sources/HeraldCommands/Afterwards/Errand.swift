import Announcements
import GraphModel
import ScriptHost

/// What a run does that works off what another run has left in the ledger: its kind, and how to begin and to go on.
///
/// An errand is made anew from its record when its run is resumed, and does then what is left to do.
protocol Errand: Sendable {
    /// The kind of its runs.
    static var kind: RunRecord.Kind { get }

    /// What stands in the record, so that the errand can be made from it once more.
    var arguments: [String] { get }

    /// The name of the script that it runs; nil if it runs none.
    var script: String? { get }

    /// Files that making it anew needs, by paths that no file of a script's can have.
    var files: [String: [UInt8]] { get }

    /// Makes the errand from the record of its run.
    init(_ record: RunRecord, ledger: Ledger) async throws

    /// Looks at what is to be done, asks, and does it.
    func carryOut(_ site: ErrandSite) async throws -> ErrandEnding
}

extension Errand {
    var script: String? { nil }
    var files: [String: [UInt8]] { [:] }
}

/// Where an errand is carried out.
struct ErrandSite: Sendable {
    let herald: HeraldEnvironment
    let backend: RunBackend
    let ledger: Ledger
    /// The right to write for the errand's run.
    let lease: Lease
    /// The errand's run, and the one that it is about.
    let record: RunRecord
    let origin: RunRecord
    let screen: RunScreen
    let approval: Approval
    /// Whether somebody is asked before anything is destroyed.
    let saysYes: Bool
    /// Whether nothing but warnings and errors is said.
    let isQuiet: Bool
    /// The groups that want no announcement at all.
    let suppressed: Set<GroupID>
    /// Limits on scripts that the errand runs.
    let limits: LimitOptions
    /// Microseconds since 1970.
    let now: @Sendable () -> Int64

    /// Reads from the backend.
    var reader: GraphReader { GraphReader(service: backend.service, caller: backend.caller, root: backend.serviceRoot) }

    /// How many reads or deletions are under way at once.
    var width: Int { min(backend.width, 64) }

    /// Sends what the errand's run has planned.
    var redelivery: Redelivery {
        Redelivery(
            Delivery(
                ledger: ledger,
                lease: lease,
                sender: Sender(
                    backend.service,
                    reconciler: backend.reconciler,
                    verifiesFirst: backend.verifiesFirst,
                    now: now,
                    uptime: herald.uptimeMicroseconds,
                    sleep: herald.wait
                ),
                caller: backend.caller,
                width: backend.width
            )
        )
    }

    /// What there is to say of a group that is left out, since it is on the list of those that want nothing.
    static func leftOut(_ group: GroupID, of announcement: String) -> Finding {
        Finding(
            kind: .excluded,
            announcement: announcement,
            target: group.text,
            code: suppressedCode,
            message: "The group is on the list of those that get no announcement; nothing was sent."
        )
    }

    /// The code of targets that were left out.
    static let suppressedCode = "suppressed"

    /// Gives up what the errand's run had planned for groups that have been put on the list since.
    ///
    /// - Parameter announcement: The announcement.
    /// - Returns: What there is to say of them, and of those that were given up before.
    /// - Throws: ``StorageError``.
    func giveUpSuppressed(of announcement: String) async throws -> [Finding] {
        let given = try await ledger.giveUp(
            suppressed,
            announcement: announcement,
            reason: (Self.suppressedCode, "The group is on the list of those that get no announcement."),
            lease: lease,
            at: now()
        )
        return given.sorted().map { Self.leftOut($0, of: announcement) }
    }

    /// Shows what is about to be sent of announcements, and asks.
    ///
    /// - Parameters:
    ///   - wanted: What is about to be sent of each.
    ///   - summaries: What is said of an announcement, by its name, in the place of what is said of those of a run.
    /// - Returns: Why nothing is to be sent; nil if all may be.
    func refusal(of wanted: [RunMonitor.Preview], saying summaries: [String: [String]] = [:]) async -> ErrandEnding? {
        for preview in wanted {
            screen.summarize(preview, saying: summaries[preview.tally.name])
            let answer = await approval.answer(to: preview)
            guard case .refuse(let code, let reason) = answer else { continue }
            return Task.isCancelled
                ? .interrupted : .refused(code: code, reason: "'\(preview.tally.name)': \(reason); nothing was sent")
        }
        return nil
    }

    /// Delivers what the errand's run has planned of announcements, one after the other.
    ///
    /// Each goes out in one part, within the window that it had in the run that the errand is about.
    ///
    /// - Parameters:
    ///   - tallies: What is known beforehand of each.
    ///   - excluded: What there is to say of groups that were left out, by the announcements.
    ///   - waitsGrace: Whether the grace that it had is waited for before the first post.
    /// - Returns: How it ended.
    /// - Throws: ``StorageError``.
    func deliver(
        _ tallies: [AnnouncementTally],
        excluded: [String: [Finding]] = [:],
        waitsGrace: Bool = false
    ) async throws -> ErrandEnding {
        let monitor = screen.monitor(approval)
        for tally in tallies {
            var timing = try await ledger.timing(of: tally.name, run: origin.id)
            if !waitsGrace { timing.grace = .zero }
            let result = try await redelivery.deliver(
                tally,
                timing: timing,
                excluded: excluded[tally.name] ?? [],
                except: suppressed,
                watcher: monitor.watch(tally.name)
            )
            monitor.finished(result.tally, result.findings)
            switch result.halt {
            case nil:
                if result.tally.unsent > 0 {
                    let number = result.tally.unsent
                    screen.say(
                        "\(number.grouped) target\(number == 1 ? "" : "s") of '\(tally.name)' \(number == 1 ? "has" : "have") "
                            + "nothing planned any more, and got nothing: another run has put its own in the place of it."
                    )
                }
            case .interrupted, .withdrawn: return .interrupted
            case .unavailable(let reason), .held(let reason):
                return .stopped("'\(tally.name)' stopped: \(reason); \(result.tally.unsent.grouped) not sent yet")
            }
        }
        return .done
    }
}

/// How an errand ended.
enum ErrandEnding: Sendable, Equatable {
    /// All was tried.
    case done
    /// There was nothing to do; the tallies say what was left out, of the announcements of which anything was.
    case idle([AnnouncementTally])
    /// Somebody stopped it.
    case interrupted
    /// The backend gave up answering; the sentence says more.
    case stopped(String)
    /// Nothing was done, since it was not granted, or nobody said yes.
    case refused(code: String, reason: String)

    /// Whether nothing was done.
    var isWithoutEffect: Bool {
        switch self {
        case .idle, .refused: true
        case .done, .interrupted, .stopped: false
        }
    }

    /// The state of the run.
    var state: RunRecord.State {
        switch self {
        case .done, .idle: .finished
        case .interrupted: .interrupted
        case .stopped, .refused: .failed
        }
    }

    /// What stands in the record, and is shown.
    var message: String? {
        switch self {
        case .done, .idle, .interrupted: nil
        case .stopped(let reason), .refused(_, let reason): reason
        }
    }

    /// What the shell is told.
    var status: ExitStatus {
        switch self {
        case .done, .idle: .done
        case .interrupted: .interrupted
        case .stopped: .failed
        case .refused(let code, _): Approval.usageCodes.contains(code) ? .usage : .failed
        }
    }
}
