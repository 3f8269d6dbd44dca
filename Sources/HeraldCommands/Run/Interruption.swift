import Foundation
import Synchronization

/// Ctrl-C, a polite kill, and the end of the terminal: the first ends the run in good order, a second Ctrl-C or kill ends
/// the process at once.
final class Interruption: Sendable {
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let request = Mutex((isMade: false, isMadeByHand: false))
    private let sources: [DispatchSourceBox]

    /// Whether somebody asked for the end.
    var wasRequested: Bool { request.withLock { $0.isMade } }

    /// Forgets that somebody asked for the end, before something else is begun.
    func forget() {
        request.withLock { $0 = (false, false) }
    }

    /// Listens to SIGINT, SIGTERM and, unless it is ignored as under nohup, SIGHUP; `announce` tells the person that the wish
    /// was heard.
    init(announce: @escaping @Sendable () -> Void) {
        // A pipe that nobody reads any more is told by the write, and is no reason to leave posts in flight.
        signal(SIGPIPE, SIG_IGN)
        let queue = DispatchQueue(label: "interruption")
        let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
        sources = [SIGINT, SIGTERM, SIGHUP].compactMap { number in
            let before = unsafe unsafeBitCast(signal(number, SIG_IGN), to: Int.self)
            if number == SIGHUP, before == ignored { return nil }
            return DispatchSourceBox(DispatchSource.makeSignalSource(signal: number, queue: queue), number)
        }
        for box in sources {
            // A terminal that goes tells so more than once: by its driver, by the shell, and by whoever ends the session.
            let isByHand = box.number != SIGHUP
            box.source.setEventHandler { [weak self] in
                guard let self else { return }
                let before = self.request.withLock { request in
                    defer { request = (true, request.isMadeByHand || isByHand) }
                    return request
                }
                if before.isMadeByHand, isByHand { exit(ExitStatus.interrupted.rawValue) }
                guard !before.isMade else { return }
                announce()
                self.task.withLock { $0?.cancel() }
            }
            box.source.resume()
        }
    }

    deinit {
        for box in sources {
            box.source.cancel()
            signal(box.number, SIG_DFL)
        }
    }

    /// Runs work that is cancelled when the end is asked for.
    func during(_ work: @escaping @Sendable () async -> Void) async {
        let running = Task { await work() }
        task.withLock { $0 = running }
        if wasRequested { running.cancel() }
        await running.value
        task.withLock { $0 = nil }
    }
}

/// A source of signals, which Dispatch does not mark as safe to share; it is resumed once and cancelled once.
private struct DispatchSourceBox: @unchecked Sendable {
    let source: any DispatchSourceSignal
    let number: Int32

    init(_ source: any DispatchSourceSignal, _ number: Int32) {
        self.source = source
        self.number = number
    }
}
