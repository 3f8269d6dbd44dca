import ArgumentParser
package import GraphServer

/// Where a server listens: `HOST:PORT`, or `unix:PATH`.
package struct ListenAddress: ExpressibleByArgument, Equatable, CustomStringConvertible, Sendable {
    package var address: ServerAddress

    package init(_ address: ServerAddress) { self.address = address }

    package init?(argument: String) {
        if argument.hasPrefix("unix:") {
            let path = String(argument.dropFirst(5))
            guard !path.isEmpty else { return nil }
            self.init(.unix(path: path))
            return
        }
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.init(.tcp(host: String(host), port: Int(port)))
    }

    /// Whether only this machine can reach it.
    package var isLocal: Bool {
        guard case .tcp(let host, _) = address else { return true }
        if ["localhost", "::1"].contains(host.lowercased()) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    package var description: String {
        switch address {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
