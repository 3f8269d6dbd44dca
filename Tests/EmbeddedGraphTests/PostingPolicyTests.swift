import GraphModel
import Testing

@testable import EmbeddedGraph

// Reference, section 11.4.
@Suite struct PostingPolicyTests {
    @Test(arguments: ["Public", "Private", "HiddenMembership"])
    func `the operator may do everything`(_ visibility: String) {
        let policy = PostingPolicy(
            kind: .operator,
            visibility: visibility,
            onlyMembersPost: true,
            isRejected: true,
            hasAcceptedSenders: true
        )
        #expect(policy.refusalToRead == nil && policy.refusalToPost == nil && policy.allowsSendingAsGroup)
    }

    @Test func `any user reads and posts in a public group`() {
        let policy = PostingPolicy(kind: .delegated)
        #expect(policy.refusalToRead == nil && policy.refusalToPost == nil)
    }

    @Test(arguments: ["Private", "HiddenMembership"])
    func `members and owners alone read and post in other groups`(_ visibility: String) {
        var policy = PostingPolicy(kind: .delegated, visibility: visibility)
        #expect(policy.refusalToRead == .notMember && policy.refusalToPost == .notMember)
        policy.isMember = true
        #expect(policy.refusalToRead == nil && policy.refusalToPost == nil)
        policy.isMember = false
        policy.isOwner = true
        #expect(policy.refusalToRead == nil && policy.refusalToPost == nil)
    }

    @Test func `whoever is rejected posts nowhere, but reads`() {
        let policy = PostingPolicy(kind: .delegated, isMember: true, isOwner: true, isRejected: true, isAccepted: true)
        #expect(policy.refusalToPost == .rejected && policy.refusalToRead == nil)
    }

    @Test func `once somebody is accepted, nobody else posts`() {
        var policy = PostingPolicy(kind: .delegated, isMember: true, isOwner: true, hasAcceptedSenders: true)
        #expect(policy.refusalToPost == .notAccepted && policy.refusalToRead == nil)
        policy.isAccepted = true
        #expect(policy.refusalToPost == nil)
    }

    @Test func `an accepted sender still has to be a member where only members post`() {
        var policy = PostingPolicy(kind: .delegated, onlyMembersPost: true, isAccepted: true, hasAcceptedSenders: true)
        #expect(policy.refusalToPost == .onlyMembersPost && policy.refusalToRead == nil)
        policy.onlyMembersPost = false
        policy.visibility = "Private"
        #expect(policy.refusalToPost == .notMember)
    }

    @Test func `an application needs no membership, but is no accepted sender`() {
        var policy = PostingPolicy(kind: .application, visibility: "Private", onlyMembersPost: true)
        #expect(policy.refusalToRead == nil && policy.refusalToPost == nil && !policy.allowsSendingAsGroup)
        policy.hasAcceptedSenders = true
        #expect(policy.refusalToPost == .notAccepted)
    }

    @Test func `a guest reads and posts as a member alone, and where guests do not read, posts`() {
        var policy = PostingPolicy(kind: .delegated, isGuest: true)
        #expect(policy.refusalToRead == .notMember && policy.refusalToPost == .notMember)
        policy.isMember = true
        #expect(policy.refusalToRead == nil && policy.refusalToPost == nil)
        policy.guestsRead = false
        #expect(policy.refusalToRead == .guest && policy.refusalToPost == nil)
        policy.isGuest = false
        #expect(policy.refusalToRead == nil)
    }

    @Test func `owners alone post in the group's name`() {
        #expect(!PostingPolicy(kind: .delegated, isMember: true).allowsSendingAsGroup)
        #expect(PostingPolicy(kind: .delegated, isOwner: true).allowsSendingAsGroup)
    }
}
