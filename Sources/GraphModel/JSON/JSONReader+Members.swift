extension JSONReader {
    /// Reads a string, or `null` as nil.
    package mutating func optionalString() throws -> String? {
        try null() ? nil : try string()
    }

    /// Reads an array; an empty object counts as an empty array, because Lua has one empty table, and `null` as well.
    package mutating func list(_ element: (inout JSONReader, Int) throws -> Void) throws {
        if try null() { return }
        guard kind == .object else { return try array(element) }
        let fault = unexpected("an array")
        try object { _, _ in throw fault }
    }

    /// Passes over a member that the service sets itself, which must still be of its type, or `null`.
    mutating func ignore(_ expected: Kind) throws {
        guard kind != expected && kind != .null else { return try skip() }
        switch expected {
        case .array: try list { _, _ in }
        case .boolean: throw unexpected("true or false")
        case .object: throw unexpected("an object")
        default: throw unexpected("a \(expected.rawValue)")
        }
    }

    /// Reads the value of `@odata.type` and checks that it is one of `names`, given in lower case.
    ///
    /// It may begin with "#", be in any letter case, and name Graph's namespace or the older one of Outlook.
    ///
    /// - Returns: Which of the names it is; nil if the value is `null`.
    @discardableResult
    mutating func type(oneOf names: String...) throws -> String? {
        let fault = unexpected("the type microsoft.graph." + names.joined(separator: " or microsoft.graph."))
        guard var type = try optionalString()?.lowercased() else { return nil }
        if type.hasPrefix("#") { type.removeFirst() }
        for namespace in ["microsoft.graph.", "microsoft.outlookservices."] where type.hasPrefix(namespace) {
            let name = String(type.dropFirst(namespace.count))
            if names.contains(name) { return name }
        }
        throw fault
    }

    /// A fault at the next value that Graph answers with a code of its own.
    func fault(_ reason: String, code: GraphError.Code) -> JSONFault {
        var fault = fault(reason)
        fault.code = code
        return fault
    }
}
