extension EntityModel {
    private static let namespace = "microsoft.graph"

    /// The model as a CSDL document in XML.
    ///
    /// - Parameter mode: How the service takes requests that Graph would refuse; an annotation of the container says so.
    /// - Returns: The document.
    func document(mode: String) -> String {
        let schema =
            enumerations.map(Self.element) + types.map(Self.element) + operations.map(Self.element) + [container(mode)]
        let ours = [
            XMLElement("Term", [("Name", "serverMode"), ("Type", "Edm.String"), ("AppliesTo", "EntityContainer")])
        ]
        return XMLElement(
            "edmx:Edmx",
            [("Version", "4.0"), ("xmlns:edmx", "http://docs.oasis-open.org/odata/ns/edmx")],
            [
                XMLElement(
                    "edmx:DataServices",
                    [],
                    [Self.schema(Self.namespace, schema), Self.schema("herald", ours)]
                )
            ]
        ).document
    }

    private static func schema(_ namespace: String, _ children: [XMLElement]) -> XMLElement {
        XMLElement(
            "Schema",
            [("Namespace", namespace), ("xmlns", "http://docs.oasis-open.org/odata/ns/edm")],
            children
        )
    }

    private static func qualified(_ type: String, isCollection: Bool = false) -> String {
        let name = type.hasPrefix("Edm.") ? type : namespace + "." + type
        return isCollection ? "Collection(\(name))" : name
    }

    private static func element(_ enumeration: Enumeration) -> XMLElement {
        XMLElement(
            "EnumType",
            [("Name", enumeration.name)],
            enumeration.members.enumerated().map { index, name in
                XMLElement("Member", [("Name", name), ("Value", String(index))])
            }
        )
    }

    private static func element(_ type: StructuredType) -> XMLElement {
        var children: [XMLElement] = []
        if type.isEntity, type.base == nil {
            children.append(XMLElement("Key", [], [XMLElement("PropertyRef", [("Name", "id")])]))
        }
        children += type.properties.map { element($0, as: "Property") }
        children += type.navigations.map { navigation in
            XMLElement(
                "NavigationProperty",
                [
                    ("Name", navigation.name),
                    ("Type", qualified(navigation.type, isCollection: navigation.isCollection)),
                    ("ContainsTarget", navigation.isContained ? "true" : nil),
                ]
            )
        }
        return XMLElement(
            type.isEntity ? "EntityType" : "ComplexType",
            [
                ("Name", type.name), ("BaseType", type.base.map { qualified($0) }),
                ("Abstract", type.isAbstract ? "true" : nil), ("OpenType", type.isOpen ? "true" : nil),
            ],
            children
        )
    }

    private static func element(_ property: Property, as name: String) -> XMLElement {
        XMLElement(
            name,
            [
                ("Name", property.name), ("Type", qualified(property.type, isCollection: property.isCollection)),
                ("Nullable", property.isNullable ? nil : "false"),
            ]
        )
    }

    private static func element(_ operation: Operation) -> XMLElement {
        let binding = XMLElement(
            "Parameter",
            [
                ("Name", "bindingParameter"),
                ("Type", qualified(operation.binding, isCollection: operation.isCollectionBound)),
            ]
        )
        let result = operation.result.map {
            XMLElement("ReturnType", [("Type", qualified($0, isCollection: operation.isCollectionBound))])
        }
        return XMLElement(
            operation.isFunction ? "Function" : "Action",
            [("Name", operation.name), ("IsBound", "true")],
            [binding] + operation.parameters.map { element($0, as: "Parameter") } + (result.map { [$0] } ?? [])
        )
    }

    private func container(_ mode: String) -> XMLElement {
        XMLElement(
            "EntityContainer",
            [("Name", "GraphService")],
            roots.map { root in
                root.isSet
                    ? XMLElement("EntitySet", [("Name", root.name), ("EntityType", Self.qualified(root.type))])
                    : XMLElement("Singleton", [("Name", root.name), ("Type", Self.qualified(root.type))])
            } + [XMLElement("Annotation", [("Term", "herald.serverMode"), ("String", mode)])]
        )
    }
}
