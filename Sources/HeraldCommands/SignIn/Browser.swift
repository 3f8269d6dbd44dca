import Foundation

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
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [address]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return (try? process.run()) != nil
    }
}
