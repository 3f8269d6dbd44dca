-- Writes the conversations of all groups, or of the groups that are named, to standard output as CSV.
--
--   scripts/run examples/export-conversations.lua > conversations.csv
--   scripts/run examples/export-conversations.lua 29981b6a-0e57-42dc-94c9-cd24f5306196

local wanted = {}
for _, id in ipairs(args) do wanted[id:lower()] = true end

local columns = { "group", "conversation", "topic", "lastDeliveredDateTime", "uniqueSenders", "preview" }
csv.write({}, columns)
for group in graph.groups:each { top = 100, select = "id,displayName" } do
  if #args == 0 or wanted[group.id] then
    local rows = {}
    for conversation in graph.groups[group.id].conversations:each { top = 100 } do
      rows[#rows + 1] = {
        group.displayName, conversation.id, conversation.topic, conversation.lastDeliveredDateTime,
        conversation.uniqueSenders, conversation.preview,
      }
    end
    if #rows > 0 then csv.write(rows) end
  end
end
