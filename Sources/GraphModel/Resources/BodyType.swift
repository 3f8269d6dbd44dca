/// The types of what requests' bodies hold, as far as refusals name them (reference, section 13.2).
package enum BodyType: String, Sendable {
    case conversation = "Microsoft.OutlookServices.Conversation"
    case thread = "Microsoft.OutlookServices.ConversationThread"
    case post = "Microsoft.OutlookServices.Post"
    case itemBody = "Microsoft.OutlookServices.ItemBody"
    case recipient = "Microsoft.OutlookServices.Recipient"
    case emailAddress = "Microsoft.OutlookServices.EmailAddress"
    case attachment = "Microsoft.OutlookServices.Attachment"
    case extendedProperty = "Microsoft.OutlookServices.SingleValueLegacyExtendedProperty"
    case multipleProperty = "Microsoft.OutlookServices.MultiValueLegacyExtendedProperty"
    case group = "microsoft.graph.group"
    case user = "microsoft.graph.user"

    /// The type of an object, found on the way from the body's own type.
    static func at(_ path: some Sequence<JSONFault.Step>, in root: BodyType?) -> BodyType? {
        path.reduce(root) { type, step in
            guard case .member(let name) = step else { return type }
            switch name.lowercased() {
            case "threads": return .thread
            case "posts", "post": return .post
            case "body": return .itemBody
            case "newparticipants", "torecipients", "ccrecipients", "from", "sender": return .recipient
            case "emailaddress": return .emailAddress
            case "attachments": return .attachment
            case "singlevalueextendedproperties": return .extendedProperty
            case "multivalueextendedproperties": return .multipleProperty
            default: return nil
            }
        }
    }

    /// What Graph knows of a body and this service does not keep, in lower case: nobody who sends it is wrong.
    static func unkept(in root: BodyType?) -> Set<String> {
        switch root {
        case .group: unkeptOfGroups
        case .user: unkeptOfUsers
        default: ["mentions"]
        }
    }

    private static let unkeptOfGroups: Set<String> = [
        "id", "mail", "createddatetime", "reneweddatetime", "expirationdatetime", "deleteddatetime", "proxyaddresses",
        "classification", "theme", "preferredlanguage", "preferreddatalocation", "securityidentifier",
        "isassignabletorole", "uniquename", "resourcebehavioroptions", "resourceprovisioningoptions",
        "allowexternalsenders", "autosubscribenewmembers", "hidefromaddresslists", "hidefromoutlookclients",
        "issubscribedbymail", "unseencount", "members", "owners", "membershiprule", "membershipruleprocessingstate",
    ]
    private static let unkeptOfUsers: Set<String> = [
        "id", "accountenabled", "agegroup", "businessphones", "city", "companyname", "country", "department",
        "employeeid", "givenname", "jobtitle", "mail", "mailnickname", "mobilephone", "officelocation", "othermails",
        "passwordpolicies", "passwordprofile", "postalcode", "preferredlanguage", "proxyaddresses", "state",
        "streetaddress", "surname", "usagelocation", "usertype",
    ]
}
