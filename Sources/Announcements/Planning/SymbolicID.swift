package import GraphModel

/// The id of something that a plan makes, before there is one: `${effect 3}.threads[1].id` is the id of the first thread
/// of what the third write of the plan makes.
package struct SymbolicID: Sendable, Hashable {
    /// A step from what a write answers to one of its values.
    package enum Step: Sendable, Hashable {
        case member(String)
        /// Counted from 1, as Lua counts.
        case element(Int)
    }

    /// The write, by its place in the plan.
    package var effect: Int64
    package var steps: [Step]

    /// What every symbolic id begins with.
    package static let sign = "${effect "

    package init(effect: Int64, steps: [Step]) {
        self.effect = effect
        self.steps = steps
    }

    /// Reads a text that is a symbolic id and nothing else; nil if it is not.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.sign), let brace = text.firstIndex(of: "}"),
            let effect = Int64(text[text.index(text.startIndex, offsetBy: Self.sign.count)..<brace]), effect > 0
        else { return nil }
        self.effect = effect
        steps = []
        var rest = text[text.index(after: brace)...]
        while let first = rest.first {
            rest.removeFirst()
            switch first {
            case ".":
                let name = rest.prefix { $0.isASCII && $0.isLetter }
                guard !name.isEmpty else { return nil }
                steps.append(.member(String(name)))
                rest = rest[name.endIndex...]
            case "[":
                guard let end = rest.firstIndex(of: "]"), let number = Int(rest[..<end]), number > 0 else { return nil }
                steps.append(.element(number))
                rest = rest[rest.index(after: end)...]
            default: return nil
            }
        }
        guard steps.last == .member("id") else { return nil }
    }

    /// The id as it stands in a path or in a body.
    package var text: String {
        "\(Self.sign)\(effect)}"
            + steps.map { step in
                switch step {
                case .member(let name): ".\(name)"
                case .element(let number): "[\(number)]"
                }
            }.joined()
    }
}

/// Where symbolic ids stand in a request: whole segments of its path, and whole strings of its body.
package enum SymbolicUse {
    /// What is wrong with the way in which a write uses symbolic ids; nil if they can be filled in.
    ///
    /// - Parameters:
    ///   - request: The write, as the script wants it.
    ///   - effect: Its place in the plan.
    /// - Returns: A sentence that names the effect.
    package static func fault(in request: GraphRequest, effect: Int64) -> String? {
        for segment in request.path.split(separator: "/") {
            let text = PercentEncoding.decode(String(segment))
            if text.contains(SymbolicID.sign) {
                guard let id = SymbolicID(text) else { return misuse(text, "its path", effect) }
                if id.effect >= effect { return unknown(id, effect) }
            }
        }
        if PercentEncoding.decode(request.query).contains(SymbolicID.sign) {
            return misuse(PercentEncoding.decode(request.query), "its query", effect)
        }
        guard isMarked(request.body) else { return nil }
        guard let value = try? JSONValue(request.body) else { return misuse("", "its body", effect) }
        return fault(in: value, effect)
    }

    private static func fault(in value: JSONValue, _ effect: Int64) -> String? {
        switch value {
        case .string(let text) where text.contains(SymbolicID.sign):
            guard let id = SymbolicID(text) else { return misuse(text, "its body", effect) }
            return id.effect < effect ? nil : unknown(id, effect)
        case .array(let elements):
            for element in elements { if let fault = fault(in: element, effect) { return fault } }
            return nil
        case .object(let members):
            for (name, member) in members {
                if name.contains(SymbolicID.sign) { return misuse(name, "its body", effect) }
                if let fault = fault(in: member, effect) { return fault }
            }
            return nil
        default: return nil
        }
    }

    /// Whether bytes have the sign of a symbolic id in them.
    package static func isMarked(_ bytes: [UInt8]) -> Bool {
        guard bytes.contains(UInt8(ascii: "$")) else { return false }
        return bytes.firstRange(of: sign) != nil
    }

    private static let sign = Array(SymbolicID.sign.utf8)

    /// Which effect a text names that holds a symbolic id and something else.
    static func misuse(_ text: String, _ place: String, _ effect: Int64?) -> String {
        let named = text.firstRange(of: SymbolicID.sign).map { text[$0.lowerBound...] } ?? ""
        let other = named.dropFirst(SymbolicID.sign.count).prefix { $0.isNumber }
        return (effect.map { "Effect \($0) of the plan uses in \(place)" } ?? "It uses in \(place)")
            + " what effect \(other) makes, within a longer text. Before a plan is applied an id is only known as "
            + "\(SymbolicID.sign)\(other)}.id, which can be filled in as a whole segment of a path or as a whole value."
    }

    private static func unknown(_ id: SymbolicID, _ effect: Int64) -> String {
        "Effect \(effect) of the plan uses \(id.text), and effect \(id.effect) is none that comes before it."
    }

    // MARK: Filling in

    /// The symbolic ids in an item, in no order.
    package static func ids(in item: PlanItem) -> Set<SymbolicID> {
        var ids: Set<SymbolicID> = []
        for segment in item.address.path.split(separator: "/") {
            if let id = SymbolicID(PercentEncoding.decode(String(segment))) { ids.insert(id) }
        }
        if isMarked(item.body), let value = try? JSONValue(item.body) { collect(value, &ids) }
        return ids
    }

    private static func collect(_ value: JSONValue, _ ids: inout Set<SymbolicID>) {
        switch value {
        case .string(let text): if let id = SymbolicID(text) { ids.insert(id) }
        case .array(let elements): for element in elements { collect(element, &ids) }
        case .object(let members): for member in members.values { collect(member, &ids) }
        default: break
        }
    }

    /// An item with the true ids in place of the symbolic ones.
    package static func filled(_ item: PlanItem, _ values: [SymbolicID: String]) -> PlanItem {
        guard !values.isEmpty else { return item }
        var item = item
        let (path, query) = item.address
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            let value = SymbolicID(PercentEncoding.decode(String(segment))).flatMap { values[$0] }
            return value.map { PercentEncoding.encode($0) } ?? String(segment)
        }
        item.path = segments.joined(separator: "/") + (query.isEmpty ? "" : "?" + query)
        for (id, value) in values {
            let text = JSONWriter.bytes { $0.string(id.text) }
            let other = JSONWriter.bytes { $0.string(value) }
            item.body = item.body.replacing(text, with: other)
        }
        return item
    }
}
