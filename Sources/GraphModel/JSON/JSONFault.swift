/// Why a JSON text could not be read, and where.
package struct JSONFault: Error, Equatable, CustomStringConvertible {
    /// One step of the way from the outermost value to the faulty one.
    package enum Step: Sendable, Equatable {
        case member(String)
        case index(Int)
    }

    /// What is wrong, as part of a sentence: "expected a string, found 12".
    package var reason: String
    /// The offset of the offending byte.
    package var offset: Int
    /// The way to the faulty value, outermost step first.
    package var path: [Step] = []
    /// Whether the text is no JSON at all, as against JSON that does not fit what was expected.
    package var isSyntax: Bool
    /// The code with which Graph answers this fault, if it has one of its own.
    package var code: GraphError.Code?

    package init(reason: String, offset: Int, path: [Step] = [], isSyntax: Bool) {
        self.reason = reason
        self.offset = offset
        self.path = path
        self.isSyntax = isSyntax
    }

    /// The way to the faulty value as a JSON pointer (RFC 6901): `/threads/0/posts`.
    package var pointer: String {
        path.map { step in
            switch step {
            case .member(let name):
                "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
            case .index(let index):
                "/\(index)"
            }
        }.joined()
    }

    package var description: String {
        let place = path.isEmpty ? "at byte \(offset)" : "at \(pointer) (byte \(offset))"
        return "\(reason), \(place)"
    }
}
