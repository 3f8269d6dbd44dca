import AsyncHTTPClient
import Foundation
import GraphModel
import NIOCore
import NIOHTTP1

/// Asks an authority over HTTP, by a connection for each question: there are few of them, minutes or hours apart.
package struct AuthorityClient: Sendable {
    private static let maximumAnswer = 1 << 20
    private static let timeout = TimeAmount.seconds(30)

    private let variables: [String: String]

    /// - Parameter variables: The environment, for proxies.
    package init(variables: [String: String]) { self.variables = variables }

    /// Finds the endpoints for a cloud: by name for Microsoft's, by asking for others.
    ///
    /// - Throws: ``SignInFault`` if there is no authority.
    package func endpoints(of cloud: GraphCloud, tenant: String) async throws(SignInFault) -> SignInEndpoints {
        if let login = cloud.login { return SignInEndpoints(login: login, tenant: tenant) }
        let address = cloud.origin + SignInEndpoints.discoveryPath(tenant: tenant)
        let (status, body) = try await exchange(HTTPClientRequest(url: address), cloud.origin)
        if status == 200 { return try SignInEndpoints(discovered: body, origin: cloud.origin) }
        let refusal = TokenRefusal(status: status, body: body)
        if refusal.code == "invalid_tenant" { throw SignInFault("\(cloud): \(refusal.message)") }
        throw SignInFault(
            "\(cloud) has no authority to sign in at (status \(status)). A Herald server has one if it was started with "
                + "--auth local; for another, put a token into HERALD_TOKEN or use --token-command."
        )
    }

    /// Begins a sign-in by device code.
    ///
    /// - Throws: ``TokenRefusal`` as an error if the authority refuses, or ``SignInFault``.
    func deviceCode(at endpoints: SignInEndpoints, client id: String, scopes: SignInScopes) async throws -> DeviceCode {
        let (status, body) = try await post([("client_id", id), ("scope", scopes.text)], to: endpoints.deviceCode)
        guard status == 200 else { throw TokenRefusal(status: status, body: body) }
        return try DeviceCode(body)
    }

    /// Asks for tokens.
    package func token(_ form: [(String, String)], at endpoint: String) async -> TokenOutcome {
        do {
            let (status, body) = try await post(form, to: endpoint)
            return status == 200 ? .granted(try TokenAnswer(body)) : .refused(TokenRefusal(status: status, body: body))
        } catch let fault {
            return .unreachable(fault.message)
        }
    }

    private func post(
        _ form: [(String, String)],
        to address: String
    ) async throws(SignInFault) -> (status: Int, body: [UInt8]) {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: SignInEndpoints.form(form)))
        return try await exchange(request, address)
    }

    private func exchange(
        _ request: HTTPClientRequest,
        _ address: String
    ) async throws(SignInFault) -> (status: Int, body: [UInt8]) {
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "herald")
        let client = HTTPGraph.client(concurrency: 1, proxy: HTTPProxy(for: address, variables: variables))
        let result: Result<(Int, [UInt8]), any Error>
        do {
            let answer = try await client.execute(request, timeout: Self.timeout)
            let body = try await answer.body.collect(upTo: Self.maximumAnswer)
            result = .success((Int(answer.status.code), Array(body.readableBytesView)))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        switch result {
        case .success(let answer): return answer
        case .failure(let error):
            // An error's own text may quote what was sent.
            let host = URL(string: address)?.host ?? address
            throw SignInFault(
                "\(host) cannot be asked to sign in: no answer (\(type(of: error))). Is the address right?"
            )
        }
    }
}

extension TokenRefusal: Error {}
