/// The form of the ids of extended properties, as in `String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color`
/// (reference, section 8.2).
package enum ExtendedPropertyForm {
    /// The types of single values; each stands with `Array` behind it for several.
    package static let types = [
        "ApplicationTime", "Binary", "Boolean", "CLSID", "Currency", "Double", "Float", "Integer", "Long", "Short",
        "String", "SystemTime",
    ]

    /// What is wrong with an id that is to be written; nil if nothing is.
    ///
    /// - Parameters:
    ///   - text: The id.
    ///   - isMultiple: Whether the property holds several values.
    /// - Returns: The fault, for a person.
    package static func fault(in text: String, isMultiple: Bool) -> String? {
        let parts = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, text.utf8.count <= 512 else { return form }
        let expected = types.map { isMultiple ? $0 + "Array" : $0 }
        guard expected.contains(where: { $0.lowercased() == parts[0].lowercased() }) else {
            return "the type of an extended property is one of \(expected.joined(separator: ", ")), "
                + "not '\(parts[0].prefix(40))'"
        }
        if parts.count == 3, parts[1].lowercased() == "proptag", isHexadecimal(parts[2]) { return nil }
        // `{proptag 0x…}` is how the documents print it.
        if parts.count == 3, parts[1].lowercased() == "{proptag", parts[2].hasSuffix("}"),
            isHexadecimal(String(parts[2].dropLast()))
        {
            return nil
        }
        guard parts.count == 4, GroupID(parts[1]) != nil else { return form }
        switch parts[2].lowercased() {
        case "name": return parts[3].isEmpty ? form : nil
        case "id": return isHexadecimal(parts[3]) ? nil : form
        default: return form
        }
    }

    private static let form =
        "the id of an extended property reads '{type} {guid} Name {name}', '{type} {guid} Id 0x…' or '{type} 0x…' with "
        + "proptag before the number"

    private static func isHexadecimal(_ text: String) -> Bool {
        let digits = text.lowercased().dropFirst(2)
        return text.lowercased().hasPrefix("0x") && (1...8).contains(digits.count) && digits.allSatisfy(\.isHexDigit)
    }
}
