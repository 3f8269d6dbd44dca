/// Takes out of a body what would run in its reader's browser: script elements, event handlers, `javascript:` addresses.
enum HTMLSanitizer {
    /// The body as it is served; the very text where nothing has to go.
    static func clean(_ html: String) -> String {
        guard mayBeActive(html) else { return html }
        var clean = html
        unsafe clean.replace(script, with: "")
        unsafe clean.replace(openTag) { match in
            var tag = String(match.output)
            unsafe tag.replace(handler, with: "")
            unsafe tag.replace(address, with: "")
            return tag
        }
        return clean
    }

    /// A quick look at the bytes: most bodies hold none of the three.
    private static func mayBeActive(_ html: String) -> Bool {
        var html = html
        return html.withUTF8 { bytes in
            var index = 0
            while index < bytes.count {
                switch unsafe bytes[index] | 0x20 {
                case UInt8(ascii: "s") where unsafe matches(bytes, index, "script"): return true
                case UInt8(ascii: "j") where unsafe matches(bytes, index, "javascript"): return true
                // An address may be written with references in it: "java&#115;cript:".
                case UInt8(ascii: "&") | 0x20
                where unsafe index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "#"):
                    return true
                case UInt8(ascii: "o")
                where unsafe matches(bytes, index, "on") && index > 0 && !isName(bytes[index - 1]):
                    return true
                default: index += 1
                }
            }
            return false
        }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    private static func matches(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ word: StaticString) -> Bool {
        guard bytes.count - start >= word.utf8CodeUnitCount else { return false }
        for offset in 0..<word.utf8CodeUnitCount where unsafe bytes[start + offset] | 0x20 != word.utf8Start[offset] {
            return false
        }
        return true
    }

    nonisolated(unsafe) private static let script = #/<script\b[^>]*>.*?(?:<\/script\s*>|$)|<\/?script\b[^>]*>/#
        .ignoresCase()
        .dotMatchesNewlines()
    nonisolated(unsafe) private static let openTag = #/<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>?/#.ignoresCase()
    nonisolated(unsafe) private static let handler = #/[\s\/"']on[a-z]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*)/#
        .ignoresCase()
    nonisolated(unsafe) private static let address =
        #/[\s\/"'](?:href|src|action|formaction|data|xlink:href)\s*=\s*(?:"[^"]*(?:script:|&\#)[^"]*"|'[^']*(?:script:|&\#)[^']*'|[^\s>]*(?:script:|&\#)[^\s>]*)/#
        .ignoresCase()
}
