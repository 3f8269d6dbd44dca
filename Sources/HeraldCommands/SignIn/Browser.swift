import Foundation
import Processes

/// The user's browser.
enum Browser {
    /// Asks the desktop to open an address, if there is a desktop.
    ///
    /// - Returns: Whether something was asked.
    static func open(_ address: String, in herald: HeraldEnvironment) -> Bool {
        // Without a desktop, xdg-open would start a browser for text in this very terminal.
        guard herald.variable("DISPLAY") != nil || herald.variable("WAYLAND_DISPLAY") != nil,
            let program = (herald.variable("PATH") ?? "").split(separator: ":").map({ $0 + "/xdg-open" })
                .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
        else { return false }
        guard let silence = FileHandle(forWritingAtPath: "/dev/null"),
            let process = try? ChildProcess(program, [address], output: nil, error: silence)
        else { return false }
        // Nobody waits for the browser, but its end is to be seen by somebody.
        Task { await process.ending() }
        return true
    }
}
