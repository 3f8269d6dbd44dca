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
                        fields: AnnounceDescription.fields
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
        classes: AnnounceDescription.classes,
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
                "announce.exceptRows",
                .waiting { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    let composer = try context.objects.drafts(try arguments.integer(0))
                    try await composer.leaveOut(try context.objects.tables(try arguments.integer(1)))
                    return ScriptReply.nothing
                }
            ),
            ScriptPrimitive(
                "announce.except",
                .waiting { context, json throws(HostError) in
                    let arguments = try ScriptArguments(json)
                    let composer = try context.objects.drafts(try arguments.integer(0))
                    await composer.leaveOut(arguments[1].elements ?? [])
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

    // Targets stream through in batches; each call of a function of the script's is a stretch of processor time of its
    // own, because a host call stands between any two.
    private static let announceStreaming = """
        local host, globals, internal = ...
        local fail = internal.fail
        local exceptRows, except = host["announce.exceptRows"], host["announce.except"]
        local open, rows, add, deliver =
          host["announce.open"], host["announce.rows"], host["announce.add"], host["announce.deliver"]

        -- Visits what a list, an iterator or the rows of a file give.
        local function each(list, field, visit)
          if type(list) == "function" then
            for entry in list do visit(entry) end
            return
          end
          local count = 0
          for _, entry in ipairs(list) do
            count = count + 1
            visit(entry)
          end
          if count == 0 and not internal.table_handle(list) and next(list) ~= nil then
            fail("badArgument", "announce: field '" .. field
              .. "' must be a list, as in { id1, id2 } or csv.read \\"groups.csv\\"")
          end
        end

        local function leave_out(handle, list)
          local held = type(list) == "table" and internal.table_handle(list)
          if held then
            exceptRows(handle, held)
            return
          end
          local batch = {}
          each(list, "except", function(entry)
            batch[#batch + 1] = type(entry) == "table" and { id = entry.id or entry.Id or entry.ID } or entry
            if #batch == 64 then
              except(handle, batch)
              batch = {}
            end
          end)
          if #batch > 0 then except(handle, batch) end
        end

        local function announce(spec)
          local topic, body = spec.topic, spec.body
          local called = type(topic) == "function" or type(body) == "function"
          local handle = open {
            name = spec.name,
            topic = type(topic) ~= "function" and topic or nil,
            body = type(body) ~= "function" and body or nil,
            participants = spec.participants, attachments = spec.attachments,
            waves = spec.waves, pause = spec.pause, stopAbove = spec.stopAbove, confirm = spec.confirm,
            grace = spec.grace, window = spec.window, onChange = spec.onChange,
          }
          if spec.except ~= nil then leave_out(handle, spec.except) end
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
                fail("badArgument", "announce: the body function must give html, markdown, text or nil, not " .. type(made))
              end
              entry.body = made
            end
            batch[#batch + 1] = entry
            if #batch == size then
              add(handle, batch)
              batch = {}
            end
          end
          each(to, "to", put)
          if #batch > 0 then add(handle, batch) end
          return deliver(handle)
        end
        internal.modules.announce = { [""] = announce }
        """
}
