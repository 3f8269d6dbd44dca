-- Announces the wellness days to every group of groups.csv: one conversation in each, once, however often this runs.
--
--   scripts/run examples/announce.lua

local result = announce {
  name  = "wellness-2026",
  to    = csv.read "groups.csv",
  topic = "Take your wellness days and rest",
  body  = html [[
<p>Hello {{displayName}},</p>
<p>Contoso cares about you: rest and recharge. Your two wellness days for this quarter are booked in your calendar;
move them if they do not suit you, but do take them.</p>
]],
}

log.info("%d groups announced, %d had it already, %d failed", result.sent, result.already, result.failed)
