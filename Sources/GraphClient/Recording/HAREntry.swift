import Foundation
import GraphModel

/// An exchange as an entry of an HTTP archive (HAR 1.2).
enum HAREntry {
    /// The entry's JSON, without secrets.
    ///
    /// - Parameters:
    ///   - exchange: What is written.
    ///   - root: What the request's path is appended to.
    ///   - redaction: Takes the secrets out.
    /// - Returns: One JSON object.
    static func json(_ exchange: Exchange, root: String, redaction: Redaction) -> [UInt8] {
        let request = exchange.request
        return JSONWriter.bytes(capacity: 2048 + request.body.count) { writer in
            writer.object { writer in
                writer.member("startedDateTime", GraphDate(microseconds: exchange.startedAt).text)
                writer.name("time")
                writer.number(Double(exchange.time) / 1000)
                writer.name("request")
                write(request, root, redaction, &writer)
                writer.name("response")
                switch exchange.result {
                case .success(let response): write(response, redaction, &writer)
                case .failure(let reason): write(reason, redaction, &writer)
                }
                writer.name("cache")
                writer.object { _ in }
                writer.name("timings")
                writer.object { writer in
                    writer.member("send", 0)
                    writer.name("wait")
                    writer.number(Double(exchange.time) / 1000)
                    writer.member("receive", 0)
                }
            }
        }
    }

    private static func write(
        _ request: GraphRequest,
        _ root: String,
        _ redaction: Redaction,
        _ writer: inout JSONWriter
    ) {
        let query = redaction.form(request.query)
        let contentType = request.headers["Content-Type"]
        writer.object { writer in
            writer.member("method", request.method.rawValue)
            writer.member("url", redaction.clean(root + request.path) + (query.isEmpty ? "" : "?" + query))
            common(request.headers, key: request.key, redaction, &writer)
            writer.name("queryString")
            writer.array { writer in
                for part in query.split(separator: "&") {
                    let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    writer.object { writer in
                        writer.member("name", PercentEncoding.decode(String(pair[0]), plusIsSpace: true))
                        writer.member(
                            "value",
                            pair.count == 2 ? PercentEncoding.decode(String(pair[1]), plusIsSpace: true) : ""
                        )
                    }
                }
            }
            if !request.body.isEmpty {
                writer.name("postData")
                writer.object { writer in
                    writer.member("mimeType", contentType ?? "application/json")
                    let body = redaction.body(request.body, contentType: contentType)
                    if let text = String(validating: body, as: UTF8.self) {
                        writer.member("text", text)
                    } else {
                        writer.member("text", Base64.encode(body))
                        writer.member("_encoding", "base64")
                    }
                }
            }
            writer.member("headersSize", -1)
            writer.member("bodySize", request.body.count)
            // Which request it answers is told by the hash of what was really sent.
            writer.member("_match", RecordingMatch(request).text)
        }
    }

    private static func write(_ response: GraphResponse, _ redaction: Redaction, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("status", response.status)
            writer.member("statusText", "")
            common(response.headers, key: nil, redaction, &writer)
            writer.name("content")
            writer.object { writer in
                writer.member("size", response.body.count)
                writer.member("mimeType", response.headers["Content-Type"] ?? "")
                let body = redaction.body(response.body, contentType: response.headers["Content-Type"])
                if let text = String(validating: body, as: UTF8.self) {
                    writer.member("text", text)
                } else {
                    writer.member("text", Base64.encode(body))
                    writer.member("encoding", "base64")
                }
            }
            writer.member("redirectURL", response.headers["Location"].map { redaction.address($0) } ?? "")
            writer.member("headersSize", -1)
            writer.member("bodySize", response.body.count)
        }
    }

    /// What never came has the status 0, as browsers write it.
    private static func write(_ reason: NoAnswer, _ redaction: Redaction, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("status", 0)
            writer.member("statusText", "")
            common([:], key: nil, redaction, &writer)
            writer.name("content")
            writer.object { writer in
                writer.member("size", 0)
                writer.member("mimeType", "")
            }
            writer.member("redirectURL", "")
            writer.member("headersSize", -1)
            writer.member("bodySize", -1)
            writer.member("_error", redaction.clean(reason.message))
            writer.member("_outcome", reason.outcome == .notDone ? "notDone" : "unknown")
        }
    }

    private static func common(
        _ headers: GraphHeaders,
        key: IdempotencyKey?,
        _ redaction: Redaction,
        _ writer: inout JSONWriter
    ) {
        writer.member("httpVersion", "HTTP/1.1")
        writer.name("cookies")
        writer.array { _ in }
        writer.name("headers")
        writer.array { writer in
            let fields = headers.fields + (key.map { [(name: "Idempotency-Key", value: $0.headerValue)] } ?? [])
            for (name, value) in fields {
                guard let value = redaction.value(of: name, value) else { continue }
                writer.object { writer in
                    writer.member("name", name)
                    writer.member("value", value)
                }
            }
        }
    }
}
