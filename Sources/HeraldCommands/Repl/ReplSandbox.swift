import Foundation
import LuaRuntime
import ScriptHost
import Synchronization

/// The sandbox of a session, and another one when that has ended; with the sources of what was typed, and Ctrl-C.
///
/// Unchecked, because it takes one input at a time, each of which is awaited before the next.
final class ReplSandbox: @unchecked Sendable {
    private let context: ScriptContext
    private let limits: ScriptLimits
    private let screen: RunScreen
    private let interruption: Interruption
    private let isWaiting: Flag
    private let isTyped: Bool
    private var console: ScriptConsole
    private var typed: [String: [UInt8]] = [:]
    private var count = 0

    init(_ context: ScriptContext, limits: ScriptLimits, _ screen: RunScreen, isTyped: Bool) async throws {
        self.isTyped = isTyped
        self.context = context
        self.limits = limits
        self.screen = screen
        console = try await ScriptConsole(context: context, limits: limits) { screen.put($0) }
        let isWaiting = Flag()
        self.isWaiting = isWaiting
        // One for the whole session: Dispatch loses signals when sources of the same one come and go.
        interruption = Interruption {
            if isWaiting.value.withLock({ $0 }) { exit(ExitStatus.interrupted.rawValue) }
            screen.say("interrupted: waiting for what is in flight; again to quit at once")
        }
    }

    /// What errors may have come from, by the names that they show.
    var sources: [String: [UInt8]] { console.sources.merging(typed) { _, typed in typed } }

    /// What there is to complete.
    func names() async -> [String] { await console.globalNames() }

    /// Opens another sandbox.
    func renew() async throws {
        let screen = screen
        console = try await ScriptConsole(context: context, limits: limits) { screen.put($0) }
    }

    /// Told before an input is waited for.
    ///
    /// Ctrl-C ends a wait for what is not typed. Where somebody types it is a key; if it comes as a signal after all, it was
    /// pressed just after the line was entered, and stops that.
    func wait() {
        interruption.forget()
        isWaiting.value.withLock { $0 = !isTyped }
    }

    /// Evaluates an input.
    ///
    /// - Parameter text: The input.
    /// - Returns: What became of it, and whether somebody stopped it.
    func evaluate(_ text: String) async -> (result: Result<ScriptConsole.Outcome, LuaError>, wasInterrupted: Bool) {
        let name = "(input \(count + 1))"
        typed[name] = Array(text.utf8)
        let kept = Kept()
        let console = console
        isWaiting.value.withLock { $0 = false }
        await interruption.during {
            do throws(LuaError) {
                kept.result = .success(try await console.evaluate(text, named: name))
            } catch {
                kept.result = .failure(error)
            }
        }
        if kept.result != .success(.incomplete) { count += 1 }
        return (kept.result, interruption.wasRequested)
    }

    private final class Flag: Sendable {
        let value = Mutex(false)
    }

    /// The outcome, brought out of the task that it came from.
    private final class Kept: @unchecked Sendable {  // written once, by a task that is awaited before it is read
        var result: Result<ScriptConsole.Outcome, LuaError> = .success(.incomplete)
    }
}
