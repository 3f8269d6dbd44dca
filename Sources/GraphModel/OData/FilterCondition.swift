/// What a `$filter` asks of properties that are there: every name found, every value of the kind that fits.
///
/// Nothing in it can be refused any more, so that whatever evaluates it, a database or a loop over objects, has only
/// its meaning to carry out: each condition is true or false, never unknown (reference, section 9).
package indirect enum FilterCondition<Place: Sendable>: Sendable {
    package typealias Property = FilterProperty<Place>

    case and([FilterCondition])
    case or([FilterCondition])
    case not(FilterCondition)
    /// A property that is itself true or false.
    case holds(Property)
    /// Whether there is no value (`true`), or one.
    case isMissing(Property, Bool)
    case compare(Property, FilterExpression.Comparison, FilterExpression.Literal)
    /// A text read as a whole number; what is none is unequal to any number, and neither less nor greater.
    case compareNumber(Property, FilterExpression.Comparison, Int64)
    case isIn(Property, [FilterExpression.Literal])
    case isNumberIn(Property, [Int64])
    case call(FilterExpression.TextFunction, Property, String)
    /// The id of an extended property: what stands before its name, with ` Name ` at its end, is compared without
    /// regard to letter case, the name with it.
    case isPropertyID(Property, head: String, name: String?)
    /// The name of an open extension, by its key.
    case isExtension(Property, key: String)
    /// A lambda; nil in place of a condition asks whether there is any element.
    case lambda(FilterExpression.Quantifier, Property, FilterCondition?)
}

extension FilterCondition {
    /// Reads a filter.
    ///
    /// - Parameters:
    ///   - text: The filter.
    ///   - properties: What may stand in it.
    /// - Throws: ``GraphError`` that names the position of what is wrong.
    package init(_ text: String, _ properties: [Property]) throws(GraphError) {
        var resolver = FilterResolver(properties)
        self = try resolver.resolve(try FilterParser.parse(text))
    }
}
