/// What a client is willing to read, from its header `Accept` (RFC 9110, section 12.5.1).
struct Accept {
    /// Whether JSON, or the plain text of a count, may be answered.
    let allowsJSON: Bool
    /// Whether answers shall do without `@odata` members.
    let wantsNoMetadata: Bool

    /// - Parameter field: The header's value; nil if there is none, and then everything goes.
    init(_ field: String?) {
        // What clients send need not be taken apart each time.
        guard let field, field != "application/json", field != "*/*" else {
            (allowsJSON, wantsNoMetadata) = (true, false)
            return
        }
        let ranges = field.split(separator: ",").map { range in
            range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        }
        var best: (precision: Int, allowed: Bool)?
        var noMetadata = false
        for range in ranges {
            guard let type = range.first, let precision = Self.precision(of: type) else { continue }
            let quality = range.dropFirst().last { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if type == "application/json", range.contains("odata.metadata=none"), quality > 0 { noMetadata = true }
            if quality > 0, best?.precision == precision {
                best?.allowed = true
            } else if precision > best?.precision ?? -1 {
                best = (precision, quality > 0)
            }
        }
        allowsJSON = ranges.isEmpty || best?.allowed == true
        wantsNoMetadata = noMetadata
    }

    /// How closely a range names what Graph answers with; nil if it names something else.
    private static func precision(of type: String) -> Int? {
        switch type {
        case "application/json": 3
        // Asked of a count alone, and then JSON is only for errors.
        case "text/plain": 2
        case "application/*": 1
        case "*/*", "*": 0
        default: nil
        }
    }
}
