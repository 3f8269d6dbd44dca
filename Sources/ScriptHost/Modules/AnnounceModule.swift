import Announcements
import GraphModel
import LuaRuntime

extension ScriptModule {
    /// `announce`: one post for each target, ever.
    static let announce = ScriptModule(
        name: "announce",
        summary: "The bulk job: one conversation with one post in each of many groups, once per group, ever.",
        functions: [
            ScriptFunction(
                name: "",
                parameters: [
                    ScriptParameter(
                        "announcement",
                        .table,
                        type: "announce.announcement",
                        summary: "What to announce.",
                        fields: announceFields
                    )
                ],
                result: "announce.result result",
                summary:
                    "Renders the post for every target, then sends each once; groups that have it are skipped.",
                errors: [
                    ScriptErrorCode(
                        "announcementFaulty",
                        if: "a post cannot be rendered; nothing is sent, all faults are named"
                    ),
                    ScriptErrorCode("badTemplate", if: "the topic or the body is no template"),
                    ScriptErrorCode("fileNotFound", if: "an attachment is not there; as `csv.read`"),
                    ScriptErrorCode("declined", if: "the operator was asked, and said no"),
                    ScriptErrorCode(
                        "interrupted",
                        if: "the run is stopped; what was not sent is sent when it is resumed"
                    ),
                    ScriptErrorCode(
                        HostError.heldCode,
                        if: "too much failed, or the next wave was not confirmed; `herald resume` goes on"
                    ),
                    ScriptErrorCode("unavailable", if: "the service gives up answering; run it again for the rest"),
                    ScriptErrorCode("ledgerUnavailable", if: "the record of the run cannot be written"),
                ],
                example: """
                    local result = announce {
                      name  = "wellness-2026",
                      to    = csv.read "groups.csv",
                      topic = "Take your wellness days and rest",
                      body  = html "<p>Hello {{displayName}}: rest and recharge.</p>",
                    }
                    log.info("sent %d, failed %d", result.sent, result.failed)
                    """
            )
        ],
        classes: announceClasses,
        primitives: [
            ScriptPrimitive(
                "announce.open",
                .waiting { context, json throws(HostError) in
                    let spec = try await AnnouncementSpec(try ScriptArguments(json)[0], files: context.files)
                    let composer = try await AnnouncementComposer.make(spec, context: context)
                    return ScriptReply.integer(context.objects.drafts.insert(composer))
                }
            ),
            ScriptPrimitive(
                "announce.rows",
                .waiting { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    let composer = try context.objects.drafts(try arguments.integer(0))
                    try await composer.add(try context.objects.tables(try arguments.integer(1)))
                    return ScriptReply.nothing
                }
            ),
            ScriptPrimitive(
                "announce.add",
                .waiting { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    let composer = try context.objects.drafts(try arguments.integer(0))
                    try await composer.add(arguments[1].elements ?? [])
                    return ScriptReply.nothing
                }
            ),
            ScriptPrimitive(
                "announce.deliver",
                .waiting { context, json throws(HostError) in
                    do { try await context.journal.flush() } catch {
                        throw HostError(code: "noAnswer", message: "\(error)", isRetryable: true)
                    }
                    return try await context.objects.drafts(try ScriptArguments(json).integer(0)).deliver()
                }
            ),
        ],
        lua: announceStreaming
    )

    private static let announceFields = [
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
            .function,
            type: "string|fun(group: table): string",
            summary: "The topic; a template, or a function of the group."
        ),
        ScriptParameter(
            "body",
            .string,
            .table,
            .function,
            type: "string|graph.itemBody|fun(group: table): string|graph.itemBody|nil",
            summary: "html \"…\", text \"…\", or a function of the group that gives one; nil skips the group."
        ),
        ScriptParameter(
            "participants",
            .table,
            type: "(string|graph.emailAddress)[]",
            optional: true,
            summary: "Addresses, or { name =, address = } tables."
        ),
        ScriptParameter(
            "attachments",
            .table,
            type: "string[]",
            optional: true,
            summary: "Files below the script's folder."
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
            summary: "The wait between two waves, as in \"10m\"."
        ),
        ScriptParameter(
            "confirm",
            .boolean,
            type: "boolean",
            optional: true,
            summary: "Asks before each wave but the first."
        ),
        ScriptParameter(
            "grace",
            .string,
            .number,
            type: "string|number",
            optional: true,
            summary: "The wait before the first post, in which Ctrl-C takes everything back, as in \"30s\"."
        ),
        ScriptParameter(
            "window",
            .table,
            type: "announce.window",
            optional: true,
            summary: "When posts may be made."
        ),
    ]

    private static let announceClasses = [
        ScriptClass(
            "announce.window",
            summary: "The hours and days at which posts may be made.",
            fields: [
                ScriptField("from", "string", optional: true, summary: "When it opens, as in \"08:00\"."),
                ScriptField("to", "string", optional: true, summary: "When it closes; before 'from', on the next day."),
                ScriptField("zone", "string", optional: true, summary: "The time zone, as in \"Europe/Berlin\"."),
                ScriptField(
                    "days",
                    "string",
                    optional: true,
                    summary: "The days on which it opens, as in \"Mon-Fri\"."
                ),
            ]
        ),
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
                ScriptField("skipped", "integer", summary: "For how many the body function gave nil."),
                ScriptField("excluded", "integer", summary: "How many were left out, by `except` or for good."),
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

    // Targets stream through in batches; each call of a function of the script's is a stretch of processor time of its
    // own, because a host call stands between any two.
    private static let announceStreaming = """
        local host, globals, internal = ...
        local fail = internal.fail
        local open, rows, add, deliver =
          host["announce.open"], host["announce.rows"], host["announce.add"], host["announce.deliver"]

        local function announce(spec)
          local topic, body = spec.topic, spec.body
          local called = type(topic) == "function" or type(body) == "function"
          local handle = open {
            name = spec.name,
            topic = type(topic) ~= "function" and topic or nil,
            body = type(body) ~= "function" and body or nil,
            participants = spec.participants, attachments = spec.attachments,
            waves = spec.waves, pause = spec.pause, stopAbove = spec.stopAbove, confirm = spec.confirm,
            grace = spec.grace, window = spec.window,
          }
          local to = spec.to
          local held = type(to) == "table" and internal.table_handle(to)
          if held and not called then
            rows(handle, held)
            return deliver(handle)
          end

          local batch, size = {}, called and 1 or 64
          local function put(group)
            local entry = { group = group }
            if type(topic) == "function" then
              entry.topic = topic(group)
              if type(entry.topic) ~= "string" then
                fail("badArgument", "announce: the topic function must give a string, not " .. type(entry.topic))
              end
            end
            if type(body) == "function" then
              local made = body(group)
              if made == nil then
                entry.skip = true
              elseif type(made) ~= "string" and type(made) ~= "table" then
                fail("badArgument", "announce: the body function must give html, text or nil, not " .. type(made))
              end
              entry.body = made
            end
            batch[#batch + 1] = entry
            if #batch == size then
              add(handle, batch)
              batch = {}
            end
          end
          if type(to) == "function" then
            for group in to do put(group) end
          else
            local count = 0
            for _, group in ipairs(to) do
              count = count + 1
              put(group)
            end
            if count == 0 and not held and next(to) ~= nil then
              fail("badArgument", "announce: field 'to' must be a list, as in { id1, id2 } or csv.read \\"groups.csv\\"")
            end
          end
          if #batch > 0 then add(handle, batch) end
          return deliver(handle)
        end
        internal.modules.announce = { [""] = announce }
        """
}
