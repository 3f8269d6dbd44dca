/// What a `$filter` says, before it is known which properties there are.
indirect enum FilterExpression: Equatable, Sendable {
    case and([FilterExpression])
    case or([FilterExpression])
    case not(FilterExpression)
    /// A property that is itself true or false.
    case holds(Operand)
    case compare(Operand, Comparison, Literal)
    case isIn(Operand, [Literal])
    case call(TextFunction, Operand, String)
    case lambda(Quantifier, over: Path, variable: String?, FilterExpression?)

    enum Comparison: String, Sendable {
        case eq, ne, gt, ge, lt, le

        /// The same comparison with its sides exchanged.
        var mirrored: Comparison {
            switch self {
            case .eq, .ne: self
            case .gt: .lt
            case .ge: .le
            case .lt: .gt
            case .le: .ge
            }
        }
    }

    enum TextFunction: String, Sendable { case startswith, endswith, contains }

    enum Quantifier: String, Sendable { case any, all }

    /// A property's name, or several joined by slashes, and where it stands.
    struct Path: Equatable, Sendable {
        var names: [String]
        /// Counted from 1, in bytes.
        var position: Int

        var text: String { names.joined(separator: "/") }
    }

    /// What is compared: a property, perhaps by its lower case or as a number.
    struct Operand: Equatable, Sendable {
        var path: Path
        /// Whether it is read as a whole number: `cast(x, Edm.Int32)`.
        var isNumber = false
    }

    enum Literal: Equatable, Sendable {
        case text(String)
        case integer(Int64)
        case boolean(Bool)
        /// Microseconds since 1970.
        case moment(Int64)
        case guid(String)
        case null
    }
}
