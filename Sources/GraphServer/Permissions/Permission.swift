/// A permission of Microsoft Graph, as `scp` and `roles` name it.
package enum Permission: String, Sendable, CaseIterable {
    case groupConversationRead = "Group-Conversation.Read.All"
    case groupConversationWrite = "Group-Conversation.ReadWrite.All"
    case groupBasicRead = "Group.ReadBasic.All"
    case groupRead = "Group.Read.All"
    case groupWrite = "Group.ReadWrite.All"
    case groupCreate = "Group.Create"
    case memberRead = "GroupMember.Read.All"
    case memberWrite = "GroupMember.ReadWrite.All"
    case directoryRead = "Directory.Read.All"
    case directoryWrite = "Directory.ReadWrite.All"
    case ownUserRead = "User.Read"
    case userBasicRead = "User.ReadBasic.All"
    case userRead = "User.Read.All"
    case userWrite = "User.ReadWrite.All"
    case teamBasicRead = "Team.ReadBasic.All"

    /// The permissions of its family that it comes with: who may write may read (reference, section 4).
    var implied: Set<Permission> {
        switch self {
        case .groupConversationWrite: [.groupConversationRead]
        case .groupRead: [.groupBasicRead]
        case .groupWrite: [.groupRead, .groupBasicRead]
        case .memberWrite: [.memberRead]
        case .directoryWrite: [.directoryRead]
        case .userRead: [.userBasicRead]
        case .userWrite: [.userRead, .userBasicRead]
        default: []
        }
    }

    /// The permissions that some names stand for, with all that they come with; other names stand for none here.
    static func granted(_ names: Set<String>) -> Set<Permission> {
        names.compactMap(Permission.init(rawValue:)).reduce(into: []) { granted, permission in
            granted.insert(permission)
            granted.formUnion(permission.implied)
        }
    }
}
