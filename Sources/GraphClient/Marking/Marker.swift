import GraphModel

/// The mark that a post carries of the write that made it: a single-value extended property, which Graph stores with a
/// new post, never shows unasked, and can be asked for (reference, section 8.2).
struct Marker: Sendable, Equatable {
    /// One name for all marks: each distinct name would take up a named property of the mailbox for ever.
    static let property = "String {6a1f0c52-3b7e-4d0a-9d55-2f6c1e8b7a40} Name HeraldKey"

    /// 128 bits of the key's SHA-256, in hexadecimal.
    let value: String

    init(_ key: IdempotencyKey) {
        value = SHA256.hash(Array(key.description.utf8)).prefix(16).hexadecimal
    }

    /// The element of `singleValueExtendedProperties`.
    var json: String { #"{"id":"\#(Self.property)","value":"\#(value)"}"# }

    /// The query options that have posts tell their marks.
    static let expansion =
        "$expand=" + PercentEncoding.encode("singleValueExtendedProperties($filter=id eq '\(property)')")

    /// The query option that finds the posts with this mark.
    var filter: String {
        "$filter="
            + PercentEncoding.encode(
                "singleValueExtendedProperties/Any(ep: ep/id eq '\(Self.property)' and ep/value eq '\(value)')"
            )
    }

    /// Whether a post, as JSON, carries this mark.
    func isOn(_ post: JSONValue) -> Bool {
        (post["singleValueExtendedProperties"]?.elements ?? []).contains { property in
            // The property's id comes back as it was sent, or in other letter case (reference, section 8.2).
            property["id"]?.string?.lowercased() == Self.property.lowercased()
                && property["value"]?.string?.lowercased() == value
        }
    }
}
