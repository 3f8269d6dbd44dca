import AsyncHTTPClient
import Foundation
import GraphClient
import GraphModel

/// Looks at a backend elsewhere, from the name of its host to a post that is found again.
struct BackendDoctor {
    /// By how much clocks may differ before it is worth a word, and before it is a fault, in seconds.
    private static let skew = (notable: 5.0, wrong: 60.0)
    /// Header fields in which services say what they allow, by how they begin.
    private static let limitFields = ["ratelimit", "x-ratelimit", "x-ms-throttle", "x-ms-resource-unit", "retry-after"]

    let cloud: GraphCloud
    let tokens: (any TokenSource)?
    /// Why there is no token.
    let tokenFault: String?
    /// In which group a post may be made; nil if none.
    let group: GroupID?
    /// In seconds.
    let readLag: Double
    let herald: HeraldEnvironment

    /// Looks at everything, and tells each finding as it is made.
    func examine(_ tell: (CheckFinding) throws -> Void) async throws {
        let proxy = HTTPProxy(for: cloud.root, variables: herald.variables)
        guard let probe = HostProbe(root: cloud.root, proxy: proxy) else {
            return try tell(.fault("host", "\(cloud) is no address"))
        }
        do {
            let address = try await probe.resolve()
            let way = proxy == nil ? probe.host : "the proxy \(probe.host)"
            try tell(.well("host", "\(way) is at \(address.text)"))
            let time = try await probe.connect(to: address)
            try tell(.well("connection", "port \(probe.port) answers in \(time.spoken)"))
        } catch let fault as HostProbe.Fault {
            return try tell(.fault("host", fault.message))
        }
        guard let tokens else { return try tell(.fault("token", tokenFault ?? "there is none")) }
        let token: String
        do { token = try await tokens.token(insteadOf: nil, claims: nil) } catch {
            return try tell(.fault("token", "\(error)"))
        }
        if let claims = TokenClaims(token) {
            try tell(claims.finding(at: herald.now() / 1_000_000))
        } else {
            try tell(.note("token", "it is opaque: only the service can tell what it allows"))
        }
        let client = HTTPGraph.client(concurrency: 4, proxy: proxy)
        do {
            try await ask(HTTPGraph(root: cloud.root, tokens: tokens, client: client), tell)
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func ask(_ http: HTTPGraph, _ tell: (CheckFinding) throws -> Void) async throws {
        let nobody = Caller(id: "", displayName: "", address: "", kind: .delegated)
        let response: GraphResponse
        let isTLS = cloud.root.hasPrefix("https")
        do {
            response = try await http.respond(to: GraphRequest(.get, "/me", caller: nobody, serviceRoot: cloud.root))
        } catch let reason as NoAnswer {
            return try tell(.fault(reason.message.contains("TLS") ? "TLS" : "answer", reason.message))
        }
        try tell(
            isTLS ? .well("TLS", "the certificate is trusted") : .note("TLS", "none, which does within this computer")
        )
        try tell(clock(response))
        try tell(who(response))
        let keepsKeys = cloud.kind == .herald && response.headers[IdempotencyKey.keptHeader] != nil
        try tell(
            keepsKeys
                ? .well("keys", "kept: a post that is sent again is made once")
                : .note("keys", "not kept: posts carry a mark, and are looked for after a lost answer")
        )
        try tell(limits(response))
        guard response.status != 401, let group else {
            if group == nil {
                try tell(.note("mark", "not tried: --group ID names a group in which a post may be made"))
            }
            return
        }
        try tell(
            await MarkCheck(http, cloud: cloud, keepsKeys: keepsKeys, readLag: readLag, herald: herald).run(in: group)
        )
    }

    private func clock(_ response: GraphResponse) -> CheckFinding {
        guard let date = response.headers["Date"].flatMap({ HTTPDate.read($0) }) else {
            return .note("clock", "the service does not say what time it has")
        }
        // The header is cut off to the second; its middle is the best guess.
        let skew = Double(herald.now()) / 1_000_000 - date.timeIntervalSince1970 - 0.5
        let text = "\(Duration.seconds(abs(skew)).spoken) \(skew < 0 ? "behind" : "ahead of") the service's"
        if abs(skew) >= Self.skew.wrong {
            return .fault("clock", "\(text): set this computer's, or tokens end early and waits are wrong")
        }
        return abs(skew) >= Self.skew.notable ? .note("clock", text) : .well("clock", "as the service's")
    }

    private func who(_ response: GraphResponse) -> CheckFinding {
        if response.isSuccess, let json = try? JSONValue(response.body) {
            let name = json["displayName"]?.string ?? "somebody"
            let address = json["mail"]?.string ?? json["userPrincipalName"]?.string
            return .well("who", address.map { "\(name) <\($0)>" } ?? name)
        }
        let reason = response.error.map { "\($0.message) (\($0.code), status \($0.status))" } ?? "\(response.status)"
        switch response.status {
        case 401: return .fault("who", "the token is refused: \(reason.withoutFullStop). Get a new one")
        case 403, 404: return .note("who", "an application, or somebody who may not see who they are: \(reason)")
        case 429: return .note("who", "not told now, as too much was asked: \(reason)")
        default: return .fault("who", "the service is in trouble: \(reason). Try again later")
        }
    }

    private func limits(_ response: GraphResponse) -> CheckFinding {
        let seen = response.headers.fields.filter { field in
            Self.limitFields.contains { field.name.lowercased().hasPrefix($0) }
        }
        guard !seen.isEmpty else { return .well("limits", "none are near: the service names none in its answer") }
        let text = seen.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
        return response.status == 429 ? .fault("limits", "\(text): wait, and ask less often") : .note("limits", text)
    }
}
