/// `graph.batch`: requests side by side, each of which may fail for itself.
///
/// Every one of them is sent as any other request is, so that writes have keys and need grants; what the backend takes
/// together goes together.
enum GraphBatch {
    static let function = ScriptFunction(
        name: "batch",
        parameters: [
            ScriptParameter(
                "requests",
                .table,
                type: "graph.batchRequest[]",
                summary: "The requests, in the order in which their results come back."
            )
        ],
        result: "graph.batchResult[] results",
        summary:
            "Sends requests side by side, and those that depend on others behind these; a refusal is a result, no error.",
        errors: [ScriptErrorCode("badArgument", if: "a request is none; nothing has been sent then")],
        example: """
            local group = graph.groups:list { top = 1 }.value[1]
            local threads = "/groups/" .. group.id .. "/threads"
            local results = graph.batch {
              { id = "rest", method = "POST", path = threads,
                body = { topic = "Rest", posts = { { body = text "Recharge." } } } },
              { path = threads .. "?$top=5", dependsOn = "rest" },
              { path = "/groups/" .. group.id .. "/owners" },
            }
            print(results[1].status, #results[2].body.value, results[3].error)
            """
    )

    static let classes = [
        ScriptClass(
            "graph.batchRequest",
            summary: "A request of `graph.batch`.",
            fields: [
                ScriptField("path", "string", optional: true, summary: "The path below the version, query and all."),
                ScriptField("url", "string", optional: true, summary: "Another name for `path`, as Graph has it."),
                ScriptField(
                    "method",
                    "string",
                    optional: true,
                    summary: "GET, POST, PATCH, PUT or DELETE; GET if missing."
                ),
                ScriptField("body", "table", optional: true, summary: "The body."),
                ScriptField(
                    "headers",
                    "table<string, string>",
                    optional: true,
                    summary: "Headers: { Prefer = \"…\" }."
                ),
                ScriptField("id", "string", optional: true, summary: "Its name; its place in the list if missing."),
                ScriptField(
                    "dependsOn",
                    "string|string[]",
                    optional: true,
                    summary: "The ids of requests above it that must have succeeded."
                ),
                ScriptField("key", "string", optional: true, summary: GraphResource.keySummary),
                ScriptField("timeout", "number", optional: true, summary: "How many seconds to wait for the answer."),
            ]
        ),
        ScriptClass(
            "graph.batchResult",
            summary: "What came of a request of `graph.batch`.",
            fields: [
                ScriptField("id", "string", summary: "The request's id."),
                ScriptField("status", "integer", optional: true, summary: "The HTTP status; none if no answer came."),
                ScriptField("headers", "table<string, string>", optional: true, summary: "The answer's headers."),
                ScriptField("body", "table", optional: true, summary: "What the answer holds."),
                ScriptField(
                    "error",
                    "HostError",
                    optional: true,
                    summary: "Why it failed; its code is FailedDependency if it was not sent."
                ),
            ]
        ),
    ]

    /// Goes on where the Lua of `graph` ends.
    static let lua = """

        local exchange, tasks = host["graph.exchange"], internal.tasks
        local known_methods = { GET = true, POST = true, PATCH = true, PUT = true, DELETE = true }
        local item_names = { "id", "method", "path", "url", "body", "headers", "dependsOn", "key", "timeout" }

        -- Reads one request; `places` has the places of those above it, by their ids in lower case.
        local function batch_item(place, given, places)
          local function bad(message) fail("badArgument", "graph.batch: request " .. place .. " " .. message) end
          if type(given) ~= "table" then bad("must be a table, as in { path = \\"/groups\\" }") end
          for name in next, given do
            if not contains(item_names, name) then
              bad("has no field '" .. tostring(name) .. "'" .. internal.hint(name, item_names))
            end
          end
          local function field(name, kind, otherwise)
            local value = rawget(given, name)
            if value == nil then return otherwise end
            if type(value) ~= kind then bad("has a field '" .. name .. "' that must be a " .. kind) end
            return value
          end
          local item = {
            id = given.id ~= nil and tostring(given.id) or tostring(place),
            method = string.upper(field("method", "string", "GET")),
            path = field("path", "string", field("url", "string")),
            body = field("body", "table", false),
            options = {
              headers = field("headers", "table"), key = field("key", "string"), timeout = field("timeout", "number"),
            },
            needs = {},
          }
          if not known_methods[item.method] then bad("has the method '" .. item.method .. "', which Graph does not have") end
          if not item.path or item.path == "" then bad("needs a path, as in { path = \\"/groups\\" }") end
          if item.method == "GET" and item.body then bad("has a body, which GET does not take") end
          if string.sub(item.path, 1, 1) ~= "/" and not string.find(item.path, "://", 1, true) then
            item.path = "/" .. item.path
          end
          local needs = given.dependsOn
          if type(needs) == "string" then needs = { needs } end
          if needs ~= nil and type(needs) ~= "table" then bad("has a field 'dependsOn' that must be an id or a list of ids") end
          for _, need in ipairs(needs or {}) do
            local found = places[string.lower(tostring(need))]
            if not found then bad("depends on '" .. tostring(need) .. "', which is no request above it") end
            item.needs[#item.needs + 1] = found
          end
          if places[string.lower(item.id)] then bad("has the id '" .. item.id .. "', which another one has") end
          places[string.lower(item.id)] = place
          return item
        end

        local function batch_send(item)
          local sent, answer = pcall(exchange, item.method, item.path, item.body, item.options)
          if sent then
            answer.id = item.id
            return answer
          end
          -- What is no matter of this one request ends the batch.
          local is_own = type(answer) == "table" and (answer.status or answer.code == "noAnswer" or answer.code == "timeout")
          if not is_own then error(answer, 0) end
          return { id = item.id, status = answer.status, error = answer }
        end

        local function succeeded(result) return result.status ~= nil and result.status < 400 end

        -- Whether a request can be sent, and the one because of which it never can.
        local function batch_state(item, items, results)
          for _, need in ipairs(item.needs) do
            local result = results[need]
            if not result then return false end
            if not succeeded(result) then return false, items[need] end
          end
          return true
        end

        internal.modules.graph.batch = function(list)
          local items, places, results = {}, {}, {}
          for place, given in ipairs(list) do items[place] = batch_item(place, given, places) end
          local limit = math.min(20, host["parallel.limit"]())
          local group, running, first, failure = tasks.open(), 0, 1, nil
          while first <= #items or running > 0 do
            local place = first
            while place <= #items and running < limit and not failure do
              local item = items[place]
              if not item.started then
                local can, obstacle = batch_state(item, items, results)
                if can then
                  tasks.start(group, place, batch_send, item)
                  item.started, running = true, running + 1
                elseif obstacle then
                  item.started = true
                  results[place] = { id = item.id, status = 424, error = {
                    code = "FailedDependency", status = 424,
                    message = "the request was not sent, since '" .. obstacle.id .. "' failed",
                  } }
                end
              end
              if item.started and place == first then first = place + 1 end
              place = place + 1
            end
            if running > 0 then
              local ended, done, value = tasks.next(group)
              running = running - 1
              if done then
                results[ended] = value
              elseif not failure then
                failure = { value }
                tasks.cancel(group)
              end
            elseif failure then
              break
            end
          end
          tasks.close(group)
          if failure then error(failure[1], 0) end
          return results
        end
        """
}
