import Foundation
import GraphModel

/// A program that the authority knows by a secret, and that may act on its own.
package struct RegisteredClient: Sendable, Equatable, Codable {
    /// The client id.
    package var id: String
    /// What people read.
    package var name: String
    /// SHA-256 of the secret, 64 hexadecimal digits.
    package var secretHash: String
    /// The application permissions that it has.
    package var roles: Set<String>
    /// Where authorization codes may be sent, beside loopback addresses.
    package var redirectURIs: Set<String>?

    /// The id of its service principal.
    var objectID: String { SigningKey.objectID(of: "service principal " + id) }

    /// Whether a secret is the client's.
    func accepts(_ secret: String) -> Bool {
        SecretHash.same(Array(SecretHash.of(secret).hexadecimal.utf8), Array(secretHash.lowercased().utf8))
    }

    /// What is wrong with a file of clients.
    package struct Fault: Error, CustomStringConvertible {
        package var description: String
    }

    private struct Listing: Decodable { var clients: [RegisteredClient] }

    /// Reads a file: `{"clients": [{"id", "name", "secretHash", "roles", "redirectURIs"}]}`.
    ///
    /// - Throws: ``Fault`` that names the file and the client.
    package static func read(_ path: String) throws(Fault) -> [RegisteredClient] {
        func fault(_ reason: String) -> Fault { Fault(description: "\(path): \(reason)") }
        guard let data = FileManager.default.contents(atPath: path) else { throw fault("the file cannot be read") }
        let clients: [RegisteredClient]
        do {
            clients = try JSONDecoder().decode(Listing.self, from: data).clients
        } catch {
            throw fault(
                "expected {\"clients\": [{\"id\": …, \"name\": …, \"secretHash\": …, \"roles\": […]}]}"
            )
        }
        var seen: Set<String> = []
        for client in clients {
            guard !client.id.isEmpty, seen.insert(client.id.lowercased()).inserted else {
                throw fault("the client id '\(client.id)' is empty or stands twice")
            }
            guard client.secretHash.utf8.count == 64, client.secretHash.allSatisfy(\.isHexDigit) else {
                throw fault("secretHash of '\(client.id)' is no SHA-256; make one with: printf %s SECRET | sha256sum")
            }
            if let unknown = client.roles.subtracting(ScopeRequest.application).min() {
                throw fault("the role '\(unknown)' of '\(client.id)' is no application permission that is known here")
            }
        }
        return clients
    }
}
