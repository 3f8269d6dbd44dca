import Foundation

/// An Outlook item as the document that other programs read (reference, section 10).
///
/// An event becomes iCalendar (RFC 5545), a contact a vCard (RFC 6350), a message a mail (RFC 5322). The item is what a
/// client attached to a post: members that are missing or of another shape than Graph's are left out.
package struct ItemDocument: Sendable, Equatable {
    /// The media type.
    package var contentType: String
    package var bytes: [UInt8]

    /// - Parameters:
    ///   - item: The item as the JSON that was attached.
    ///   - id: Names the item in the document if it has no name of its own.
    ///   - date: When the item was attached.
    package init(_ item: JSONValue, id: String, date: GraphDate) {
        switch Self.kind(of: item) {
        case .event:
            contentType = "text/calendar; charset=utf-8"
            bytes = Array(CalendarEvent(item, id: id, date: date).text.utf8)
        case .contact:
            contentType = "text/vcard; charset=utf-8"
            bytes = Array(ContactCard(item).text.utf8)
        case .message:
            contentType = "message/rfc822"
            bytes = Array(InternetMessage(item, id: id, date: date).text.utf8)
        }
    }

    private enum Kind { case event, contact, message }

    private static func kind(of item: JSONValue) -> Kind {
        switch item["@odata.type"]?.string?.lowercased().split(separator: ".").last {
        case "event": .event
        case "contact": .contact
        case "message": .message
        default:
            if item["start"] != nil {
                .event
            } else if item["givenName"] != nil || item["emailAddresses"] != nil {
                .contact
            } else {
                .message
            }
        }
    }
}

extension JSONValue {
    /// The name and the address of a member that is a recipient.
    func person(_ member: String) -> EmailAddress? {
        self[member].flatMap(\.person)
    }

    /// The recipients in a member that is a list of them.
    func people(_ member: String) -> [EmailAddress] {
        self[member]?.elements?.compactMap(\.person) ?? []
    }

    private var person: EmailAddress? {
        guard let address = self["emailAddress"]?["address"]?.string else { return nil }
        return EmailAddress(name: self["emailAddress"]?["name"]?.string, address: address)
    }

    /// The texts in a member that is a list of them.
    func strings(_ member: String) -> [String] {
        self[member]?.elements?.compactMap(\.string) ?? []
    }
}
