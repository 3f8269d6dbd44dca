/// The tables of `announce`, as data.
enum AnnounceDescription {
    /// The fields of the table that `announce` takes.
    static let fields = [
        ScriptParameter("name", .string, summary: "Names the announcement; each group gets one post under it, ever."),
        ScriptParameter(
            "to",
            .sequence,
            type: "csv.rows|string[]|table[]|fun(): string|table",
            summary: "The targets: rows with an id, ids, or an iterator over either."
        ),
        ScriptParameter(
            "topic",
            .string,
            .table,
            .function,
            type: "string|table<string, string>|fun(group: table): string",
            summary: "The topic: a template, one for each language, or a function of the group."
        ),
        ScriptParameter(
            "body",
            .string,
            .table,
            .function,
            type:
                "string|graph.itemBody|table<string, string|graph.itemBody>|fun(group: table): string|graph.itemBody|nil",
            summary:
                "html \"…\", markdown \"…\" or text \"…\"; one for each language, as in { en = html \"…\", de = html \"…\", fallback = \"en\" }, of which a group gets that of its preferredLanguage; or a function of the group that gives one, where nil skips the group."
        ),
        ScriptParameter(
            "participants",
            .table,
            type: "(string|graph.emailAddress)[]",
            optional: true,
            summary: "Addresses, or { name =, address = } tables.",
            elementFields: participant + [
                ScriptParameter(
                    "emailAddress",
                    .table,
                    optional: true,
                    summary: "Both, as Graph has it.",
                    fields: participant
                )
            ]
        ),
        ScriptParameter(
            "attachments",
            .table,
            type: "(string|file.attachment|graph.attachment)[]",
            optional: true,
            summary:
                "Files below the script's folder, as in { file \"poster.png\" }; what an html body shows as cid:logo.png is attached by itself."
        ),
        ScriptParameter(
            "except",
            .sequence,
            type: "csv.rows|string[]|table[]|fun(): string|table",
            optional: true,
            summary: "Groups that are left out, in the forms of 'to'."
        ),
        ScriptParameter(
            "onChange",
            .string,
            type: "\"skip\"|\"reply\"|\"new\"",
            optional: true,
            summary:
                "What groups get that have other content under this name: nothing (skip), a reply to their post, or a new conversation; they are listed as problems if nothing is said."
        ),
        ScriptParameter(
            "waves",
            .sequence,
            type: "(integer|string)[]",
            optional: true,
            summary: "The parts in which it goes out, each judged before the next, as in {1, \"5%\", \"rest\"}."
        ),
        ScriptParameter(
            "stopAbove",
            .string,
            type: "string",
            optional: true,
            summary: "Holds the announcement when a larger part of a wave fails, as in \"2%\"."
        ),
        ScriptParameter(
            "pause",
            .string,
            .number,
            type: "string|number",
            optional: true,
            summary: "The wait between two waves, as in \"10m\"; for announcements with 'waves'."
        ),
        ScriptParameter(
            "confirm",
            .boolean,
            type: "boolean",
            optional: true,
            summary: "Asks before each wave but the first; for announcements with 'waves'."
        ),
        ScriptParameter(
            "grace",
            .string,
            .number,
            type: "string|number",
            optional: true,
            summary: "The wait before the first post, in which Ctrl-C stops it and nothing is sent, as in \"30s\"."
        ),
        ScriptParameter(
            "window",
            .table,
            type: "announce.window",
            optional: true,
            summary: "The hours and days at which posts may be made.",
            fields: [
                ScriptParameter("from", .string, optional: true, summary: "When it opens, as in \"08:00\"."),
                ScriptParameter(
                    "to",
                    .string,
                    optional: true,
                    summary: "When it closes; before 'from', on the next day."
                ),
                ScriptParameter(
                    "zone",
                    .string,
                    optional: true,
                    summary: "The time zone, as in \"Europe/Berlin\"."
                ),
                ScriptParameter(
                    "days",
                    .string,
                    optional: true,
                    summary: "The days on which it opens, as in \"Mon-Fri\"."
                ),
            ]
        ),
    ]

    private static let participant = [
        ScriptParameter("name", .string, optional: true, summary: "The name to show."),
        ScriptParameter("address", .string, optional: true, summary: "The address."),
    ]

    /// The tables within it, and what it gives.
    static let classes = [
        ScriptClass(
            "announce.result",
            summary: "What came of an announcement.",
            fields: [
                ScriptField("name", "string", summary: "The announcement's name."),
                ScriptField("targets", "integer", summary: "How many groups were named."),
                ScriptField(
                    "planned",
                    "integer",
                    summary: "How many get it when the plan is applied; 0 where nothing is planned."
                ),
                ScriptField("sent", "integer", summary: "How many got it now."),
                ScriptField("already", "integer", summary: "How many had it before."),
                ScriptField("changed", "integer", summary: "How many have it with other content, and got nothing."),
                ScriptField("failed", "integer", summary: "How many refused it."),
                ScriptField("ambiguous", "integer", summary: "How many may or may not have it: no answer came."),
                ScriptField(
                    "skipped",
                    "integer",
                    summary: "For how many the body function gave nil, or `onChange = \"skip\"` held."
                ),
                ScriptField(
                    "excluded",
                    "integer",
                    summary: "How many were left out, by `except` or `herald suppress`; they are no targets."
                ),
                ScriptField("duplicates", "integer", summary: "How many targets were named a second time."),
                ScriptField("seconds", "number", summary: "How long the sending took."),
                ScriptField(
                    "failures",
                    "announce.failure[]",
                    summary: "The groups that did not get it, up to \(AnnouncementComposer.failureLimit) of them."
                ),
            ]
        ),
        ScriptClass(
            "announce.failure",
            summary: "A group that did not get an announcement.",
            fields: [
                ScriptField("group", "string", summary: "Its id."),
                ScriptField("kind", "\"changed\"|\"failed\"|\"ambiguous\"", summary: "What happened."),
                ScriptField("code", "string", optional: true, summary: "The code of the error, as in HostError."),
                ScriptField("message", "string", summary: "What went wrong, for people."),
            ]
        ),
    ]
}
