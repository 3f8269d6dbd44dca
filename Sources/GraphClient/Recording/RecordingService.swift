import Foundation
package import GraphModel

/// Passes requests on, and writes down what came of each.
package struct RecordingService<Next: GraphService>: GraphService {
    private let next: Next
    private let file: RecordingFile

    package init(_ next: Next, to file: RecordingFile) {
        self.next = next
        self.file = file
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        let startedAt = Int64(Date().timeIntervalSince1970 * 1_000_000)
        let start = ContinuousClock.now
        let result: Result<GraphResponse, NoAnswer>
        do {
            result = .success(try await next.respond(to: request))
        } catch let reason as NoAnswer {
            result = .failure(reason)
        }
        let time = Int64((ContinuousClock.now - start) / .microseconds(1))
        file.add(Exchange(request: request, result: result, startedAt: startedAt, time: time))
        return try result.get()
    }
}
