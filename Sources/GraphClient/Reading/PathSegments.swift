import GraphModel

/// The parts of a path, whatever way it is written in.
enum PathSegments {
    /// The segments of a path, a key in parentheses as a segment of its own, decoded; groups' ids are in lower case.
    static func ids(in path: String) -> [String] {
        path.pathSegments.flatMap { segment in
            let text = PercentEncoding.decode(String(segment))
            guard text.hasSuffix("')"), let open = text.firstRange(of: "('") else {
                return [GroupID(text)?.text ?? text]
            }
            let id = String(text[open.upperBound...].dropLast(2))
            return [String(text[..<open.lowerBound]), GroupID(id)?.text ?? id]
        }
    }
}
