import GraphModel

/// Public keys by their ids, as a JSON Web Key Set lists them (RFC 7517, section 5).
struct KeySet: Sendable {
    /// The most bytes that a set may have.
    static let maximumSize = 1 << 20
    /// The most keys that are looked at.
    static let maximumKeys = 100

    private var keys: [String: VerificationKey] = [:]

    /// What is wrong with a set.
    struct Fault: Error, CustomStringConvertible {
        var description: String
    }

    /// Reads a set; keys that are no signature keys for RS256 or ES256 are passed over, as the RFC asks.
    ///
    /// - Throws: ``Fault`` if it is no set, or has no key that can be used.
    init(_ json: [UInt8]) async throws(Fault) {
        guard json.count <= Self.maximumSize else {
            throw Fault(description: "the key set has more than \(Self.maximumSize) bytes")
        }
        guard let value = try? JSONValue(json), let list = value["keys"]?.elements else {
            throw Fault(description: "it is no JSON Web Key Set: an object with the array 'keys' was expected")
        }
        for element in list.prefix(Self.maximumKeys) {
            guard let id = element["kid"]?.string, let key = await VerificationKey(element) else { continue }
            keys[id] = key
        }
        guard !keys.isEmpty else {
            throw Fault(
                description: "the key set has no key that can be used: each needs 'kid', and is RSA (RS256, 2048 bits "
                    + "or more) or EC on P-256 (ES256)"
            )
        }
    }

    subscript(id: String) -> VerificationKey? { keys[id] }
}
