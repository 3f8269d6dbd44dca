import Foundation
import GraphModel
import LuaRuntime

extension ScriptModule {
    /// `graph`: the resources of Microsoft Graph, 1:1.
    static let graph = {
        let options = GraphResource.writeOptions
        let path = ScriptParameter("path", .string, summary: "The path below the version: /groups/…/threads?$top=5.")
        let body = ScriptParameter("body", .table, optional: true, summary: "The body, as a table.")
        return ScriptModule(
            name: "graph",
            summary: "The resources of Microsoft Graph: paths become indexing, verbs become methods.",
            functions: [
                ScriptFunction(
                    name: "get",
                    parameters: [path],
                    result: "table? answer",
                    summary: "Reads what is at a path.",
                    errors: refusals,
                    example: #"print(#graph.get("/groups?$top=5").value)"#
                ),
                ScriptFunction(
                    name: "post",
                    parameters: [path, body, options],
                    result: "table? answer",
                    summary: "Posts a body to a path.",
                    errors: refusals + lateness,
                    example: """
                        local group = graph.groups:list { top = 1 }.value[1]
                        graph.post("/groups/" .. group.id .. "/threads", {
                          topic = "Rest", posts = { { body = text "Recharge." } },
                        })
                        """
                ),
                ScriptFunction(
                    name: "patch",
                    parameters: [path, body, options],
                    result: "table? answer",
                    summary: "Changes what is at a path.",
                    errors: refusals + lateness,
                    example: """
                        local group = graph.groups:list { top = 1 }.value[1]
                        for thread in graph.groups[group.id].threads:each() do
                          graph.patch("/groups/" .. group.id .. "/threads/" .. thread.id, { isLocked = true })
                        end
                        """
                ),
                ScriptFunction(
                    name: "delete",
                    parameters: [path, options],
                    summary: "Deletes what is at a path.",
                    errors: refusals + lateness,
                    example: """
                        local group = graph.groups:list { top = 1 }.value[1]
                        for conversation in graph.groups[group.id].conversations:each() do
                          graph.delete("/groups/" .. group.id .. "/conversations/" .. conversation.id)
                        end
                        """
                ),
                GraphBatch.function,
            ],
            values: [ScriptField("groups", "graph.groups", summary: "The groups; `graph.groups[id]` is one of them.")],
            classes: GraphResource.classes + GraphBatch.classes,
            primitives: [
                ScriptPrimitive(
                    "graph.request",
                    .waiting { context, json throws(HostError) in
                        let call = try GraphCall(json)
                        return try await call.perform(in: context)
                    }
                ),
                ScriptPrimitive(
                    "graph.exchange",
                    .waiting { context, json throws(HostError) in
                        let call = try GraphCall(json)
                        return try await call.exchange(in: context)
                    }
                ),
            ],
            lua: graphResources + GraphBatch.lua
        )
    }()

    private static let refusals = [
        ScriptErrorCode("Graph's own code", if: "Graph refuses; `status` has the HTTP status"),
        ScriptErrorCode("noAnswer", if: "no answer came; `retryable` says whether nothing has happened"),
    ]
    private static let lateness = [
        ScriptErrorCode("timeout", if: "no answer came in the time that the options give")
    ]

    private static let graphResources = """
        local host, globals, internal = ...
        local fail = internal.fail
        local request = host["graph.request"]

        -- What may stand behind an item of each collection, and what can be done with either.
        \(GraphResource.lua)
        local nodes = setmetatable({}, { __mode = "k" })   -- node → { path = {segments}, kind =, item = }

        local function options_of(place, options)
          if options == nil then return {} end
          if type(options) ~= "table" then fail("badArgument", place .. ": options must be a table, as in { top = 50 }") end
          for name in next, options do
            local known = false
            for _, option in ipairs(option_names) do known = known or option == name end
            if not known then
              fail("badArgument", place .. " has no option '" .. tostring(name) .. "'" .. internal.hint(name, option_names))
            end
          end
          return options
        end

        local function node_of(self, place)
          local node = nodes[self]
          if not node then fail("badArgument", place .. " is called with a colon: resource:" .. place .. "(…)") end
          return node
        end

        local function with(path, segment)
          local copy = table.move(path, 1, #path, 1, {})
          copy[#copy + 1] = segment
          return copy
        end

        local function body_of(place, body)
          if type(body) ~= "table" then
            fail("badArgument", place .. " needs a body as a table, as in " .. place .. " { … }")
          end
          return body
        end

        local function key_of(place, options)
          if options == nil then return {} end
          internal.check(place .. ": options", {
            name = "options", kinds = { "table" }, optional = true,
            fields = {
                { name = "key", kinds = { "string" }, optional = true },
                { name = "timeout", kinds = { "number" }, optional = true },
              },
          }, options)
          return { key = options.key, timeout = options.timeout }
        end

        local methods = {}
        function methods.list(self, options)
          return request("GET", node_of(self, "list").path, false, options_of("list", options))
        end
        function methods.each(self, options)
          local node = node_of(self, "each")
          local page = request("GET", node.path, false, options_of("each", options))
          local i = 0
          return function()
            while page do
              i = i + 1
              local item = page.value[i]
              if item ~= nil then return item end
              local link = page["@odata.nextLink"]
              page, i = link and request("GET", link, false, {}), 0
            end
          end
        end
        function methods.get(self, options)
          return request("GET", node_of(self, "get").path, false, options_of("get", options))
        end
        function methods.create(self, body, options)
          local node = node_of(self, "create")
          return request("POST", node.path, body_of("create", body), key_of("create", options))
        end
        function methods.update(self, body, options)
          local node = node_of(self, "update")
          return request("PATCH", node.path, body_of("update", body), key_of("update", options))
        end
        function methods.delete(self, options)
          return request("DELETE", node_of(self, "delete").path, false, key_of("delete", options))
        end
        function methods.reply(self, body, options)
          local node = node_of(self, "reply")
          return request("POST", with(node.path, "reply"), body_of("reply", body), key_of("reply", options))
        end
        function methods.forward(self, body, options)
          local node = node_of(self, "forward")
          return request("POST", with(node.path, "forward"), body_of("forward", body), key_of("forward", options))
        end

        local meta = { __metatable = false, __name = "resource" }
        local function new(path, kind, item)
          local node = setmetatable({}, meta)
          nodes[node] = { path = path, kind = kind, item = item }
          return node
        end

        local function contains(list, name)
          for _, candidate in ipairs(list) do
            if candidate == name then return true end
          end
          return false
        end

        function meta.__index(self, name)
          local node = nodes[self]
          local resource = resources[node.kind]
          if type(name) ~= "string" or name == "" then
            fail("badArgument", node.kind .. "[…] needs an id, which is text, not " .. (name == nil and "nothing" or type(name)))
          end
          if not node.item then
            if contains(resource.collection, name) then return methods[name] end
            return new(with(node.path, name), node.kind, true)
          end
          if contains(resource.item, name) then return methods[name] end
          if contains(resource.children, name) then return new(with(node.path, name), name, false) end
          local names = table.move(resource.children, 1, #resource.children, #resource.item + 1,
            table.move(resource.item, 1, #resource.item, 1, {}))
          fail("badArgument", "an item of " .. node.kind .. " has no '" .. name .. "'" .. internal.hint(name, names)
            .. "; it has " .. table.concat(names, ", "))
        end
        function meta.__newindex()
          fail("badArgument", "a resource cannot be assigned to; use create or update")
        end
        function meta.__tostring(self)
          return "/" .. table.concat(nodes[self].path, "/")
        end

        internal.modules.graph = {
          value = { groups = new({ "groups" }, "groups", false) },
          get = function(path) return request("GET", path, false, {}) end,
          post = function(path, body, options) return request("POST", path, body or {}, key_of("graph.post", options)) end,
          patch = function(path, body, options) return request("PATCH", path, body or {}, key_of("graph.patch", options)) end,
          delete = function(path, options) return request("DELETE", path, false, key_of("graph.delete", options)) end,
        }
        """
}
