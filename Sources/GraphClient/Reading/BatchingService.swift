import Foundation
package import GraphModel
import Synchronization

/// Sends reads that are asked for side by side as one `$batch` (reference, section 12).
///
/// It stands below the pacer: what reaches it may be sent now, and what reaches it at the same moment goes together, at
/// most 20 in a batch and four of one mailbox. A read that is alone is sent as it is, and so is every write. Each item is
/// answered by itself, its refusals included. A service that takes no batches is asked for none again.
package final class BatchingService<Next: GraphService>: GraphService {
    /// The most that one batch may hold, and of one mailbox, whose items are carried out side by side.
    private static var largestBatch: Int { 20 }
    private static var largestShare: Int { 4 }
    /// How often others are let go on before a batch is closed.
    private static var patience: Int { 16 }

    private let next: Next
    private let state = Mutex(State())

    /// What becomes of a read.
    private enum Outcome {
        case answered(GraphResponse)
        case alone
    }

    private struct Read {
        var number: Int
        var request: GraphRequest
    }

    private struct State {
        var lastNumber = 0
        var reads: [Read] = []
        var waiting: [Int: CheckedContinuation<Outcome, any Error>] = [:]
        /// Taken back before its task came to wait for it.
        var withdrawn: Set<Int> = []
        var isClosing = false
        var isRefused = false
    }

    /// Wraps a service.
    package init(_ next: Next) {
        self.next = next
    }

    package func respond(to request: GraphRequest) async throws -> GraphResponse {
        guard Self.isBatchable(request), !state.withLock({ $0.isRefused }) else {
            return try await next.respond(to: request)
        }
        switch try await outcome(of: request) {
        case .answered(let response): return response
        case .alone: return try await next.respond(to: request)
        }
    }

    /// Whether a request reads, and its answer is JSON.
    private static func isBatchable(_ request: GraphRequest) -> Bool {
        guard request.method == .get, request.body.isEmpty else { return false }
        let last = request.path.pathSegments.last ?? ""
        return !last.isEmpty && !["$count", "$value", "$metadata", "$batch"].contains(last)
    }

    // MARK: Waiting

    private func outcome(of request: GraphRequest) async throws -> Outcome {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isWithdrawn, closes) = state.withLock { state in
                    if state.withdrawn.remove(number) != nil { return (true, false) }
                    state.reads.append(Read(number: number, request: request))
                    state.waiting[number] = continuation
                    defer { state.isClosing = true }
                    return (false, !state.isClosing)
                }
                if isWithdrawn { continuation.resume(throwing: Self.takenBack) }
                if closes { Task { await self.close() } }
            }
        } onCancel: {
            let continuation = state.withLock { state in
                state.reads.removeAll { $0.number == number }
                let continuation = state.waiting.removeValue(forKey: number)
                if continuation == nil { state.withdrawn.insert(number) }
                return continuation
            }
            continuation?.resume(throwing: Self.takenBack)
        }
    }

    private static var takenBack: NoAnswer { NoAnswer(.notDone, "The request was taken back.") }

    private func settle(_ number: Int, _ outcome: Result<Outcome, any Error>) {
        let continuation = state.withLock { state in
            state.withdrawn.remove(number)
            return state.waiting.removeValue(forKey: number)
        }
        continuation?.resume(with: outcome)
    }

    /// Sends what has come together.
    private func close() async {
        for _ in 0..<Self.patience { await Task.yield() }
        let reads = state.withLock { state in
            state.isClosing = false
            defer { state.reads = [] }
            return state.reads
        }
        for batch in Self.batches(reads) {
            if batch.count == 1 {
                settle(batch[0].number, .success(.alone))
            } else {
                Task { await self.send(batch) }
            }
        }
    }

    private static func batches(_ reads: [Read]) -> [[Read]] {
        var batches: [[Read]] = []
        var shares: [[String: Int]] = []
        for read in reads {
            let mailbox = Pacer.mailbox(of: read.request.path)
            // What lies in no mailbox shares none.
            let most = mailbox == Pacer.directory ? largestBatch : largestShare
            let place = batches.indices.first {
                batches[$0].count < largestBatch && shares[$0][mailbox, default: 0] < most
            }
            if let place {
                batches[place].append(read)
                shares[place][mailbox, default: 0] += 1
            } else {
                batches.append([read])
                shares.append([mailbox: 1])
            }
        }
        return batches
    }

    // MARK: Batches

    private func send(_ reads: [Read]) async {
        let result: Result<GraphResponse, any Error>
        do { result = .success(try await next.respond(to: Self.request(for: reads))) } catch {
            result = .failure(error)
        }
        let response: GraphResponse
        switch result {
        case .failure(let error):
            for read in reads { settle(read.number, .failure(error)) }
            return
        case .success(let answer): response = answer
        }
        if response.status == 401 || response.status == 429 || response.status >= 500, response.status != 501 {
            // Said of all: whether to ask again is the pacer's business.
            for read in reads { settle(read.number, .success(.answered(response))) }
            return
        }
        guard response.isSuccess, let answers = try? Self.answers(in: response) else {
            state.withLock { $0.isRefused = true }
            for read in reads { settle(read.number, .success(.alone)) }
            return
        }
        for read in reads {
            let answer = answers[String(read.number)]
            settle(read.number, .success(answer.map { .answered($0) } ?? .alone))
        }
    }

    private static func request(for reads: [Read]) -> GraphRequest {
        var request = GraphRequest(
            .post,
            "/$batch",
            body: JSONWriter.bytes(capacity: 256 * reads.count) { writer in
                writer.object { writer in
                    writer.name("requests")
                    writer.array { writer in
                        for read in reads { write(read, &writer) }
                    }
                }
            },
            caller: reads[0].request.caller,
            serviceRoot: reads[0].request.serviceRoot
        )
        request.headers["Content-Type"] = "application/json"
        return request
    }

    private static func write(_ read: Read, _ writer: inout JSONWriter) {
        let request = read.request
        writer.object { writer in
            writer.member("id", String(read.number))
            writer.member("method", request.method.rawValue)
            writer.member("url", request.path + (request.query.isEmpty ? "" : "?" + request.query))
            if !request.headers.fields.isEmpty {
                writer.name("headers")
                writer.object { writer in
                    for (name, value) in request.headers.fields {
                        writer.name(name)
                        writer.string(value)
                    }
                }
            }
        }
    }

    /// The answers by the numbers of their reads.
    private static func answers(in response: GraphResponse) throws -> [String: GraphResponse] {
        var answers: [String: GraphResponse] = [:]
        try JSONReader.read(response.body) { reader in
            try reader.object { reader, name in
                guard name.matches("responses") else { return }
                try reader.array { reader, _ in
                    let (id, answer) = try item(&reader)
                    answers[id] = answer
                }
            }
        }
        for id in answers.keys { answers[id]?.headers[ServerMode.header] = response.headers[ServerMode.header] }
        return answers
    }

    private static func item(_ reader: inout JSONReader) throws -> (String, GraphResponse) {
        var id = ""
        var answer = GraphResponse(status: 500)
        var text: String?
        try reader.object { reader, name in
            switch name {
            case "id": id = try reader.string()
            case "status": answer.status = Int(try reader.integer())
            case "headers" where reader.kind == .object:
                try reader.object { reader, name in
                    if reader.kind == .string { answer.headers[name.string] = try reader.string() }
                }
            case "body" where reader.kind == .string: text = try reader.string()
            case "body" where reader.kind != .null: answer.body = try reader.raw()
            default: break
            }
        }
        // What is no JSON stands as text in base64, or as it is.
        if let text { answer.body = Data(base64Encoded: text).map { Array($0) } ?? Array(text.utf8) }
        return (id, answer)
    }
}
