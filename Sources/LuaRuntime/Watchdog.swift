import Foundation

/// Looks after the states that run Lua code: ends one that has used up its processor time or is past its deadline.
///
/// One thread for the whole process; it sleeps while no state runs, so that a script pays nothing for its limits.
final class Watchdog: @unchecked Sendable {  // its state is guarded by the condition
    static let shared = Watchdog()

    private let condition = NSCondition()
    private var watched: [ObjectIdentifier: LuaState] = [:]
    private var isRunning = false

    /// How often it looks, in seconds: a limit is noticed that much later at most.
    private static let interval = 0.005

    func watch(_ state: LuaState) {
        condition.lock()
        watched[ObjectIdentifier(state)] = state
        if !isRunning {
            isRunning = true
            let thread = Thread { [self] in loop() }
            thread.name = "watchdog"
            thread.start()
        } else if watched.count == 1 {
            condition.signal()
        }
        condition.unlock()
    }

    func unwatch(_ state: LuaState) {
        condition.lock()
        watched[ObjectIdentifier(state)] = nil
        condition.unlock()
    }

    private func loop() {
        while true {
            condition.lock()
            while watched.isEmpty { condition.wait() }
            let states = Array(watched.values)
            condition.unlock()
            for state in states { state.watch() }
            Thread.sleep(forTimeInterval: Self.interval)
        }
    }
}
