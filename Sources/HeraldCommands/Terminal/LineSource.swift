import Foundation
import Synchronization

/// A stream that a command reads lines from: standard input, or a test's memory.
package struct LineSource: Sendable {
    /// Whether somebody types there.
    package let isTerminal: Bool

    private let next: @Sendable () async -> String?
    private let forget: @Sendable () -> Void

    /// - Parameters:
    ///   - isTerminal: Whether somebody types there.
    ///   - forget: Drops what was typed already and has not been read.
    ///   - next: Gives the next line without its end, or nil after the last one.
    package init(
        isTerminal: Bool,
        forget: @escaping @Sendable () -> Void = {},
        next: @escaping @Sendable () async -> String?
    ) {
        self.isTerminal = isTerminal
        self.forget = forget
        self.next = next
    }

    /// Drops what was typed before there was anything to answer.
    func forgetTyped() { forget() }

    /// The next line without its end; nil after the last one.
    package func line() async -> String? { await next() }

    /// The next line without its end; nil after the last one, and as soon as the surrounding task is cancelled.
    func lineUnlessCancelled() async -> String? {
        let first = FirstAnswer()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                first.wait(continuation)
                // What is typed after a cancellation is lost, as the process is about to end then.
                Task { first.give(await next()) }
            }
        } onCancel: {
            first.give(nil)
        }
    }

    /// Nothing to read.
    package static let empty = LineSource(isTerminal: false) { nil }

    /// The process's own standard input.
    static let standard = LineSource(
        isTerminal: isatty(STDIN_FILENO) == 1,
        forget: { if isatty(STDIN_FILENO) == 1 { tcflush(STDIN_FILENO, TCIFLUSH) } },
        next: { await onThread { readLine() } }
    )

    /// Does what blocks on a thread that may be blocked.
    static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}

/// Lets one of several answers through, whichever comes first.
private final class FirstAnswer: Sendable {
    private struct State {
        var continuation: CheckedContinuation<String?, Never>?
        var answer: String??
    }

    private let state = Mutex(State())

    func wait(_ continuation: CheckedContinuation<String?, Never>) {
        let answer: String?? = state.withLock { state in
            if state.answer == nil { state.continuation = continuation }
            return state.answer
        }
        if let answer { continuation.resume(returning: answer) }
    }

    func give(_ answer: String?) {
        let waiting = state.withLock { state in
            guard state.answer == nil else { return CheckedContinuation<String?, Never>?.none }
            state.answer = .some(answer)
            defer { state.continuation = nil }
            return state.continuation
        }
        waiting?.resume(returning: answer)
    }
}
