import Foundation
import GraphModel
import LuaRuntime

/// One request of a script: what the Lua part of `graph` hands over.
struct GraphCall {
    private var method = GraphRequest.Method.get
    private var path = ""
    private var query: [String] = []
    private var body: [UInt8] = []
    private var key: IdempotencyKey?
    private var timeout: Duration?
    private var headers: GraphHeaders = [:]

    /// Reads `[method, path or segments, body or false, options]`.
    init(_ json: [UInt8]) throws(HostError) {
        do {
            try JSONReader.read(json) { reader in
                try reader.array { reader, index in
                    switch index {
                    case 0: method = GraphRequest.Method(rawValue: try reader.string()) ?? .get
                    case 1: try readPath(&reader)
                    case 2: if reader.kind != .boolean { body = try reader.raw() }
                    default: try readOptions(&reader)
                    }
                }
            }
        } catch let error as HostError {
            throw error
        } catch {
            throw HostError(code: "internalError", message: "the bridge gave no request: \(error)")
        }
    }

    private mutating func readPath(_ reader: inout JSONReader) throws {
        if reader.kind == .array {
            try reader.array { reader, _ in path += "/" + PercentEncoding.encode(try reader.string()) }
            return
        }
        var text = try reader.string()
        // A link to the next page is absolute; what counts is behind the version.
        if let scheme = text.range(of: "://") {
            let rest = text[scheme.upperBound...].drop { $0 != "/" }.dropFirst()
            text = "/" + rest.drop { $0 != "/" }.dropFirst()
        } else if text.hasPrefix("/v1.0/") || text.hasPrefix("/beta/") {
            text = String(text.dropFirst(5))
        }
        guard text.hasPrefix("/") else {
            throw HostError(
                code: "badArgument",
                message: "'\(text.prefix(80))' is no path; it begins with a slash, as in /groups/…/threads"
            )
        }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        if parts.count == 2 { query.append(String(parts[1])) }
    }

    private mutating func readOptions(_ reader: inout JSONReader) throws {
        // An empty Lua table may come as either.
        if reader.kind == .array { return try reader.skip() }
        try reader.object { reader, name in
            let option = name.string
            if option == "headers" { return try readHeaders(&reader) }
            let value = try JSONValue(from: &reader)
            if option == "key", let text = value.string {
                guard !text.isEmpty, text.utf8.count <= 256 else {
                    throw HostError(code: "badArgument", message: "a key has 1 to 256 bytes")
                }
                key = IdempotencyKey(.explicit, text)
            } else if option == "timeout" {
                guard let seconds = value.double, seconds > 0, seconds < 1e6 else {
                    throw HostError(code: "badArgument", message: "a timeout is a number of seconds above 0")
                }
                timeout = .seconds(seconds)
            } else if option != "key" {
                query.append("$\(option)=" + PercentEncoding.encode(Self.text(value)))
            }
        }
    }

    private mutating func readHeaders(_ reader: inout JSONReader) throws {
        if reader.kind == .array { return try reader.skip() }
        try reader.object { reader, name in
            let field = name.string
            guard !Self.ownHeaders.contains(field.lowercased()) else {
                throw HostError(code: "badArgument", message: "the header '\(field)' is Herald's to send")
            }
            guard reader.kind == .string, !field.isEmpty, field.utf8.allSatisfy(Self.isOfName) else {
                throw HostError(code: "badArgument", message: "a header is a name and a text: '\(field.prefix(60))'")
            }
            let value = try reader.string()
            guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw HostError(
                    code: "badArgument",
                    message: "the header '\(field)' holds more than visible ASCII characters"
                )
            }
            headers[field] = value
        }
    }

    /// What is not a script's business: who asks, and what names the write.
    private static let ownHeaders: Set<String> = [
        "authorization", "idempotency-key", "host", "content-length", "transfer-encoding", "connection",
    ]

    private static func isOfName(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let integer): String(integer)
        case .boolean(let boolean): String(boolean)
        case .array(let elements): elements.map(text).joined(separator: ",")
        default: ""
        }
    }

    /// Sends the request, and gives what the answer holds.
    func perform(in context: ScriptContext) async throws(HostError) -> [UInt8] {
        let response = try await respond(in: context)
        if !response.body.isEmpty { return response.body }
        // A reply answers with no body; where it says what it made, the script is told.
        guard let id = response.headers["Location"]?.split(separator: "/").last else { return ScriptReply.nothing }
        return JSONWriter.bytes { writer in writer.object { $0.member("id", String(id)) } }
    }

    /// Sends the request, and gives the whole answer: its status, its headers and its body.
    func exchange(in context: ScriptContext) async throws(HostError) -> [UInt8] {
        let response = try await respond(in: context)
        return JSONWriter.bytes(capacity: response.body.count + 512) { writer in
            writer.object { writer in
                writer.member("status", response.status)
                writer.name("headers")
                writer.object { writer in
                    for (name, value) in response.headers.fields {
                        writer.name(name)
                        writer.string(value)
                    }
                }
                guard !response.body.isEmpty else { return }
                writer.name("body")
                if (try? JSONReader.read(response.body, { try $0.skip() })) != nil {
                    writer.raw(response.body)
                } else {
                    writer.string(String(decoding: response.body, as: UTF8.self))
                }
            }
        }
    }

    private func respond(in context: ScriptContext) async throws(HostError) -> GraphResponse {
        var request = GraphRequest(
            method,
            path,
            query: query.joined(separator: "&"),
            headers: headers,
            body: body,
            caller: context.caller,
            key: key
        )
        if !body.isEmpty, headers["Content-Type"] == nil { request.headers["Content-Type"] = "application/json" }
        let response: GraphResponse
        do {
            response = try await answer(to: request, in: context)
        } catch let error as HostError {
            throw error
        } catch {
            throw HostError(
                code: "noAnswer",
                message: "\(error)",
                isRetryable: (error as? NoAnswer)?.outcome == .notDone
            )
        }
        if let error = response.error {
            throw HostError(
                code: error.code,
                message: error.target.map { "\(error.message) (at \($0))" } ?? error.message,
                status: error.status,
                requestID: error.requestID ?? response.headers["request-id"],
                isRetryable: [429, 500, 502, 503, 504].contains(error.status)
            )
        }
        return response
    }

    /// The answer, if it comes in time.
    ///
    /// A write that is late goes on, so that the ledger knows what came of it.
    private func answer(to request: GraphRequest, in context: ScriptContext) async throws -> GraphResponse {
        guard let timeout else { return try await context.send(request) }
        let (answers, continuation) = AsyncStream.makeStream(of: Result<GraphResponse, any Error>?.self)
        let sending = Task {
            do { continuation.yield(.success(try await context.send(request))) } catch {
                continuation.yield(.failure(error))
            }
        }
        let clock = Task {
            try await Task.sleep(for: timeout)
            continuation.yield(nil)
        }
        defer { clock.cancel() }
        let first = await withTaskCancellationHandler {
            await answers.first { _ in true }
        } onCancel: {
            sending.cancel()
        }
        if case .some(.some(let answer)) = first { return try answer.get() }
        if method == .get { sending.cancel() } else { context.objects.addUnsettled(sending) }
        throw HostError(
            code: "timeout",
            message: method == .get
                ? "no answer came in time"
                : "no answer came in time; the write may happen all the same, and only with a key it is safe to repeat",
            isRetryable: method == .get
        )
    }
}
