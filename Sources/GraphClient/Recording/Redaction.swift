import GraphModel
import Synchronization

/// Takes secrets out of what is written down: what is secret by its name, and the tokens that were used, wherever they
/// turn up.
package final class Redaction: Sendable {
    /// What stands where a secret stood.
    package static let mark = "[left out]"

    /// Header fields that are left out, in lower case.
    private static let fields: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "set-cookie", "authentication-info",
        "x-ms-authorization-auxiliary", "api-key", "x-api-key",
    ]
    /// Members of JSON objects, parameters of queries and of forms, in lower case.
    private static let names: Set<String> = [
        "access_token", "refresh_token", "id_token", "client_secret", "client_assertion", "assertion", "password",
        "device_code", "code_verifier", "accesstoken", "refreshtoken", "clientsecret", "token", "sig", "authorization",
    ]
    /// Parameters of queries and of forms alone: as members of JSON they mean something else.
    private static let parameters: Set<String> = names.union(["code", "state"])

    private let secrets = Mutex<Set<String>>([])

    package init() {}

    /// Has a secret taken out from now on.
    package func hide(_ secret: String) {
        // What is very short would be found everywhere.
        guard secret.utf8.count >= 8 else { return }
        _ = secrets.withLock { $0.insert(secret) }
    }

    /// A header field's value as it may be shown; nil if the field is to be left out.
    func value(of field: String, _ value: String) -> String? {
        let name = field.lowercased()
        if Self.fields.contains(name) { return nil }
        // These hold addresses, which may have secrets among their parameters.
        return ["location", "content-location", "referer", "link"].contains(name) ? address(value) : clean(value)
    }

    /// An address, a path or whatever has a query, without the values of secret parameters.
    func address(_ text: String) -> String {
        guard let start = text.firstIndex(of: "?") else { return clean(text) }
        return clean(String(text[...start]) + form(String(text[text.index(after: start)...])))
    }

    /// A query, or a form, without the values of secret parameters.
    func form(_ text: String) -> String {
        let parts = text.split(separator: "&", omittingEmptySubsequences: false).map { part -> String in
            guard let sign = part.firstIndex(of: "=") else { return String(part) }
            let name = PercentEncoding.decode(String(part[..<sign]), plusIsSpace: true).lowercased()
            return Self.parameters.contains(name) ? part[...sign] + PercentEncoding.encode(Self.mark) : String(part)
        }
        return clean(parts.joined(separator: "&"))
    }

    /// A body without the members, or parameters, that hold secrets.
    func body(_ bytes: [UInt8], contentType: String?) -> [UInt8] {
        let type = contentType?.lowercased() ?? ""
        if type.contains("form-urlencoded") {
            return Array(form(String(decoding: bytes, as: UTF8.self)).utf8)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return bytes }
        let lowercase = text.lowercased()
        guard Self.names.contains(where: { lowercase.contains("\"\($0)\"") }), let value = try? JSONValue(bytes) else {
            return Array(clean(text).utf8)
        }
        let cleaned = JSONWriter.bytes { $0.value(Self.cleaned(value)) }
        return Array(clean(String(decoding: cleaned, as: UTF8.self)).utf8)
    }

    /// Text without the secrets that are known.
    func clean(_ text: String) -> String {
        secrets.withLock { secrets in
            var text = text
            for secret in secrets {
                for form in [secret, PercentEncoding.encode(secret)] where text.contains(form) {
                    text = text.replacing(form, with: Self.mark)
                }
            }
            return text
        }
    }

    private static func cleaned(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, member in
                        let isSecret = names.contains(name.lowercased()) && member.string != nil
                        return (name, isSecret ? .string(mark) : cleaned(member))
                    }
                )
            )
        case .array(let elements): .array(elements.map { cleaned($0) })
        default: value
        }
    }
}

/// Has every token taken out that passes.
package struct HiddenTokens: TokenSource {
    private let tokens: any TokenSource
    private let redaction: Redaction

    package init(_ tokens: any TokenSource, redaction: Redaction) {
        self.tokens = tokens
        self.redaction = redaction
    }

    package func token(insteadOf refused: String?, claims: String?) async throws -> String {
        let token = try await tokens.token(insteadOf: refused, claims: claims)
        redaction.hide(token)
        return token
    }
}
