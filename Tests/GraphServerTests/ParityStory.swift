import GraphModel

/// One request of a story that every way to a store is told, with what later requests need of its answer.
struct ParityStep: Sendable {
    var method: GraphRequest.Method
    /// With `{name}` for what an earlier answer gave.
    var path: String
    var query = ""
    var body = ""
    var headers: [String: String] = [:]
    /// Where in the answer's body something stands that later requests name, as a path of members and positions.
    var keeps: [String: [String]] = [:]

    init(
        _ method: GraphRequest.Method,
        _ path: String,
        query: String = "",
        _ body: String = "",
        headers: [String: String] = [:],
        keeps: [String: [String]] = [:]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.headers = headers
        self.keeps = keeps
    }
}

/// The requests of the catalogue (reference, section 4), with the refusals of section 13.2 that lie below HTTP.
enum ParityStory {
    private static let group = "/groups/\(RunningServer.group)"
    private static let property = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Color"

    private static func post(_ content: String, _ members: String = "") -> String {
        #"{"body":{"contentType":"html","content":"\#(content)"}\#(members.isEmpty ? "" : "," + members)}"#
    }

    static let steps: [ParityStep] = groups + conversations + threads + posts + lists + senders + refusals + endings

    private static let groups: [ParityStep] = [
        .init(.get, "/me", keeps: ["me": ["id"]]),
        .init(.get, "/groups", query: "$filter=groupTypes/any(c:c eq 'Unified')&$top=5"),
        .init(.get, group),
        .init(.get, "/groups('\(RunningServer.group)')", query: "$select=id,displayName"),
        .init(
            .post,
            "/groups",
            #"{"displayName":"Board","mailEnabled":true,"mailNickname":"board","securityEnabled":false,"groupTypes":["Unified"],"description":"x"}"#,
            keeps: ["board": ["id"]]
        ),
        .init(.patch, "/groups/{board}", #"{"description":null,"displayName":"The board"}"#),
        .init(.get, "/groups/{board}"),
        .init(.post, "/groups/{board}/members/$ref", #"{"@odata.id":"https://graph.microsoft.com/v1.0/users/{me}"}"#),
        .init(.get, "/groups/{board}/members"),
        .init(.get, "/groups/{board}/members/$count"),
        .init(.get, "/me/memberOf"),
        .init(.get, "/me/joinedGroups"),
        .init(.delete, "/groups/{board}/members/{me}/$ref"),
    ]

    private static let conversations: [ParityStep] = [
        .init(
            .post,
            group + "/conversations",
            """
            {"topic":"Take your wellness days and rest","threads":[{"posts":[\
            \(post(
                "<b>Contoso</b> cares about you",
                ##""newParticipants":[{"emailAddress":{"name":"Adele Vance","address":"adele@contoso.example"}}],"attachments":[{"@odata.type":"#microsoft.graph.fileAttachment","name":"f.txt","contentBytes":"aGVsbG8="}],"singleValueExtendedProperties":[{"id":"\##(property)","value":"Green"}]"##
            ))]}]}
            """,
            keeps: ["c": ["id"], "t": ["threads", "0", "id"], "p": ["threads", "0", "posts", "0", "id"]]
        ),
        .init(.get, group + "/conversations/{c}"),
        .init(.get, group + "/conversations('{c}')", query: "$expand=threads($expand=posts)"),
        .init(.get, group + "/conversations", query: "$select=id,topic&$count=true"),
        .init(.get, group + "/conversations/$count"),
        .init(.post, group + "/conversations/{c}/threads", #"{"posts":[\#(post("Another"))]}"#, keeps: ["t2": ["id"]]),
        .init(.get, group + "/conversations/{c}/threads"),
        .init(.patch, group + "/conversations/{c}", #"{"topic":"no"}"#),
    ]

    private static let threads: [ParityStep] = [
        .init(.post, group + "/threads", #"{"topic":"Offsite","posts":[\#(post("When?"))]}"#, keeps: ["t3": ["id"]]),
        .init(.get, group + "/threads/{t3}", query: "$select=id,topic,toRecipients"),
        .init(.get, group + "/conversations/{c}/threads/{t}"),
        .init(.post, group + "/threads/{t}/reply", #"{"Post":\#(post("First"))}"#),
        .init(.post, group + "/threads/{t}/posts/{p}/reply", #"{"post":\#(post("Second"))}"#),
        .init(.patch, group + "/threads/{t3}", #"{"isLocked":true}"#),
        .init(.post, group + "/threads/{t3}/reply", #"{"post":\#(post("locked out"))}"#),
        .init(.patch, group + "/threads/{t3}", #"{"isLocked":false}"#, headers: ["If-Match": "W/\"x\""]),
        .init(.get, group + "/threads/{t}/posts/$count"),
    ]

    private static let posts: [ParityStep] = [
        .init(
            .get,
            group + "/threads/{t}/posts",
            query: "$expand=attachments",
            keeps: ["second": ["value", "2", "id"], "a": ["value", "0", "attachments", "0", "id"]]
        ),
        .init(.get, group + "/threads/{t}/posts/{p}"),
        .init(.get, group + "/threads/{t}/posts/{p}", headers: ["Prefer": "outlook.body-content-type=\"text\""]),
        .init(.get, group + "/threads/{t}/posts/{second}/inReplyTo"),
        .init(.get, group + "/threads/{t}/posts/{p}/inReplyTo"),
        .init(.get, group + "/threads/{t}/posts/{p}/attachments"),
        .init(.get, group + "/threads/{t}/posts/{p}/attachments/{a}"),
        .init(.post, group + "/threads/{t}/posts/{p}/attachments", "{}"),
        .init(
            .post,
            group + "/threads/{t}/posts/{p}/forward",
            #"{"Comment":"see","ToRecipients":[{"emailAddress":{"address":"megan@contoso.example"}}]}"#
        ),
        .init(
            .get,
            group + "/threads/{t}/posts",
            query: "$filter=singleValueExtendedProperties/any(ep:ep/id eq '\(property)' and ep/value eq 'Green')"
        ),
        .init(.post, group + "/threads/{t}/posts", #"{"body":{"content":"x"}}"#),
    ]

    private static let lists: [ParityStep] = [
        .init(.get, group + "/threads", query: "$top=1&$orderby=topic desc"),
        .init(.get, group + "/threads", query: "$filter=startswith(topic,'Off') and isLocked eq true"),
        .init(.get, group + "/threads", query: "$search=\"wellness\""),
        .init(.get, group + "/threads", query: "$skip=1&$count=true&$format=json"),
        .init(.get, group + "/threads", query: "$select=colour"),
        .init(.get, group + "/threads", query: "$filter=topic eq"),
        .init(.get, group + "/threads", query: "$top=-1"),
        .init(.get, group + "/threads", query: "$colour=1"),
        .init(.get, group + "/threads", query: "$skiptoken=none"),
    ]

    private static let senders: [ParityStep] = [
        .init(.post, group + "/acceptedSenders/$ref", #"{"@odata.id":"https://graph.microsoft.com/v1.0/users/{me}"}"#),
        .init(.get, group + "/acceptedSenders"),
        .init(.post, group + "/rejectedSenders/$ref", #"{"@odata.id":"https://graph.microsoft.com/v1.0/users/{me}"}"#),
        .init(.delete, group + "/acceptedSenders/{me}/$ref"),
        .init(.post, group + "/subscribeByMail"),
        .init(.post, group + "/unsubscribeByMail", headers: ["Prefer": "return=minimal"]),
    ]

    private static let refusals: [ParityStep] = [
        .init(.get, "/groups/not-an-id/conversations"),
        .init(.get, "/groups/00000000-0000-4000-8000-000000000001/threads"),
        .init(.get, group + "/threads/none"),
        .init(.get, group + "/threads/T-0000000000000000000000"),
        .init(.get, group + "/threads/{p}"),
        .init(.get, group + "/threads/a%20b"),
        .init(.get, group + "/nothing"),
        .init(.put, group + "/threads", "{}"),
        .init(.post, group + "/conversations", #"{"topic":7}"#),
        .init(.post, group + "/conversations", #"{"topic":"T","threads":[{"posts":[]}]}"#),
        .init(
            .post,
            group + "/threads",
            #"{"topic":"T","posts":[{"newParticipants":[{"emailAddress":{"address":"x"}}]}]}"#
        ),
        .init(
            .post,
            "/groups",
            #"{"displayName":"B","mailEnabled":true,"mailNickname":"sales","securityEnabled":false}"#
        ),
    ]

    private static let endings: [ParityStep] = [
        .init(.delete, group + "/threads/{t2}"),
        .init(.delete, group + "/conversations/{c}"),
        .init(.get, group + "/conversations/{c}"),
        .init(.get, group + "/conversations"),
        .init(.delete, group + "/threads/{t3}"),
        .init(.delete, "/groups/{board}"),
        .init(.get, "/groups/{board}"),
    ]
}
