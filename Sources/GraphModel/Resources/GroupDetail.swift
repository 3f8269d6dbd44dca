/// A property of a group that the store keeps and gives back, and that nothing else depends on (reference, section 3.7).
package enum GroupDetail: String, Sendable, CaseIterable {
    case allowExternalSenders, autoSubscribeNewMembers, classification, hideFromAddressLists, hideFromOutlookClients,
        isAssignableToRole, preferredDataLocation, preferredLanguage, resourceProvisioningOptions, theme

    /// What values it has.
    package enum Kind: Sendable, Equatable {
        /// A text, or null.
        case text(maximumLength: Int)
        /// One of these texts, or null.
        case choice([String])
        case boolean
        case texts
    }

    package var kind: Kind {
        switch self {
        case .allowExternalSenders, .autoSubscribeNewMembers, .hideFromAddressLists, .hideFromOutlookClients,
            .isAssignableToRole:
            .boolean
        case .classification, .preferredDataLocation, .preferredLanguage: .text(maximumLength: 256)
        case .resourceProvisioningOptions: .texts
        case .theme: .choice(["Teal", "Purple", "Green", "Blue", "Pink", "Orange", "Red"])
        }
    }

    /// Whether it can be given when the group is made.
    package var isSetAtCreation: Bool { isShownByDefault }

    /// Whether it can be changed afterwards.
    package var isChangeable: Bool { self != .isAssignableToRole && self != .resourceProvisioningOptions }

    /// Whether a group shows it without being asked; Exchange's own properties it does not.
    package var isShownByDefault: Bool {
        switch self {
        case .allowExternalSenders, .autoSubscribeNewMembers, .hideFromAddressLists, .hideFromOutlookClients: false
        default: true
        }
    }

    /// The value of a group that was given none.
    package var initial: JSONValue {
        switch kind {
        case .text, .choice: .null
        case .boolean: self == .isAssignableToRole ? .null : .boolean(false)
        case .texts: .array([])
        }
    }

    /// The property with a name, in any letter case.
    package init?(name: JSONName) {
        let name = name.string.lowercased()
        guard let found = Self.allCases.first(where: { $0.rawValue.lowercased() == name }) else { return nil }
        self = found
    }

    /// Reads a value, which must be of the property's kind.
    package func read(_ reader: inout JSONReader) throws -> JSONValue {
        switch kind {
        case .boolean:
            if initial == .null, try reader.null() { return .null }
            return .boolean(try reader.boolean())
        case .text(let maximum):
            guard let text = try reader.optionalString() else { return .null }
            guard text.count <= maximum else {
                throw reader.fault("\(rawValue) may have \(maximum) characters at most")
            }
            return .string(text)
        case .choice(let choices):
            guard let text = try reader.optionalString() else { return .null }
            guard let choice = choices.first(where: { $0.lowercased() == text.lowercased() }) else {
                throw reader.fault("\(rawValue) is one of \(choices.joined(separator: ", ")), not '\(text.prefix(40))'")
            }
            return .string(choice)
        case .texts:
            var texts: [JSONValue] = []
            try reader.list { reader, _ in texts.append(.string(try reader.string())) }
            return .array(texts)
        }
    }
}

/// The links to users in the body that makes or changes a group (reference, section 11.1).
package struct GroupLinks: Sendable, Equatable {
    package var owners: [String] = []
    package var members: [String] = []

    /// The most links in one request, owners and members together.
    package static let maximum = 20

    package init() {}

    /// Refuses too many of them.
    package func check() throws(GraphError) {
        guard owners.count + members.count <= Self.maximum else {
            throw GraphError(
                400,
                .directoryBadRequest,
                "A resource cannot contain more than \(Self.maximum) link changes.",
                target: members.isEmpty ? "/owners@odata.bind" : "/members@odata.bind"
            )
        }
    }
}
