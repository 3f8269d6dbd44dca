import Foundation

/// A stream that a command reads lines from: standard input, or a test's memory.
package struct LineSource: Sendable {
    /// Whether somebody types there.
    package let isTerminal: Bool

    private let next: @Sendable () async -> String?

    /// - Parameters:
    ///   - isTerminal: Whether somebody types there.
    ///   - next: Gives the next line without its end, or nil after the last one.
    package init(isTerminal: Bool, next: @escaping @Sendable () async -> String?) {
        self.isTerminal = isTerminal
        self.next = next
    }

    /// The next line without its end; nil after the last one.
    package func line() async -> String? { await next() }

    /// Nothing to read.
    package static let empty = LineSource(isTerminal: false) { nil }

    /// The process's own standard input.
    static let standard = LineSource(isTerminal: isatty(0) == 1) {
        await onThread { readLine() }
    }

    /// Does what blocks on a thread that may be blocked.
    static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}
