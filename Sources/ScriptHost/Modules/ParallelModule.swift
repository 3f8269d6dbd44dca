import GraphModel
import LuaRuntime

extension ScriptModule {
    /// `parallel`: functions of the script's side by side.
    static let parallel = ScriptModule(
        name: "parallel",
        summary: "Calls of a function side by side, so that what they wait for is waited for once.",
        functions: [
            ScriptFunction(
                name: "",
                parameters: [
                    ScriptParameter(
                        "list",
                        .sequence,
                        summary: "A list, the rows of a file, or an iterator such as graph.groups:each()."
                    ),
                    ScriptParameter(
                        "fn",
                        .function,
                        type: "fun(item: any, place: integer): any",
                        summary: "Called with each item and its place in the list."
                    ),
                    ScriptParameter(
                        "options",
                        .table,
                        optional: true,
                        summary: "How to go about it.",
                        fields: [
                            ScriptParameter(
                                "limit",
                                .integer,
                                optional: true,
                                summary: "How many calls are under way at once: 4, or up to --limit-requests."
                            ),
                            ScriptParameter(
                                "errors",
                                .string,
                                type: "\"raise\"|\"collect\"",
                                optional: true,
                                summary: "\"raise\" cancels the rest at the first error; \"collect\" goes on."
                            ),
                        ]
                    ),
                ],
                result: "any[] results, table<integer, any>? errors",
                summary:
                    "Gives the results in the order of the list, and the collected errors by the places of their items.",
                example: """
                    local ids = { "29981b6a-0e57-42dc-94c9-cd24f5306196", "4f0c2a5e-8a6d-4a0e-9d51-0e7d5f6f1b02" }
                    local counts = parallel(ids, function(id)
                      return #graph.groups[id].threads:list { top = 50 }.value
                    end, { limit = 4 })
                    print(counts[1] + counts[2])
                    """
            )
        ],
        primitives: [
            ScriptPrimitive(
                "parallel.limit",
                .immediate { context, _ throws(HostError) in ScriptReply.integer(context.objects.limits.requests) }
            )
        ],
        lua: """
            local host, globals, internal = ...
            local fail, tasks = internal.fail, internal.tasks

            -- Gives each item with its place, whatever the list is.
            local function items(list)
              local place = 0
              if type(list) == "function" then
                return function()
                  local item = list()
                  if item == nil then return nil end
                  place = place + 1
                  return place, item
                end
              end
              return ipairs(list)
            end

            local function parallel(list, fn, options)
              local limit, errors = options and options.limit or 4, options and options.errors or "raise"
              local most = host["parallel.limit"]()
              if limit < 1 or limit > most then
                fail("badArgument", "parallel: field 'limit' must be 1 to " .. most .. ", not " .. limit
                  .. "; --limit-requests allows more")
              end
              if errors ~= "raise" and errors ~= "collect" then
                fail("badArgument", "parallel: field 'errors' must be 'raise' or 'collect', not '" .. errors .. "'")
              end
              local group = tasks.open()
              local results, collected, running, failure = {}, {}, 0, nil
              local function stop(err)
                if failure then return end
                failure = { err }
                tasks.cancel(group)
              end
              local function fetch()
                local place, done, value = tasks.next(group)
                running = running - 1
                if done then
                  results[place] = value
                elseif errors == "collect" then
                  collected[place] = value
                else
                  stop(value)
                end
              end
              -- The list may raise, too: an iterator asks the host for its next page.
              local listed, err = pcall(function()
                for place, item in items(list) do
                  tasks.start(group, place, fn, item)
                  running = running + 1
                  while running >= limit and not failure do fetch() end
                  if failure then return end
                end
              end)
              if not listed then stop(err) end
              while running > 0 do fetch() end
              tasks.close(group)
              if failure then error(failure[1], 0) end
              if errors == "collect" then return results, collected end
              return results
            end
            internal.modules.parallel = { [""] = parallel }
            """
    )
}
