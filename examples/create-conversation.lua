-- Creates one conversation, as Graph's own documentation does: "Take your wellness days and rest", with Adele Vance as
-- a new participant.
--
--   scripts/run examples/create-conversation.lua [GROUP-ID]

local group = graph.groups[args[1] or "29981b6a-0e57-42dc-94c9-cd24f5306196"]

local conversation = group.conversations:create {
  topic = "Take your wellness days and rest",
  threads = { {
    posts = { {
      body = html "Contoso cares about you: Rest and Recharge",
      newParticipants = {
        { emailAddress = { name = "Adele Vance", address = "AdeleV@contoso.example" } },
      },
    } },
  } },
}

print("conversation", conversation.id)
print("topic", conversation.topic)
for thread in group.conversations[conversation.id].threads:each() do
  print("thread", thread.id, "preview", thread.preview)
end
