import LuaRuntime
import Synchronization

/// What one execution of a script holds in the host, and has used of what is limited.
final class RunObjects: Sendable {
    let tables = HandleTable<CSVTable>(of: "table")
    let templates = HandleTable<Template>(of: "template")
    let drafts = HandleTable<AnnouncementComposer>(of: "announcement")
    let limits: ScriptLimits

    private let written = Mutex(0)
    private let unsettled = Mutex<[Task<Void, Never>]>([])
    private let modules = Mutex<[String: [UInt8]]>([:])

    init(limits: ScriptLimits) {
        self.limits = limits
    }

    func countOutput(_ count: Int) throws(HostError) {
        guard let limit = limits.output else { return }
        let total = written.withLock { written in
            written += count
            return written
        }
        if total > limit { throw .limit(.output) }
    }

    /// Has the run wait at its end for a request whose answer the script has not waited for.
    func addUnsettled(_ request: Task<Void, Never>) {
        unsettled.withLock { $0.append(request) }
    }

    /// Waits for the requests whose answers the script has not waited for.
    func settle() async {
        while let request = unsettled.withLock({ $0.popLast() }) { await request.value }
    }

    /// Keeps a module's source, for errors that show their line.
    func keep(_ source: [UInt8], module name: String) {
        modules.withLock { $0[name] = source }
    }

    /// The sources of the modules that have been loaded, by the names that errors show.
    var sources: [String: [UInt8]] { modules.withLock { $0 } }
}
