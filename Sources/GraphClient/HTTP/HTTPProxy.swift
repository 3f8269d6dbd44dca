import Foundation

/// A proxy between here and the service, as the environment names it.
package struct HTTPProxy: Sendable, Equatable {
    package var host: String
    package var port: Int
    /// User and password, for basic authorization, in base64; nil if it asks for none.
    package var authorization: String?

    /// The proxy for an address; nil if there is none.
    ///
    /// `https_proxy` or `http_proxy` (for http, in lower case only, as curl has it) and `no_proxy`: a list of hosts and
    /// domains, `*` for all.
    ///
    /// - Parameters:
    ///   - address: The service's address, with its scheme.
    ///   - variables: The environment.
    package init?(for address: String, variables: [String: String]) {
        guard let url = URL(string: address), let host = url.host?.lowercased() else { return nil }
        let isTLS = url.scheme?.lowercased() == "https"
        let given =
            isTLS ? variables["https_proxy"] ?? variables["HTTPS_PROXY"] : variables["http_proxy"]
        guard let given, !given.isEmpty else { return nil }
        let exceptions = (variables["no_proxy"] ?? variables["NO_PROXY"] ?? "").lowercased().split(separator: ",")
        for exception in exceptions.map({ $0.trimmingCharacters(in: .whitespaces) }) where !exception.isEmpty {
            let name = exception.hasPrefix(".") ? String(exception.dropFirst()) : exception
            if name == "*" || host == name || host.hasSuffix("." + name) { return nil }
        }
        guard let proxy = URL(string: given.contains("://") ? given : "http://" + given), let name = proxy.host else {
            return nil
        }
        self.host = name
        port = proxy.port ?? 8080
        if let user = proxy.user(percentEncoded: false) {
            let password = proxy.password(percentEncoded: false) ?? ""
            authorization = Data("\(user):\(password)".utf8).base64EncodedString()
        }
    }
}
