extension StringProtocol {
    /// Whether this is the same text, the letters A to Z taken for a to z: as HTTP compares the names of fields (RFC 9110,
    /// section 5.1) and OData those of resources and options.
    package func isSameIgnoringCase(_ other: some StringProtocol) -> Bool {
        var others = other.utf8.makeIterator()
        for byte in utf8 {
            guard let other = others.next(), byte == other || Self.lowercase(byte) == Self.lowercase(other) else {
                return false
            }
        }
        return others.next() == nil
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
