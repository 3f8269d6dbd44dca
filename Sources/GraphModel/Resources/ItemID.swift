/// An id that the embedded store gives to what it makes: a letter for the kind, and 22 characters.
///
/// The 22 characters are 16 bytes in base 64, over an alphabet in the order of ASCII: 6 bytes of milliseconds since 1970
/// and 10 random bytes. So the order of ids is the order of making, and new rows go to the end of every index.
package struct ItemID: Sendable, Hashable, CustomStringConvertible {
    /// What an id names.
    package enum Kind: Character, Sendable {
        case conversation = "C"
        case thread = "T"
        case post = "P"
        case attachment = "A"

        /// What Graph's messages call such an id.
        package var idName: String {
            switch self {
            case .conversation: "ConversationId"
            case .thread: "ThreadId"
            case .post: "PostId"
            case .attachment: "AttachmentId"
            }
        }
    }

    /// The longest text that is taken for an id.
    package static let maximumLength = 512

    package let kind: Kind
    package let text: String

    /// A new id; `time` is in microseconds since 1970.
    package init(_ kind: Kind, at time: Int64) {
        self.kind = kind
        let random = RandomPool.next()
        let high = UInt64(bitPattern: time / 1000) << 16 | RandomPool.next() & 0xFFFF
        text = unsafe String(unsafeUninitializedCapacity: 23) { buffer in
            unsafe buffer[0] = kind.rawValue.asciiValue ?? 0
            var (high, low) = (high, random)
            for position in stride(from: 22, through: 1, by: -1) {
                unsafe buffer[position] = Self.digit(UInt8(truncatingIfNeeded: low & 63))
                low = low >> 6 | high << 58
                high >>= 6
            }
            return 23
        }
    }

    package var description: String { text }

    /// Whether a text is made of the characters of ids: letters, digits, "-", "_" and, in Graph's own, "=", "+", "/".
    package static func isWellFormed(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumLength
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="),
                    UInt8(ascii: "+"), UInt8(ascii: "/"):
                    true
                default: false
                }
            }
    }

    /// "-", the digits, the capitals, "_", the small letters: 64 characters in the order of ASCII.
    private static func digit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0: UInt8(ascii: "-")
        case 1...10: UInt8(ascii: "0") + value - 1
        case 11...36: UInt8(ascii: "A") + value - 11
        case 37: UInt8(ascii: "_")
        default: UInt8(ascii: "a") + value - 38
        }
    }
}
