/// What a `$filter` says, before it is known which properties there are.
package indirect enum FilterExpression: Equatable, Sendable {
    case and([FilterExpression])
    case or([FilterExpression])
    case not(FilterExpression)
    /// A property that is itself true or false.
    case holds(Operand)
    case compare(Operand, Comparison, Literal)
    case isIn(Operand, [Literal])
    case call(TextFunction, Operand, String)
    case lambda(Quantifier, over: Path, variable: String?, FilterExpression?)

    package enum Comparison: String, Sendable {
        case eq, ne, gt, ge, lt, le

        /// The same comparison with its sides exchanged.
        package var mirrored: Comparison {
            switch self {
            case .eq, .ne: self
            case .gt: .lt
            case .ge: .le
            case .lt: .gt
            case .le: .ge
            }
        }
    }

    package enum TextFunction: String, Sendable { case startswith, endswith, contains }

    package enum Quantifier: String, Sendable { case any, all }

    /// A property's name, or several joined by slashes, and where it stands.
    package struct Path: Equatable, Sendable {
        package var names: [String]
        /// Counted from 1, in bytes.
        package var position: Int

        package var text: String { names.joined(separator: "/") }
    }

    /// What is compared: a property, perhaps by its lower case or as a number.
    package struct Operand: Equatable, Sendable {
        package var path: Path
        /// Whether it is read as a whole number: `cast(x, Edm.Int32)`.
        package var isNumber = false

        package init(path: Path, isNumber: Bool = false) {
            self.path = path
            self.isNumber = isNumber
        }
    }

    package enum Literal: Equatable, Sendable {
        case text(String)
        case integer(Int64)
        case boolean(Bool)
        /// Microseconds since 1970.
        case moment(Int64)
        case guid(String)
        case null
    }
}
