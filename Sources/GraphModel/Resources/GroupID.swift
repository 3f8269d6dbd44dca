/// A group's id: a GUID, written in lower case.
package struct GroupID: Sendable, Hashable, Comparable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// Reads a GUID of the form 8-4-4-4-12 hexadecimal digits, in either case, with or without braces.
    ///
    /// - Returns: nil if the text is no GUID.
    package init?(_ text: String) {
        var text = text
        guard let halves = text.withUTF8({ unsafe Self.halves($0) }) else { return nil }
        (high, low) = halves
    }

    private static func halves(_ text: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
        let isBraced = unsafe text.count == 38 && text[0] == UInt8(ascii: "{") && text[37] == UInt8(ascii: "}")
        guard text.count == 36 || isBraced else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for position in 0..<36 {
            let byte = unsafe text[isBraced ? position + 1 : position]
            if isHyphen(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(value)
            } else {
                halves.1 = halves.1 << 4 | UInt64(value)
            }
            digits += 1
        }
        return halves
    }

    /// The GUID as text: 36 characters, in lower case.
    package var text: String {
        unsafe String(unsafeUninitializedCapacity: 36) { buffer in
            var digit = 0
            for position in 0..<36 {
                if Self.isHyphen(position) {
                    unsafe buffer[position] = UInt8(ascii: "-")
                    continue
                }
                let half = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (digit % 16))) & 15
                unsafe buffer[position] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
                digit += 1
            }
            return 36
        }
    }

    /// The security identifier that the directory derives from an object's id: its four 32-bit parts, in decimal.
    package var securityIdentifier: String {
        // A GUID keeps its first three fields as numbers, and their least significant bytes come first.
        let first = UInt32(truncatingIfNeeded: high >> 32)
        let second = UInt32(truncatingIfNeeded: high >> 16) & 0xFFFF | UInt32(truncatingIfNeeded: high & 0xFFFF) << 16
        let third = UInt32(truncatingIfNeeded: low >> 32).byteSwapped
        let fourth = UInt32(truncatingIfNeeded: low).byteSwapped
        return "S-1-12-1-\(first)-\(second)-\(third)-\(fourth)"
    }

    package static func < (a: GroupID, b: GroupID) -> Bool { (a.high, a.low) < (b.high, b.low) }

    package var description: String { text }

    private static func isHyphen(_ position: Int) -> Bool {
        position == 8 || position == 13 || position == 18 || position == 23
    }
}

extension GroupID {
    /// A new random id (RFC 9562, version 4).
    package static func random() -> GroupID {
        GroupID(
            high: RandomPool.next() & ~0xF000 | 0x4000,
            low: RandomPool.next() >> 2 | 1 << 63
        )
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
