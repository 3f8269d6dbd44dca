import GraphModel
import HTTPTypes
import Hummingbird
import NIOCore

/// Makes an HTTP response of a ``GraphResponse``.
enum ResponseFraming {
    /// The response as it goes over the wire.
    static func http(_ response: GraphResponse, isHead: Bool) -> Response {
        var fields = HTTPFields()
        for (name, value) in response.headers.fields {
            guard let name = HTTPField.Name(name), !(name == .contentType && response.body.isEmpty) else { continue }
            fields[name] = value
        }
        fields[.cacheControl] = "private"
        fields[.odataVersion] = "4.0"
        let status = HTTPResponse.Status(code: response.status)
        if response.body.isEmpty || isHead { return Response(status: status, headers: fields) }
        return Response(
            status: status,
            headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body))
        )
    }
}
