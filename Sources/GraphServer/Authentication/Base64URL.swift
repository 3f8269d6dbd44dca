import GraphModel

/// Base64 for URLs, without padding (RFC 4648, section 5; RFC 7515, section 2).
enum Base64URL {
    static func encode(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The bytes of a text; nil if it is not exactly what ``encode(_:)`` gives for some bytes.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard let bytes = Base64.decode(String(text)), encode(bytes) == text else { return nil }
        return bytes
    }
}
