package import GraphModel

/// What is done with the exchanges of a run besides.
package enum Tape: Sendable {
    /// They take place, and nothing else.
    case off
    /// They are written down.
    case recording(RecordingFile)
    /// They do not take place: a recording answers.
    case replaying(Recording)

    package var isReplay: Bool {
        if case .replaying = self { true } else { false }
    }
}

/// A service whose exchanges may be recorded, or answered from a recording.
package struct TapedService<Next: GraphService>: GraphService {
    private let next: Next
    private let tape: Tape

    package init(_ next: Next, tape: Tape) {
        self.next = next
        self.tape = tape
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        switch tape {
        case .off: try await next.respond(to: request)
        case .recording(let file): try await RecordingService(next, to: file).respond(to: request)
        case .replaying(let recording): try await ReplayService(recording).respond(to: request)
        }
    }
}
