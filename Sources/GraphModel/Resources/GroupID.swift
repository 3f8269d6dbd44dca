/// A group's id: a GUID, in lower case.
package struct GroupID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let text: String

    /// Reads a GUID of the form 8-4-4-4-12 hexadecimal digits, in either case, with or without braces; nil if it is none.
    package init?(_ text: some StringProtocol) {
        var bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}") {
            bytes = Array(bytes.dropFirst().dropLast())
        }
        guard bytes.count == 36 else { return nil }
        for index in bytes.indices {
            switch (index, bytes[index]) {
            case (8, UInt8(ascii: "-")), (13, UInt8(ascii: "-")), (18, UInt8(ascii: "-")), (23, UInt8(ascii: "-")):
                break
            case (8, _), (13, _), (18, _), (23, _): return nil
            case (_, UInt8(ascii: "0")...UInt8(ascii: "9")), (_, UInt8(ascii: "a")...UInt8(ascii: "f")): break
            case (_, UInt8(ascii: "A")...UInt8(ascii: "F")): bytes[index] |= 0x20
            default: return nil
            }
        }
        self.text = String(decoding: bytes, as: UTF8.self)
    }

    package static func < (a: GroupID, b: GroupID) -> Bool { a.text < b.text }

    package var description: String { text }
}
