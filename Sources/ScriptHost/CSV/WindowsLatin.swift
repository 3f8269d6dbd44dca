/// The Windows-1252 code page, as far as it helps to recognise a file that was saved in it.
enum WindowsLatin {
    /// 0x80…0x9F; the bytes that the code page leaves open are spaces.
    private static let specials = Array("€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ")

    /// The printable character that a byte above ASCII stands for; nil if it stands for none.
    static func character(_ byte: UInt8) -> Character? {
        switch byte {
        case 0x80...0x9F:
            let character = specials[Int(byte) - 0x80]
            return character == " " ? nil : character
        // No-break space and soft hyphen would not be seen.
        case 0xA1...0xAC, 0xAE...0xFF: return Character(Unicode.Scalar(byte))
        default: return nil
        }
    }
}
