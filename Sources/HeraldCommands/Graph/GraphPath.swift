/// Builds the path of a request from segments that may hold anything.
struct GraphPath: CustomStringConvertible, ExpressibleByStringLiteral {
    private(set) var description: String

    /// A path that is known.
    init(stringLiteral path: StaticString) {
        description = path.description
    }

    /// This path and one segment more, percent-encoded but for the unreserved characters (RFC 3986, section 2.3).
    func appending(_ segment: String) -> GraphPath {
        var path = self
        path.description += "/"
        for byte in segment.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                path.description.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                path.description += (digits.count == 1 ? "%0" : "%") + digits
            }
        }
        return path
    }
}
