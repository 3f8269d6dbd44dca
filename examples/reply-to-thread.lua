-- Replies in the newest thread of a group; where there is none yet, it starts one first.
--
--   scripts/run examples/reply-to-thread.lua [GROUP-ID]

local group = graph.groups[args[1] or "29981b6a-0e57-42dc-94c9-cd24f5306196"]

local thread = group.threads:list { top = 1 }.value[1]
if not thread then
  thread = group.threads:create {
    topic = "Which week suits you?",
    posts = { { body = text "Please say which week you would like to take off." } },
  }
end

group.threads[thread.id]:reply {
  post = { body = html "<p>Thank you all. We will publish the plan on Monday.</p>" },
}

print(thread.topic)
for post in group.threads[thread.id].posts:each() do
  print("", post.receivedDateTime, post.from.emailAddress.name)
end
