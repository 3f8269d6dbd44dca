import Foundation

/// A place that answers Graph requests over HTTP: Microsoft Graph in one of its clouds, or a Herald server.
package struct GraphCloud: Sendable, Equatable, CustomStringConvertible {
    /// What is known of its ways.
    package enum Kind: String, Sendable {
        /// Keeps no keys, and paces its clients.
        case microsoftGraph
        /// Keeps keys.
        case herald
    }

    package var kind: Kind
    /// Scheme, authority and version, without a final "/".
    package var root: String
    /// Where people sign in, without a final "/"; nil if the place itself says so.
    package var login: String?

    /// The national clouds by name (reference, section 17).
    package static let named: [String: GraphCloud] = [
        "global": GraphCloud("https://graph.microsoft.com", login: "https://login.microsoftonline.com"),
        "usgov": GraphCloud("https://graph.microsoft.us", login: "https://login.microsoftonline.us"),
        "usgov-dod": GraphCloud("https://dod-graph.microsoft.us", login: "https://login.microsoftonline.us"),
        "china": GraphCloud(
            "https://microsoftgraph.chinacloudapi.cn",
            login: "https://login.chinacloudapi.cn"
        ),
    ]

    private init(_ host: String, login: String) {
        kind = .microsoftGraph
        root = host + "/v1.0"
        self.login = login
    }

    /// Reads what `--backend` was given.
    ///
    /// - Parameter text: A cloud's name, or an address: `https://graph.microsoft.com`, `http://127.0.0.1:8080`, with or
    ///   without a version.
    /// - Throws: ``BackendFault`` if it is neither, or would send a token in the clear.
    package init(_ text: String) throws(BackendFault) {
        if let cloud = Self.named[text.lowercased()] {
            self = cloud
            return
        }
        guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(), let host = url.host,
            ["http", "https"].contains(scheme), !host.isEmpty
        else {
            let names = Self.named.keys.sorted().joined(separator: ", ")
            throw BackendFault(
                "'\(text.prefix(200))' is no backend: expected an address such as https://graph.microsoft.com or "
                    + "http://127.0.0.1:8080, 'embedded', or a cloud's name (\(names))."
            )
        }
        guard url.user == nil, url.query == nil, url.fragment == nil else {
            throw BackendFault("A backend's address has no user, no query and no fragment.")
        }
        let bare = host.trimmingCharacters(in: ["[", "]"])
        guard scheme == "https" || ["localhost", "::1"].contains(bare) || bare.hasPrefix("127.") else {
            throw BackendFault(
                "\(scheme)://\(host) would send the access token where others can read it. Use https."
            )
        }
        let authority = url.port.map { "\(host):\($0)" } ?? host
        let version = url.path.split(separator: "/")
        guard version.count <= 1, version.first.map({ ["v1.0", "beta"].contains($0) }) ?? true else {
            throw BackendFault(
                "The path of a backend's address is /v1.0 or /beta, or it has none; '\(url.path)' is neither."
            )
        }
        let origin = "\(scheme)://\(authority)"
        let path = "/" + (version.first ?? "v1.0")
        if let cloud = Self.named.values.first(where: { $0.root == origin + "/v1.0" }) {
            self = cloud
            root = origin + path
        } else {
            kind = .herald
            root = origin + path
            login = nil
        }
    }

    /// Scheme and authority.
    package var origin: String { String(root[..<(root.lastIndex(of: "/") ?? root.endIndex)]) }

    package var description: String { origin }
}

/// What was given as a backend is none; the sentence says what one looks like.
package struct BackendFault: Error, Sendable, Equatable, CustomStringConvertible {
    package var message: String
    init(_ message: String) { self.message = message }
    package var description: String { message }
}
