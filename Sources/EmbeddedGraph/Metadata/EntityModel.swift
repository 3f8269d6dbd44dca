/// The types that the store serves, as data: what `$metadata` says is written from it (OData CSDL 4.0).
struct EntityModel: Sendable {
    /// A property, or a member of a complex type.
    struct Property: Sendable {
        var name: String
        /// `Edm.String`, or a type of this model by its bare name.
        var type: String
        var isCollection = false
        var isNullable = true
    }

    /// A way from one type to another.
    struct Navigation: Sendable {
        var name: String
        var type: String
        var isCollection = true
        /// Whether what it leads to exists only there.
        var isContained = false
    }

    struct StructuredType: Sendable {
        var name: String
        var base: String?
        var isEntity = true
        var isAbstract = false
        var isOpen = false
        var properties: [Property] = []
        var navigations: [Navigation] = []
    }

    struct Enumeration: Sendable {
        var name: String
        var members: [String]
    }

    /// What can be called on an item or a collection.
    struct Operation: Sendable {
        var name: String
        /// The type that it is bound to.
        var binding: String
        var isCollectionBound = false
        /// Whether it only reads.
        var isFunction = false
        var parameters: [Property] = []
        var result: String?
    }

    /// Where paths begin.
    struct Root: Sendable {
        var name: String
        var type: String
        var isSet: Bool
    }

    var enumerations: [Enumeration]
    var types: [StructuredType]
    var operations: [Operation]
    var roots: [Root]

    /// The names of a type's properties and navigations, with those of the types it derives from.
    func names(of type: String) -> (properties: Set<String>, navigations: Set<String>) {
        var properties: Set<String> = []
        var navigations: Set<String> = []
        var next: String? = type
        while let name = next, let found = types.first(where: { $0.name == name }) {
            properties.formUnion(found.properties.map(\.name))
            navigations.formUnion(found.navigations.map(\.name))
            next = found.base
        }
        return (properties, navigations)
    }
}
