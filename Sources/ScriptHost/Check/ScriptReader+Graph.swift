import LuaSyntax

extension ScriptReader {
    mutating func member(_ suffix: LuaSuffix, ofCollection resource: GraphResource) -> ScriptMeaning {
        let verbs = resource.collection.map(\.rawValue)
        switch suffix.kind {
        case .field(let name):
            if let verb = resource.collection.first(where: { $0.rawValue == name.text }) { return .verb(verb) }
            // Any other name is an id; none of Graph's looks like a verb.
            if let nearest = NearestName.of(name.text, among: verbs) {
                fail(
                    .unknownField,
                    name.place,
                    "'\(resource.name)' has no '\(name.text)'",
                    "did you mean '\(nearest)'?"
                )
                return .unknown
            }
            return .item(resource)
        case .index(let index):
            switch names.resolved(index).kind {
            case .nil, .boolean, .integer, .float, .table, .function:
                fail(.wrongKind, index.place, "\(resource.name)[…] needs an id, which is text")
                return .unknown
            default: return .item(resource)
            }
        case .method(let name, let arguments):
            if let verb = resource.collection.first(where: { $0.rawValue == name.text }) {
                perform(verb, on: resource, with: arguments, at: name.place)
            } else if resource.item.contains(where: { $0.rawValue == name.text }) {
                fail(
                    .unknownField,
                    name.place,
                    "'\(name.text)' is for one of the \(resource.name)",
                    "write \(resource.name)[id]:\(name.text)(…)"
                )
            } else {
                fail(
                    .unknownField,
                    name.place,
                    "'\(resource.name)' has no '\(name.text)'",
                    NearestName.hint(name.text, among: verbs) ?? "it has " + verbs.joined(separator: ", ")
                )
            }
        case .call:
            fail(
                .notCallable,
                suffix.place,
                "'\(resource.name)' cannot be called",
                "write \(resource.name)[id] for one of them, or \(resource.name):list()"
            )
        }
        return .unknown
    }

    mutating func member(_ suffix: LuaSuffix, ofItem resource: GraphResource) -> ScriptMeaning {
        switch suffix.kind {
        case .field(let name):
            if let verb = resource.item.first(where: { $0.rawValue == name.text }) { return .verb(verb) }
            if resource.children.contains(name.text), let child = GraphResource.named(name.text) {
                return .collection(child)
            }
            unknown(name, inItemOf: resource)
        case .method(let name, let arguments):
            if let verb = resource.item.first(where: { $0.rawValue == name.text }) {
                perform(verb, on: resource, with: arguments, at: name.place)
            } else if resource.children.contains(name.text) {
                fail(
                    .notCallable,
                    name.place,
                    "'\(name.text)' is a collection and cannot be called",
                    "write .\(name.text):list(), or .\(name.text)[id]"
                )
            } else {
                unknown(name, inItemOf: resource)
            }
        case .call:
            fail(.notCallable, suffix.place, "an item of \(resource.name) cannot be called", "write :get() behind it")
        case .index: break
        }
        return .unknown
    }

    private mutating func unknown(_ name: LuaName, inItemOf resource: GraphResource) {
        let members = resource.itemMembers
        fail(
            .unknownField,
            name.place,
            "an item of \(resource.name) has no '\(name.text)'",
            NearestName.hint(name.text, among: members) ?? "it has " + members.joined(separator: ", ")
        )
    }

    private mutating func perform(
        _ verb: GraphResource.Verb,
        on resource: GraphResource,
        with arguments: [LuaExpression],
        at place: LuaPlace
    ) {
        use(verb.writes ? .writesGraph : .readsGraph, verb.writes ? "\(resource.name):\(verb.rawValue)" : nil)
        check(arguments, against: verb.parameters, of: "\(resource.name):\(verb.rawValue)", at: place)
    }

    /// A verb behind a dot does not get the resource, unless that is handed over.
    mutating func checkDot(_ verb: GraphResource.Verb, _ arguments: [LuaExpression], at place: LuaPlace) {
        if let first = arguments.first {
            guard case .table = first.kind else { return }
        }
        fail(
            .calledWithDot,
            place,
            "'\(verb.rawValue)' is called with a colon, not with a dot",
            "write :\(verb.rawValue)(…)"
        )
    }
}
