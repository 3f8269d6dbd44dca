import GraphModel

@testable import GraphServer

/// Sections 4.2 and 4.3.
extension CatalogueRow {
    private static let changes: Set<Permission> = [.groupWrite, .directoryWrite]

    private static func both(
        _ name: String,
        _ method: GraphRequest.Method,
        _ path: String,
        _ needed: Set<Permission>,
        body: String = "",
        headers: GraphHeaders = [:],
        _ status: Int
    ) -> CatalogueRow {
        CatalogueRow(name, method, path, users: needed, programs: needed, body: body, headers: headers, status)
    }

    static let groups: [CatalogueRow] = groupReads + groupChanges + checks + memberships

    private static let groupReads: [CatalogueRow] = ["/groups", "{G}", "/groups/delta()"].map {
        both("GET /groups, /groups/{id}, /groups/delta()", .get, $0, .groupReads, 200)
    }

    private static let group =
        #"{"displayName":"News","mailNickname":"news","mailEnabled":true,"securityEnabled":false,"#
        + #""groupTypes":["Unified"]}"#

    private static let groupChanges: [CatalogueRow] = [
        CatalogueRow(
            "POST /groups",
            .post,
            "/groups",
            users: changes,
            programs: changes.union([.groupCreate]),
            body: group,
            201
        ),
        both("PATCH /groups/{id}", .patch, "{G}", changes, body: #"{"description":"New"}"#, 204),
        // By its name a group is changed with the permissions of the row above.
        both(
            "PATCH /groups(uniqueName='x') + Prefer: create-if-missing",
            .patch,
            "/groups(uniqueName='news')",
            changes,
            body: group,
            headers: ["Prefer": "create-if-missing"],
            201
        ),
        both(
            "PATCH /groups(uniqueName='x') without the Prefer",
            .patch,
            "/groups(uniqueName='news')",
            changes,
            body: #"{"displayName":"News"}"#,
            404
        ),
        both("DELETE /groups/{id}", .delete, "{G}", [.groupWrite], 204),
    ]

    private static let checks: [CatalogueRow] = [
        both("POST G/renew", .post, "{G}/renew", [.groupWrite], 204),
        both(
            "POST G/validateProperties",
            .post,
            "{G}/validateProperties",
            [.groupWrite],
            body: #"{"displayName":"A"}"#,
            204
        ),
        both(
            "POST G/validateProperties, a policy violation",
            .post,
            "{G}/validateProperties",
            [.groupWrite],
            body: #"{"displayName":""}"#,
            422
        ),
    ]

    private static let memberships: [CatalogueRow] = {
        let reading = "GET /groups/{id}/members, /transitiveMembers, /owners"
        let writing = "POST/DELETE /groups/{id}/members/$ref, /owners/$ref"
        let link = "https://graph.microsoft.com/v1.0/directoryObjects/{alex}"
        var rows: [CatalogueRow] = []
        for list in ["members", "transitiveMembers", "owners"] {
            rows.append(both(reading, .get, "{G}/\(list)", .memberReads, 200))
        }
        for list in ["members", "owners"] {
            let needed: Set<Permission> = [.memberWrite, .groupWrite]
            rows.append(both(writing, .post, "{G}/\(list)/$ref", needed, body: "{link}", 204))
            rows.append(both(writing, .delete, "{G}/\(list)/{alex}/$ref", needed, 204))
            rows.append(both(writing, .delete, "{G}/\(list)/$ref?$id=\(link)", needed, 204))
        }
        return rows
    }()

    static let senders: [CatalogueRow] = {
        var rows: [CatalogueRow] = []
        for (list, sender) in [("acceptedSenders", "megan"), ("rejectedSenders", "alex")] {
            let link = "https://graph.microsoft.com/v1.0/users/{\(sender)}"
            rows += [
                CatalogueRow("GET G/\(list)", .get, "{S}/\(list)", users: [.groupRead, .groupWrite], 200),
                CatalogueRow(
                    "POST G/\(list)/$ref",
                    .post,
                    "{S}/\(list)/$ref",
                    users: [.groupWrite],
                    body: "{link}",
                    204
                ),
                CatalogueRow(
                    "DELETE G/\(list)/$ref?$id=URL",
                    .delete,
                    "{S}/\(list)/$ref?$id=\(link)",
                    users: [.groupWrite],
                    204
                ),
            ]
        }
        return rows
    }()

    /// What a signed-in user tells a group about themselves.
    static let personal: [CatalogueRow] = {
        var rows: [CatalogueRow] = []
        for action in ["subscribeByMail", "unsubscribeByMail", "resetUnseenCount", "addFavorite", "removeFavorite"] {
            let (name, path) = ("POST G/\(action)", "{G}/\(action)")
            rows.append(CatalogueRow(name, .post, path, users: [.groupWrite], 200))
            let minimal: GraphHeaders = ["Prefer": "return=minimal"]
            rows.append(CatalogueRow(name, .post, path, users: [.groupWrite], headers: minimal, 204))
        }
        return rows
    }()

    static let people: [CatalogueRow] = {
        var rows = [
            CatalogueRow("GET /me", .get, "/me", users: [.ownUserRead, .userBasicRead, .userRead], 200),
            CatalogueRow("GET /me/joinedTeams", .get, "/me/joinedTeams", users: [.teamBasicRead], 200),
        ]
        for user in ["{alex}", "alex@contoso.example"] {
            rows.append(
                CatalogueRow(
                    "GET /users/{id or upn}",
                    .get,
                    "/users/\(user)",
                    users: [.userBasicRead, .userRead],
                    programs: [.userRead],
                    200
                )
            )
        }
        for path in ["memberOf", "transitiveMemberOf"].flatMap({ [$0, $0 + "/microsoft.graph.group"] }) {
            let name = "GET /me/memberOf, /me/transitiveMemberOf, cast /microsoft.graph.group"
            rows.append(CatalogueRow(name, .get, "/me/\(path)", users: [.ownUserRead], 200))
        }
        return rows
    }()

    /// Section 4.3.
    static let joinedGroups: [CatalogueRow] = {
        let group = "/me/joinedGroups/29981b6a-0e57-42dc-94c9-cd24f5306196/"
        var rows = [
            CatalogueRow("/me/joinedGroups", .get, "/me/joinedGroups", users: [.ownUserRead], 200),
            CatalogueRow(
                "/users/{id}/joinedGroups",
                .get,
                "/users/{megan}/joinedGroups",
                users: .memberReads,
                programs: .memberReads,
                own: [.ownUserRead],
                200
            ),
            CatalogueRow("children conversations, threads only", .get, group + "members", 400),
        ]
        for child in ["conversations", "threads"] {
            let name = "/me/joinedGroups/{id}/\(child)"
            let needed = Set<Permission>.conversationReads
            rows.append(CatalogueRow(name, .get, group + child, users: needed, 200))
        }
        return rows
    }()
}
