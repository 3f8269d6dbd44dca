/// Base64 (RFC 4648) as Graph's `Edm.Binary` has it.
package enum Base64 {
    /// The bytes of a text; nil if it is no base64.
    ///
    /// White space is passed over, since some clients fold lines, and the URL-safe alphabet is taken too.
    package static func decode(_ text: String) -> [UInt8]? {
        let input = text.utf8.span
        var bytes: [UInt8] = []
        bytes.reserveCapacity(input.count / 4 * 3 + 3)
        var word: UInt32 = 0
        var characters = 0
        var padding = 0
        for index in 0..<input.count {
            let byte = input[index]
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            case UInt8(ascii: "="):
                padding += 1
                continue
            case 0x09, 0x0A, 0x0D, 0x20: continue
            default: return nil
            }
            guard padding == 0 else { return nil }
            word = word << 6 | value
            characters += 1
            if characters % 4 == 0 {
                bytes.append(UInt8(truncatingIfNeeded: word >> 16))
                bytes.append(UInt8(truncatingIfNeeded: word >> 8))
                bytes.append(UInt8(truncatingIfNeeded: word))
            }
        }
        let rest = characters % 4
        guard rest != 1, padding == 0 || (padding + characters) % 4 == 0, padding <= 2 else { return nil }
        if rest >= 2 { bytes.append(UInt8(truncatingIfNeeded: word >> (rest == 2 ? 4 : 10))) }
        if rest == 3 { bytes.append(UInt8(truncatingIfNeeded: word >> 2)) }
        return bytes
    }

    /// The text of some bytes, in the standard alphabet with padding.
    package static func encode(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let second = left > 1 ? UInt32(bytes[index + 1]) : 0
            let third = left > 2 ? UInt32(bytes[index + 2]) : 0
            let word = UInt32(bytes[index]) << 16 | second << 8 | third
            text.append(alphabet[Int(word >> 18)])
            text.append(alphabet[Int(word >> 12 & 63)])
            text.append(left > 1 ? alphabet[Int(word >> 6 & 63)] : UInt8(ascii: "="))
            text.append(left > 2 ? alphabet[Int(word & 63)] : UInt8(ascii: "="))
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }
}
