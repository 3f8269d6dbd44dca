import Announcements
import GraphModel

/// The targets and the posts of a report as the page reads them.
///
/// It is what stands in a JSON array behind the moment at which the run began, in milliseconds since 1970: a string for
/// each text that rows name by its place among the strings, an object for each post, and an array for each target:
/// group, name, announcement, state, code, reason, milliseconds since the beginning, post. A post that differs little
/// from the first of its announcement names that one, and what stands between the beginning and the end that they share.
struct HTMLReportData {
    /// How many bytes of posts a page takes at most; the rest of the targets is listed without them.
    static let postLimit = 24_000_000

    private let start: Int64
    private var bytes: [UInt8] = []
    private var strings: [String: Int] = [:]
    private var posts: [[UInt8]: Int] = [:]
    private var bases: [String: (index: Int, units: [UInt16])] = [:]
    private var postBytes = 0
    private var leftOut = 0

    /// - Parameter start: When the run began, in microseconds since 1970.
    init(from start: Int64) {
        self.start = start
    }

    /// Adds a target.
    ///
    /// - Parameters:
    ///   - target: The target, with its body.
    ///   - pictures: Addresses that hold the pictures which its post may show, by their ids.
    mutating func add(_ target: TargetRecord, showing pictures: [String: String] = [:]) {
        let name = target.groupName.map { string($0) }
        let announcement = target.announcement.map { string($0) }
        let code = target.code.map { string($0) }
        let reason = string(Self.reason(of: target))
        let state = Self.state(target.state)
        let time = target.settledAt.map { Int(max(0, $0 - start) / 1000) }
        let post = post(of: target, pictures)
        put { writer in
            writer.array { writer in
                writer.string(target.group?.text ?? target.path)
                for place in [name, announcement] { writer.place(place) }
                writer.string(state)
                for place in [code, reason] { writer.place(place) }
                writer.place(time)
                writer.place(post)
            }
        }
    }

    /// Says at the end what is not there.
    mutating func finish() {
        guard leftOut > 0 else { return }
        let leftOut = leftOut
        put { writer in
            writer.object { writer in writer.member("leftOut", leftOut) }
        }
    }

    /// What has been added since the last time.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// The state as people are told it.
    private static func state(_ state: EffectState) -> String {
        switch state {
        case .planned, .sending: "unsent"
        case .sent: "sent"
        case .failed: "failed"
        case .ambiguous: "ambiguous"
        case .skipped: "skipped"
        case .undone: "undone"
        }
    }

    private static func reason(of target: TargetRecord) -> String {
        if target.announcement == nil, target.message == nil { return "\(target.method) \(target.path)" }
        return target.reason
    }

    private mutating func put(_ body: (inout JSONWriter) -> Void) {
        bytes.append(UInt8(ascii: ","))
        bytes.append(UInt8(ascii: "\n"))
        // In a script element "<" could end the element, or begin a comment; in JSON it stands in strings alone.
        for byte in JSONWriter.bytes(body) {
            if byte == UInt8(ascii: "<") { bytes += "\\u003c".utf8 } else { bytes.append(byte) }
        }
    }

    private mutating func string(_ text: String) -> Int {
        if let known = strings[text] { return known }
        let index = strings.count
        strings[text] = index
        put { $0.string(text) }
        return index
    }

    // MARK: Posts

    private mutating func post(of target: TargetRecord, _ pictures: [String: String]) -> Int? {
        guard !target.body.isEmpty, let text = PostText(target.body) else { return nil }
        let shown = text.isHTML ? pictures.filter { text.content.contains("cid:\($0.key)") } : [:]
        let with = shown.isEmpty ? "" : (target.shared?.hash ?? []).hexadecimal
        let hash = SHA256.hash(
            Array("\(text.isHTML)\n\(with)\n\(text.topic.utf8.count)\n\(text.topic)\(text.content)".utf8)
        )
        if let known = posts[hash] { return known }
        guard postBytes < Self.postLimit else {
            leftOut += 1
            return nil
        }
        let index = posts.count
        posts[hash] = index
        let before = bytes.count
        let places = shown.sorted { $0.key < $1.key }.map { (id: $0.key, place: string($0.value)) }
        let units = Array(text.content.utf16)
        let base = bases[target.announcement ?? ""]
        let shared = base.map { Self.shared($0.units, units) }
        put { writer in
            writer.object { writer in
                writer.member("topic", text.topic)
                writer.member("html", text.isHTML)
                if !places.isEmpty {
                    writer.name("pictures")
                    writer.object { writer in
                        for picture in places {
                            writer.name(picture.id)
                            writer.integer(picture.place)
                        }
                    }
                }
                if let base, let shared, shared.begin + shared.end > 80 {
                    let middle = units[shared.begin..<(units.count - shared.end)]
                    writer.member("like", base.index)
                    writer.member("begin", shared.begin)
                    writer.member("end", shared.end)
                    writer.member("text", String(decoding: middle, as: UTF16.self))
                } else {
                    writer.member("text", text.content)
                }
            }
        }
        if base == nil { bases[target.announcement ?? ""] = (index, units) }
        postBytes += bytes.count - before
        return index
    }

    /// How much two texts have in common at their beginnings and at their ends, in UTF-16 units; characters of two units
    /// are not taken apart.
    static func shared(_ a: [UInt16], _ b: [UInt16]) -> (begin: Int, end: Int) {
        let most = min(a.count, b.count)
        var begin = 0
        while begin < most, a[begin] == b[begin] { begin += 1 }
        if begin > 0, UTF16.isLeadSurrogate(b[begin - 1]) { begin -= 1 }
        var end = 0
        while end < most - begin, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
        if end > 0, UTF16.isTrailSurrogate(b[b.count - end]) { end -= 1 }
        return (begin, end)
    }
}

extension JSONWriter {
    /// Writes a place; -1 for none.
    fileprivate mutating func place(_ place: Int?) { integer(place ?? -1) }
}
