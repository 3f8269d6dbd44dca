import NIOSSL

/// A certificate and its private key, by which clients know the server under TLS.
package struct ServerIdentity: Sendable {
    let configuration: TLSConfiguration

    /// Why an identity cannot be used; says which file is at fault.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// Reads two PEM files, and checks that they belong together.
    ///
    /// - Parameters:
    ///   - certificates: The server's certificate, followed by those that vouch for it.
    ///   - key: The private key, without a passphrase.
    /// - Throws: ``Fault``.
    package init(certificates: String, key: String) throws {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificates)
        } catch {
            throw Fault(description: "\(certificates): no certificate in PEM format can be read here (\(error)).")
        }
        guard !chain.isEmpty else { throw Fault(description: "\(certificates): the file holds no certificate.") }
        let privateKey: NIOSSLPrivateKey
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw Fault(
                description: "\(key): no private key in PEM format can be read here (\(error)); it must have no "
                    + "passphrase."
            )
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw Fault(
                description: "The key in \(key) does not belong to the certificate in \(certificates) (\(error))."
            )
        }
        self.configuration = configuration
    }
}
