import Foundation
import Synchronization

/// Ctrl-C, and a polite kill: the first ends the run in good order, a second ends the process at once.
final class Interruption: Sendable {
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let isRequested = Mutex(false)
    private let sources: [DispatchSourceBox]

    /// Whether somebody asked for the end.
    var wasRequested: Bool { isRequested.withLock { $0 } }

    /// Forgets that somebody asked for the end, before something else is begun.
    func forget() {
        isRequested.withLock { $0 = false }
    }

    /// Listens to SIGINT and SIGTERM; `announce` tells the person that the wish was heard.
    init(announce: @escaping @Sendable () -> Void) {
        let queue = DispatchQueue(label: "interruption")
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            return DispatchSourceBox(DispatchSource.makeSignalSource(signal: number, queue: queue))
        }
        for box in sources {
            box.source.setEventHandler { [weak self] in
                guard let self else { return }
                let wasRequested = self.isRequested.withLock { isRequested in
                    defer { isRequested = true }
                    return isRequested
                }
                if wasRequested { exit(ExitStatus.interrupted.rawValue) }
                announce()
                self.task.withLock { $0?.cancel() }
            }
            box.source.resume()
        }
    }

    deinit {
        for box in sources { box.source.cancel() }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
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

    init(_ source: any DispatchSourceSignal) {
        self.source = source
    }
}
