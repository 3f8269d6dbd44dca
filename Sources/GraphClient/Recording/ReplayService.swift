package import GraphModel

/// Answers from a recording; nothing is sent anywhere.
package struct ReplayService: GraphService {
    private let recording: Recording

    package init(_ recording: Recording) { self.recording = recording }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        try recording.answer(to: request)
    }
}
