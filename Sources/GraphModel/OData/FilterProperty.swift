/// A property that may stand in a filter, and where its values are found: in a column of a database, or in an object.
package struct FilterProperty<Place: Sendable>: Sendable {
    /// What a property's values are, which decides what can be said of them.
    package indirect enum Kind: Sendable {
        /// Compared without regard to letter case.
        case text
        /// An id, compared letter by letter.
        case identifier
        /// A GUID, with or without quotation marks.
        case guid
        case moment
        case boolean
        /// The id of an extended property.
        case propertyID
        /// The name of an open extension, plain or qualified.
        case extensionName
        /// A list of texts, one of which is found at `element`.
        case textList(element: Place)
        /// A list of things with these properties.
        case rows([FilterProperty])
        /// The type has it, but nothing can be found by it.
        case closed
    }

    /// As in a path: `from/emailAddress/address`.
    package var name: String
    package var place: Place
    package var kind: Kind
    package var isNullable: Bool

    package init(name: String, place: Place, kind: Kind, isNullable: Bool = false) {
        self.name = name
        self.place = place
        self.kind = kind
        self.isNullable = isNullable
    }
}
