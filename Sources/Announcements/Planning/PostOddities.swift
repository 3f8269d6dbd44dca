package import GraphModel

/// What is odd about the posts of an announcement: what a person would want to have seen before it is sent.
package struct PostOddities: Sendable, Equatable {
    /// What can be odd about a post.
    package enum Kind: String, Sendable, CaseIterable {
        /// There is nothing to read in it.
        case empty
        /// It has `{{` in it: a variable that was not filled in.
        case unexpanded
        /// It has a link that leads nowhere: without a scheme or a host, or with a blank in it.
        case badLink
        /// It corrects another, and says the same.
        case unchanged
    }

    /// Posts that have something odd.
    package struct Oddity: Sendable, Equatable {
        package var count = 0
        /// The first of their groups, by name if it is known.
        package var examples: [String] = []
    }

    /// A post that stands out by its length.
    package struct Extreme: Sendable, Equatable {
        package var group: String
        /// The length of the content, in bytes.
        package var length: Int
    }

    /// How many groups are named.
    static let named = 3

    package private(set) var found: [Kind: Oddity] = [:]
    package private(set) var shortest: Extreme?
    package private(set) var longest: Extreme?

    package init() {}

    /// Whether nothing is odd.
    package var isEmpty: Bool { found.isEmpty }

    /// Looks at a post that is to be sent.
    ///
    /// - Parameters:
    ///   - post: The post.
    ///   - saysNothingNew: Whether it corrects another, and says the same.
    package mutating func note(_ post: RenderedPost, saysNothingNew: Bool = false) {
        note(body: post.body, group: post.group, name: post.groupName, saysNothingNew: saysNothingNew)
    }

    /// Looks at the body of a post that is to be sent.
    package mutating func note(body: [UInt8], group: GroupID, name: String?, saysNothingNew: Bool = false) {
        let scan = PostScan(body)
        for kind in saysNothingNew ? scan.kinds.union([.unchanged]) : scan.kinds {
            found[kind, default: Oddity()].count += 1
            if found[kind, default: Oddity()].examples.count < Self.named {
                found[kind, default: Oddity()].examples.append(name ?? group.text)
            }
        }
        if scan.length < shortest?.length ?? .max {
            shortest = Extreme(group: name ?? group.text, length: scan.length)
        }
        if scan.length > longest?.length ?? -1 {
            longest = Extreme(group: name ?? group.text, length: scan.length)
        }
    }
}

/// One look over the JSON of a post, without reading it as a value: this is done for each of very many.
struct PostScan {
    private(set) var kinds: Set<PostOddities.Kind> = []
    /// The length of the content, in bytes.
    private(set) var length = 0

    /// Looks at the body of a request that makes a post.
    init(_ body: [UInt8]) {
        unsafe body.withUnsafeBufferPointer { unsafe scan($0) }
    }

    private static let content = Array(#""content":""#.utf8)
    private static let html = Array(#""contentType":"html""#.utf8)
    private static let link = Array("href=".utf8)

    private mutating func scan(_ json: UnsafeBufferPointer<UInt8>) {
        var at = unsafe Self.find(Self.content, json, from: 0)
        let isHTML = unsafe Self.find(Self.html, json, from: 0) < json.count
        let end = json.count
        guard at < end else {
            kinds.insert(.empty)
            return
        }
        at += Self.content.count
        let start = at
        var isInTag = false
        var hasText = false
        var last: UInt8 = 0
        while at < end {
            let byte = unsafe json[at]
            if byte == UInt8(ascii: "\"") { break }
            switch byte {
            case UInt8(ascii: "\\"):
                at += 1
                last = 0
            case UInt8(ascii: "<") where isHTML:
                isInTag = true
                if unsafe Self.begins(json, at, "<img") { hasText = true }
            case UInt8(ascii: ">") where isHTML: isInTag = false
            case UInt8(ascii: "{"):
                if last == byte { kinds.insert(.unexpanded) }
                hasText = hasText || !isInTag
            case UInt8(ascii: "h") where isInTag, UInt8(ascii: "H") where isInTag:
                if unsafe Self.begins(json, at, "href="), unsafe Self.isBad(json, at + Self.link.count) {
                    kinds.insert(.badLink)
                }
            case UInt8(ascii: " "): break
            default: hasText = hasText || !isInTag
            }
            last = byte
            at += 1
        }
        length = at - start
        if !hasText { kinds.insert(.empty) }
    }

    private static func begins(_ json: UnsafeBufferPointer<UInt8>, _ at: Int, _ text: StaticString) -> Bool {
        guard at + text.utf8CodeUnitCount <= json.count else { return false }
        for index in 0..<text.utf8CodeUnitCount {
            let byte = unsafe json[at + index]
            let letter = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if unsafe letter != text.utf8Start[index] { return false }
        }
        return true
    }

    /// Whether the address that begins here, in whatever quotation marks, leads nowhere.
    private static func isBad(_ json: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
        var at = start
        var address: [UInt8] = []
        var quote: UInt8 = 0
        while at < json.count, address.count < 2048 {
            let byte = unsafe json[at]
            at += 1
            if byte == UInt8(ascii: "\\") { continue }
            if address.isEmpty, quote == 0, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                continue
            }
            if byte == quote || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "\"") { break }
            if quote == 0, byte == UInt8(ascii: " ") { break }
            address.append(byte)
        }
        return isBad(address)
    }

    /// Whether an address has no scheme, no host, or a blank in it.
    static func isBad(_ address: [UInt8]) -> Bool {
        let text = String(decoding: address, as: UTF8.self)
        if text.hasPrefix("#") { return false }
        guard !text.contains(" "), let colon = text.firstIndex(of: ":"), colon > text.startIndex,
            text[..<colon].utf8.allSatisfy({ $0 < 0x80 && ($0 | 0x20 >= 0x61 || $0 < 0x3A) })
        else { return true }
        let rest = text[text.index(after: colon)...]
        let scheme = text[..<colon].lowercased()
        guard ["http", "https", "ftp"].contains(scheme) else { return rest.isEmpty }
        guard rest.hasPrefix("//") else { return true }
        let host = rest.dropFirst(2).prefix { !"/?#".contains($0) }
        return host.isEmpty || host.hasPrefix(":") || host.hasPrefix(".")
    }

    private static func find(_ text: [UInt8], _ json: UnsafeBufferPointer<UInt8>, from: Int) -> Int {
        guard json.count >= text.count else { return json.count }
        var at = from
        while at <= json.count - text.count {
            if unsafe json[at] == text[0] {
                var index = 1
                while index < text.count, unsafe json[at + index] == text[index] { index += 1 }
                if index == text.count { return at }
            }
            at += 1
        }
        return json.count
    }
}
