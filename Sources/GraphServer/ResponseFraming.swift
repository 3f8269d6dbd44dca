import GraphModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Makes an HTTP response of a ``GraphResponse``.
struct ResponseFraming: Sendable {
    let crossOrigin: CrossOrigin
    let isSecure: Bool

    /// What Graph says of the machine that answered; here it names nothing.
    private static let diagnostic =
        #"{"ServerInfo":{"DataCenter":"Herald","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"herald"}}"#

    /// The response as it goes over the wire (reference, section 14.2).
    func http(_ response: GraphResponse, to request: Request) -> Response {
        var response = response
        if Accept(request.headers[.accept]).wantsNoMetadata { Self.stripMetadata(&response) }
        var fields = HTTPFields()
        for (name, value) in response.headers.fields {
            guard let name = HTTPField.Name.usual[name] ?? HTTPField.Name(name),
                !(name == .contentType && response.body.isEmpty)
            else { continue }
            // Each name stands in them once.
            fields.append(HTTPField(name: name, value: value))
        }
        if fields[.requestID] == nil { fields[.requestID] = GroupID.random().text }
        if fields[.clientRequestID] == nil { fields[.clientRequestID] = request.headers[.clientRequestID] }
        fields[.diagnostic] = Self.diagnostic
        if fields[.cacheControl] == nil { fields[.cacheControl] = "private" }
        fields[.odataVersion] = "4.0"
        fields[.vary] = "Accept-Encoding, Prefer"
        if isSecure { fields[.strictTransportSecurity] = "max-age=31536000" }
        crossOrigin.add(to: &fields, for: request.headers)
        if request.method == .options { crossOrigin.addPermissions(to: &fields, for: request.headers) }
        let status = HTTPResponse.Status(code: response.status)
        if response.body.isEmpty { return Response(status: status, headers: fields) }
        if request.method == .head {
            fields[.contentLength] = String(response.body.count)
            return Response(status: status, headers: fields)
        }
        return Response(
            status: status,
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
        )
    }

    private static func stripMetadata(_ response: inout GraphResponse) {
        guard response.isSuccess, response.headers["Content-Type"] == GraphResponse.json,
            let stripped = try? MetadataFilter.strip(response.body)
        else { return }
        response.body = stripped
        response.headers["Content-Type"] = GraphResponse.json.replacing("metadata=minimal", with: "metadata=none")
    }

    /// A response as bytes, after which the connection is closed.
    static func bytes(_ response: GraphResponse) -> [UInt8] {
        let reason = HTTPResponse.Status(code: response.status).reasonPhrase
        var text = "HTTP/1.1 \(response.status) \(reason)\r\n"
        for (name, value) in response.headers.fields { text += "\(name): \(value)\r\n" }
        if response.status == 503 { text += "Retry-After: 1\r\n" }
        text += "Cache-Control: private\r\nOData-Version: 4.0\r\nConnection: close\r\n"
        text += "Content-Length: \(response.body.count)\r\n\r\n"
        return Array(text.utf8) + response.body
    }
}

extension HTTPField.Name {
    static let clientRequestID = known("client-request-id")
    static let requestID = known("request-id")
    static let odataVersion = known("OData-Version")
    static let forwardedProto = known("X-Forwarded-Proto")
    static let forwardedHost = known("X-Forwarded-Host")
    fileprivate static let diagnostic = known("x-ms-ags-diagnostic")
    /// What nearly every answer has: to look a name up costs less than to check its letters again.
    fileprivate static let usual = Dictionary(
        uniqueKeysWithValues: [
            "Content-Type", "Location", "request-id", "client-request-id", ServerMode.header, "ETag",
        ]
        .map { ($0, known($0)) }
    )

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header field") }
        return name
    }
}
