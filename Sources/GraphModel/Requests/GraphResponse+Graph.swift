extension GraphResponse {
    /// The content type of Graph's JSON (reference, section 6.3).
    package static let json =
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"

    /// An answer with a JSON body.
    package init(status: Int = 200, json body: [UInt8], location: String? = nil) {
        self.init(status: status, body: body)
        headers["Content-Type"] = Self.json
        headers["Location"] = location
    }

    /// The answer that describes a refusal of a request.
    package init(_ error: GraphError, id: String, to request: GraphRequest, now: Int64) {
        self.init(error, id: id, clientRequestID: request.headers["client-request-id"], now: now)
    }

    /// The answer that describes a refusal (reference, section 13.1).
    ///
    /// - Parameters:
    ///   - error: The refusal.
    ///   - id: The id under which the service knows the request.
    ///   - clientRequestID: The id under which the client knows it, if it gave one.
    ///   - now: Microseconds since 1970.
    package init(_ error: GraphError, id: String, clientRequestID: String?, now: Int64) {
        let clientID = clientRequestID ?? id
        self.init(
            status: error.status,
            json: JSONWriter.bytes { writer in
                writer.object { writer in
                    writer.name("error")
                    writer.object { writer in
                        writer.member("code", error.code)
                        writer.member("message", error.message)
                        if let target = error.target { writer.member("target", target) }
                        writer.name("innerError")
                        writer.object { writer in
                            // The documents print this one date without a zone; UTC is meant.
                            writer.member("date", String(GraphDate(microseconds: now).text.dropLast()))
                            writer.member("request-id", id)
                            writer.member("client-request-id", clientID)
                        }
                    }
                }
            },
            location: error.location
        )
    }
}
