import ArgumentParser
import Foundation
import GraphServer

/// Where the server listens, and how it is known there.
struct ListenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A host and a port; port 0 chooses one and prints it. Or a socket file, which its owner alone may use: "
                + "unix:/run/herald.sock.",
            valueName: "host:port"
        )
    )
    var listen = ListenAddress(.tcp(host: "127.0.0.1", port: 8080))

    @Option(
        help: ArgumentHelp("Serve TLS with this certificate, and those after it, in PEM format.", valueName: "file"),
        completion: .file()
    )
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's private key in PEM format.", valueName: "file"), completion: .file())
    var tlsKey: String?

    @Flag(
        help: ArgumentHelp(
            "Serve TLS with a certificate for localhost, made once in the state folder together with the authority "
                + "that vouches for it."
        )
    )
    var tlsSelfSigned = false

    @Option(
        name: .customLong("allow-origin"),
        parsing: .singleValue,
        help: ArgumentHelp("Pages of this origin may ask: https://contoso.example. Repeatable.", valueName: "origin")
    )
    var allowedOrigins: [String] = []

    @Flag(
        help: ArgumentHelp(
            "Let links follow X-Forwarded-Proto and X-Forwarded-Host; only behind a proxy that sets both."
        )
    )
    var trustForwarded = false

    @Option(help: ArgumentHelp("The most open connections; one more is told 503.", valueName: "count"))
    var maxConnections = 20_000

    @Option(help: ArgumentHelp("Seconds that a connection may lie idle.", valueName: "seconds"))
    var idleTimeout = 75

    /// Whether the server speaks TLS.
    var hasTLS: Bool { tlsCert != nil || tlsSelfSigned }

    /// Refuses combinations that make no sense, or would let strangers in.
    ///
    /// - Parameter hasAuthentication: Whether callers must prove who they are with more than one shared secret.
    /// - Throws: `ValidationError`, which says what to give instead.
    func check(hasAuthentication: Bool) throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together: give both, or --tls-self-signed.")
        }
        guard tlsCert == nil || !tlsSelfSigned else {
            throw ValidationError(
                "--tls-self-signed makes a certificate of its own: leave out --tls-cert and --tls-key."
            )
        }
        guard (1...1_000_000).contains(maxConnections) else {
            throw ValidationError("--max-connections is a number from 1 to 1000000.")
        }
        guard (1...86_400).contains(idleTimeout) else {
            throw ValidationError("--idle-timeout is a number of seconds from 1 to 86400.")
        }
        for origin in allowedOrigins {
            guard let url = URL(string: origin), let scheme = url.scheme, ["http", "https"].contains(scheme),
                url.host != nil, url.path.isEmpty, url.query == nil
            else {
                throw ValidationError(
                    "'\(origin)' is no origin: write scheme and host, and a port if it is unusual, as in "
                        + "https://contoso.example:8443."
                )
            }
        }
        guard listen.isLocal || (hasTLS && hasAuthentication) else {
            throw ValidationError(
                "\(listen) can be reached by other machines, for which \(Self.missing(hasTLS, hasAuthentication)). "
                    + "Listen on 127.0.0.1, and put a proxy that has both in front."
            )
        }
    }

    private static func missing(_ hasTLS: Bool, _ hasAuthentication: Bool) -> String {
        switch (hasTLS, hasAuthentication) {
        case (false, false): "TLS and authentication are needed; this server has neither as it is started"
        case (false, true): "TLS is needed: --tls-cert and --tls-key"
        default: "authentication is needed, which one shared token is not"
        }
    }

    /// How the server behaves, as far as these options say.
    var serverOptions: ServerOptions {
        var options = ServerOptions()
        options.allowedOrigins = Set(allowedOrigins)
        options.trustsForwarded = trustForwarded
        options.hasOpenMetrics = listen.isLocal
        options.limits.connections = maxConnections
        options.limits.idleTimeout = .seconds(Int64(idleTimeout))
        return options
    }
}
