package import GraphModel
import Synchronization

/// A recording that answers requests as they were answered when it was made.
///
/// Requests are told apart by method, path, query and body; those that are the same are answered in the order in which
/// they were recorded. A read that is asked more often than it was gets the last answer again: how often a thing is
/// looked for depends on the clock. Anything else that was not recorded is refused by name.
package final class Recording: Sendable {
    private struct Answers {
        var list: [Result<GraphResponse, NoAnswer>] = []
        var next = 0
    }

    /// What the paths of requests were appended to.
    package let serviceRoot: String
    /// Who made the requests, if the recording says so.
    package let caller: Caller?
    private let answers: Mutex<[RecordingMatch: Answers]>

    /// Reads a recording.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - name: Its name, for errors.
    /// - Throws: ``RecordingFault`` if it is none that Herald made.
    package init(_ bytes: [UInt8], name: String) throws(RecordingFault) {
        let document: JSONValue
        do { document = try JSONValue(bytes) } catch {
            throw RecordingFault("\(name) is no recording, or only a part of one: \(error)")
        }
        guard let log = document["log"], let entries = log["entries"]?.elements else {
            throw RecordingFault("\(name) is no HTTP archive: it has no log with entries.")
        }
        guard let herald = log["_herald"], let root = herald["serviceRoot"]?.string else {
            throw RecordingFault("\(name) was not made by herald run --record, which notes how to match requests.")
        }
        serviceRoot = root
        caller = herald["caller"].map { caller in
            Caller(
                id: caller["id"]?.string ?? "",
                displayName: caller["displayName"]?.string ?? "",
                address: caller["address"]?.string ?? "",
                kind: caller["kind"]?.string.flatMap(Caller.Kind.init(rawValue:)) ?? .delegated
            )
        }
        var answers: [RecordingMatch: Answers] = [:]
        for (index, entry) in entries.enumerated() {
            guard let match = entry["request"]?["_match"]?.string, let response = entry["response"] else {
                throw RecordingFault("\(name): entry \(index + 1) does not say which request it answers.")
            }
            answers[RecordingMatch(recorded: match), default: Answers()].list.append(Self.result(response))
        }
        self.answers = Mutex(answers)
    }

    /// The answer to a request.
    ///
    /// - Throws: ``NoAnswer`` if none came when the recording was made, or if the request was not recorded.
    func answer(to request: GraphRequest) throws(NoAnswer) -> GraphResponse {
        let match = RecordingMatch(request)
        let result: Result<GraphResponse, NoAnswer>? = answers.withLock { answers in
            guard var known = answers[match] else { return nil }
            if known.next < known.list.count {
                known.next += 1
                FreshReads.current?.note()
            } else if request.method != .get {
                return nil
            }
            answers[match] = known
            return known.list[known.next - 1]
        }
        guard let result else {
            let query = request.query.isEmpty ? "" : "?" + Redaction().form(request.query).prefix(200)
            throw NoAnswer(
                .notDone,
                "The recording has no answer (left) to \(request.method.rawValue) \(request.path.prefix(200))\(query)"
                    + (request.body.isEmpty ? "" : " with this body")
                    + ": it was made by another script, or other data."
            )
        }
        return try result.get()
    }

    private static func result(_ response: JSONValue) -> Result<GraphResponse, NoAnswer> {
        let status = Int(response["status"]?.double ?? 0)
        guard status > 0 else {
            return .failure(
                NoAnswer(
                    response["_outcome"]?.string == "notDone" ? .notDone : .unknown,
                    response["_error"]?.string ?? "No answer came."
                )
            )
        }
        var answer = GraphResponse(status: status)
        for header in response["headers"]?.elements ?? [] {
            guard let name = header["name"]?.string else { continue }
            answer.headers[name] = header["value"]?.string
        }
        let text = response["content"]?["text"]?.string ?? ""
        let isBase64 = response["content"]?["encoding"]?.string == "base64"
        answer.body = isBase64 ? Base64.decode(text) ?? [] : Array(text.utf8)
        return .success(answer)
    }
}
