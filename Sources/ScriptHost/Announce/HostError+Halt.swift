package import Announcements
package import LuaRuntime

extension HostError {
    /// The code of an announcement that was stopped between waves, or since too much of it failed.
    package static let heldCode = "held"

    /// Why an announcement was not delivered to its end.
    ///
    /// - Parameters:
    ///   - halt: What stopped it.
    ///   - name: The announcement's name.
    ///   - tally: What it had come to.
    package init(_ halt: Delivery.Halt, of name: String, _ tally: AnnouncementTally) {
        let sofar = "\(tally.sent) sent, \(tally.unsent) not yet"
        switch halt {
        case .interrupted:
            self.init(code: "interrupted", message: "announce: '\(name)' was interrupted: \(sofar)")
        case .withdrawn:
            self.init(code: "interrupted", message: "announce: '\(name)' was taken back; nothing was sent")
        case .held(let reason):
            self.init(code: Self.heldCode, message: "announce: '\(name)' is held: \(reason); \(sofar)")
        case .unavailable(let reason):
            self.init(
                code: "unavailable",
                message: "announce: '\(name)' stopped: \(reason); \(sofar). Run it again: it sends the rest only"
            )
        }
    }
}
