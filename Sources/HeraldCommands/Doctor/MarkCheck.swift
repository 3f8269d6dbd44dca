import Foundation
import GraphClient
import GraphModel

/// Makes a post that says what it is, finds it by its mark, and deletes it.
struct MarkCheck {
    /// What the conversation is called.
    static let topic = "Herald check"
    private static let name = "mark"

    private let service: MarkingService<PacedService<HTTPGraph>>
    private let root: String
    private let herald: HeraldEnvironment

    init(_ http: HTTPGraph, cloud: GraphCloud, keepsKeys: Bool, readLag: Double, herald: HeraldEnvironment) {
        service = MarkingService(
            PacedService(http, limits: keepsKeys ? .server(concurrency: 4) : PacingLimits(), keepsKeys: keepsKeys),
            readLag: Int64(readLag * 1_000_000),
            serviceRoot: cloud.root
        )
        root = cloud.root
        self.herald = herald
    }

    func run(in group: GroupID) async -> CheckFinding {
        let caller = Caller(id: "", displayName: "", address: "", kind: .delegated)
        let request = GraphRequest(
            .post,
            "/groups/\(group)/conversations",
            body: Self.body,
            caller: caller,
            key: IdempotencyKey(.explicit, "doctor/\(UUID().uuidString.lowercased())"),
            serviceRoot: root
        )
        let since = herald.now()
        var made: GraphResponse?
        var lost: String?
        do {
            let response = try await service.respond(to: request)
            if let error = response.error {
                return .fault(
                    Self.name,
                    "the group takes no post: \(error.message) (\(error.code), status \(error.status))"
                )
            }
            made = response
        } catch {
            // It may have been made all the same: then it is to be found, and deleted.
            lost = "\(error)"
        }
        let (found, waited) = await look(for: request, since: since)
        let answer = found ?? made
        let isDeleted = await delete(answer, in: group, by: caller)
        guard found != nil else {
            let reason = lost ?? "readers did not see it within \(waited.spoken): a longer --read-lag may be needed"
            return .fault(Self.name, "the post was not found by its mark: \(reason)\(Self.rest(answer, isDeleted))")
        }
        guard isDeleted else {
            return .fault(Self.name, "the post was found by its mark\(Self.rest(answer, isDeleted))")
        }
        return .well(Self.name, "a post was made, found by its mark after \(waited.spoken), and deleted")
    }

    /// Looks until the post is seen or the read lag is over.
    private func look(for request: GraphRequest, since: Int64) async -> (GraphResponse?, Duration) {
        let start = ContinuousClock.now
        guard let key = request.key else { return (nil, .zero) }
        let pauses = [0, 0.1, 0.3, 1].map { Duration.microseconds(service.readLag) * $0 }
        for pause in pauses {
            let rest = pause - (ContinuousClock.now - start)
            if rest > .zero { try? await Task.sleep(for: rest) }
            if let found = try? await service.find(key, for: request, since: since), let answer = found.answer {
                return (answer, ContinuousClock.now - start)
            }
        }
        return (nil, ContinuousClock.now - start)
    }

    private func delete(_ answer: GraphResponse?, in group: GroupID, by caller: Caller) async -> Bool {
        guard let body = answer?.body, let id = (try? JSONValue(body))?["id"]?.string else { return false }
        let path = "/groups/\(group)/conversations/\(PercentEncoding.encode(id))"
        let response = try? await service.respond(to: GraphRequest(.delete, path, caller: caller, serviceRoot: root))
        return response?.isSuccess ?? false
    }

    private static func rest(_ answer: GraphResponse?, _ isDeleted: Bool) -> String {
        guard answer != nil, !isDeleted else { return "" }
        return "; the conversation '\(topic)' could not be deleted: do that by hand"
    }

    private static var body: [UInt8] {
        JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("topic", topic)
                writer.name("threads")
                writer.array { writer in
                    writer.object { writer in
                        writer.name("posts")
                        writer.array { writer in
                            writer.object { writer in
                                writer.name("body")
                                writer.object { writer in
                                    writer.member("contentType", "text")
                                    writer.member(
                                        "content",
                                        "herald doctor tries whether posts can be found again, and deletes this one."
                                    )
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
