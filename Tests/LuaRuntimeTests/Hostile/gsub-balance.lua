-- vector: %b and %f over a text that is never balanced
-- row: string.gsub
-- expect: cpu
(("("):rep(1 << 20)):gsub("%b()", "")
