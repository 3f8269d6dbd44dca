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

    /// The text of some bytes, in the standard alphabet with padding, or in that for addresses and without.
    package static func encode(_ bytes: [UInt8], isForURL: Bool = false) -> String {
        let size = isForURL ? (bytes.count * 4 + 2) / 3 : (bytes.count + 2) / 3 * 4
        return unsafe String(unsafeUninitializedCapacity: size) { text in
            var word: UInt32 = 0
            for place in 0..<size {
                let index = place / 4 * 3
                if place % 4 == 0 {
                    let left = bytes.count - index
                    word = UInt32(bytes[index]) << 16
                    if left > 1 { word |= UInt32(bytes[index + 1]) << 8 }
                    if left > 2 { word |= UInt32(bytes[index + 2]) }
                }
                let isPadding = index + place % 4 > bytes.count
                let value = word >> UInt32(18 - 6 * (place % 4)) & 63
                unsafe text[place] = isPadding ? UInt8(ascii: "=") : digit(UInt8(value), isForURL)
            }
            return size
        }
    }

    private static func digit(_ value: UInt8, _ isForURL: Bool) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: isForURL ? "-" : "+")
        default: UInt8(ascii: isForURL ? "_" : "/")
        }
    }
}
