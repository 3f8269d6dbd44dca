import Foundation
import GraphModel

/// A sign-in that has a name: where, as whom, and what runs may write with it.
package struct Profile: Sendable, Equatable, Codable {
    /// Who signed in.
    package struct Account: Sendable, Equatable, Codable {
        package var id: String?
        package var name: String?
        package var address: String?

        package init(id: String? = nil, name: String? = nil, address: String? = nil) {
            self.id = id
            self.name = name
            self.address = address
        }
    }

    /// What it is for: an address that ``GraphCloud/init(_:)`` takes.
    package var backend: String
    /// The tenant that people sign in to.
    package var tenant: String
    package var clientID: String
    package var account = Account()
    /// What was asked for, as `scope` has it.
    var scope: String
    /// Where tokens are renewed.
    var tokenEndpoint: String
    /// What the service asked a new sign-in to state.
    package var claims: String?
    /// When the access token ends, in seconds since 1970.
    package var expires: Int64
    /// Whether the access token can be renewed.
    package var isRenewable: Bool
    /// What runs may write to if the command line does not say; see ``Grants``.
    package var allowGroups: [String]?
    package var allowAllGroups: Bool?
    package var maxPosts: Int?
    /// The tokens, sealed or not.
    var secret: StoredSecret

    /// What a sealed secret belongs to: it does not open for another client, nor to be sent elsewhere.
    func context(name: String) -> [UInt8] {
        Array([name, backend, clientID, tokenEndpoint].joined(separator: "\n").utf8)
    }
}

/// A secret as it stands in the file.
struct StoredSecret: Sendable, Equatable, Codable {
    /// What protects it, beside the file's mode.
    enum Protection: String, Sendable, Codable {
        /// Nothing else.
        case fileMode = "file-mode"
        /// A key made from HERALD_KEY.
        case password = "HERALD_KEY"
        /// A random key that the desktop's secret service keeps.
        case secretService = "secret-service"
    }

    var protection: Protection
    /// The salt of a password's key, in base64.
    var salt: String?
    /// The secret: base64 of what is sealed, or as it is.
    var value: String
}

/// The tokens of a profile.
struct ProfileSecrets: Sendable, Equatable, Codable {
    var accessToken: String
    var refreshToken: String?
}
