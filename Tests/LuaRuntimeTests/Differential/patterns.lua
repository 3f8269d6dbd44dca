local function random_text(alphabet, most)
  local text = ""
  for _ = 1, random(most + 1) - 1 do text = text .. pick(alphabet) end
  return text
end

local alphabets = {
  { "a", "b", "c" }, { "a", "b" }, { "a", "b", "(", ")", "[", "]", " ", "1" },
  { "word", "Name", " ", ", ", "12", "3.5", "-", "_", "=", "\n", "\t" },
  { "\0", "a", "\255", "\128", "^", "$", "%", ".", "é", "Z", "]" },
}

local function subject() return random_text(pick(alphabets), 14) end

local letters = { "a", "b", "c", "1", " ", "w", "%%", "%.", "%(", "%]", "=", "\0", "\255", "^", "]", "}" }
local classes = {
  "%a", "%d", "%s", "%w", "%p", "%u", "%l", "%x", "%c", "%g", "%A", "%D", "%S", "%W", "%P", "%U", "%L", "%X", "%C", "%G", ".", ".", ".",
}
local sets = {
  "[abc]", "[^abc]", "[a-c]", "[^a-b]", "[%a_]", "[%d.]", "[a-]", "[-a]", "[]]", "[^]]", "[]a]", "[%]]", "[%]a]", "[a%-z]",
  "[%w%s]", "[^%s]", "[^%s,]", "[%%]", "[a-b-c]", "[^^]", "[^]", "[b^]", "[\0-\31]", "[\128-\255]", "[%a-z]", "[.]", "[(]", "[+*]",
}
local wild = {
  "(", ")", "[", "]", "%", "%1", "%2", "%0", "%9", "%b", "%b(", "%f", "%f[", "%fa", "[%", "[^", "[a", "[a-", "[]", "[%a", "%z", "%Z", "()", "$", "^",
  "*", "+", "-", "?", "%b\0a", "%f[^", "%y", "%\0", "\0", "[[:alpha:]]", "((", "))", "%b()", "%1*",
}

local captures
local function item(depth)
  local r = random(24)
  if r <= 8 then return pick(letters) .. pick { "", "", "", "*", "+", "-", "?" } end
  if r <= 13 then return pick(classes) .. pick { "", "", "*", "+", "-", "?" } end
  if r <= 17 then return pick(sets) .. pick { "", "", "*", "+", "-", "?" } end
  if r == 18 then return "()" end
  if r == 19 then return pick { "%b()", "%b[]", "%baa", "%bab" } end
  if r == 20 then return "%f" .. pick(sets) end
  if r == 21 then return pick { "%1", "%2" } end
  if depth > 2 then return pick(letters) end
  local text = "("
  for _ = 1, random(3) do text = text .. item(depth + 1) end
  return text .. ")"
end

local function pattern()
  local text = random(6) == 1 and "^" or ""
  if random(8) == 1 then return text .. random_text(letters, 3) end
  for _ = 1, random(4) do
    text = text .. (random(14) == 1 and pick(wild) or item(0))
  end
  if random(6) == 1 then text = text .. "$" end
  return text
end

local function as_argument(value)
  if random(60) == 1 then return pick_value(odd) end
  return value
end

local function start()
  if random(3) > 1 then return nil end
  if random(6) == 1 then return pick_value(odd) end
  return random(20) - 8
end

local function replacement()
  local r = random(9)
  if r <= 4 then
    return random_text({ "x", "<", ">", "%0", "%1", "%1", "%2", "%%", "%", "%a", "%9", "é", "\0" }, r == 1 and 6 or 3)
  elseif r == 5 then
    return { a = "A", b = false, c = 3, [""] = "-", ["1"] = {}, w = true, [1] = "one", [2] = 2.5, ["12"] = "dozen" }
  elseif r <= 7 then
    local values = { n = 7, "r", nil, false, 7, 2.5, "", "%1" }
    if random(5) == 1 then values[random(7)] = pick { true, {}, next } end
    local turn = 0
    return function(...)
      turn = turn + 1
      if turn % 5 == 0 and random(8) == 1 then error("in the callback") end
      return values[(turn + select("#", ...)) % 7 + 1]
    end
  elseif r == 8 then
    return pick { 12, 1.5, "" }
  end
  return pick_value(odd)
end

local functions = {
  find = function(...) return (pack_results(string.find(...))) end,
  match = function(...) return (pack_results(string.match(...))) end,
  gsub = function(...) return (pack_results(string.gsub(...))) end,
  ["s:find"] = function(s, ...) return (pack_results(s:find(...))) end,
  ["s:match"] = function(s, ...) return (pack_results(s:match(...))) end,
  ["s:gsub"] = function(s, ...) return (pack_results(s:gsub(...))) end,
  gmatch = function(...)
    local found, turns = {}, 0
    for a, b, c in string.gmatch(...) do
      turns = turns + 1
      found[turns] = show(a) .. show(b) .. show(c)
    end
    return table.concat(found, ";")
  end,
}

function pack_results(...)
  local text = ""
  for i = 1, select("#", ...) do text = text .. show((select(i, ...))) .. "," end
  return text
end

for _ = 1, CASES do
  local name = pick { "find", "find", "match", "match", "gmatch", "gsub", "gsub", "gsub", "s:find", "s:match", "s:gsub" }
  local s, p = subject(), pattern()
  if name:sub(1, 2) ~= "s:" then s = as_argument(s) end
  local arguments
  if name == "gsub" or name == "s:gsub" then
    arguments = { n = random(4) == 1 and 4 or 3, s, as_argument(p), replacement(), start() }
  elseif name == "gmatch" then
    arguments = { n = random(3) == 1 and 3 or 2, s, as_argument(p), start() }
  else
    arguments = { n = random(2) == 1 and 2 or 4, s, as_argument(p), start(), random(5) == 1 }
  end
  if name:sub(1, 2) ~= "s:" then shorten(arguments) end
  try(name, functions[name], arguments)
end

-- Depth: the error comes at the same place.
for depth = 180, 215 do
  for _, piece in ipairs { "a?", "a-", "(a", "a*", "%1", "()" } do
    try("deep " .. piece, function()
      local s = ("a"):rep(depth)
      return (pack_results(s:find(piece:rep(depth))))
    end, { n = 0 })
  end
end
try("many captures", function() return (pack_results(("a"):rep(40):match(("(a)"):rep(32)))) end, { n = 0 })
try("more captures", function() return (pack_results(("a"):rep(40):match(("(a)"):rep(33)))) end, { n = 0 })
try("many positions", function() return (pack_results(("a"):rep(40):match(("()"):rep(33)))) end, { n = 0 })
try("many open", function() return (pack_results(("b"):rep(40):match(("("):rep(33)))) end, { n = 0 })
for _, text in ipairs { "", "aaa", "abab", ("x"):rep(500) .. "y", ("ab"):rep(700) } do
  for _, p in ipairs { "x*", "x*y", "(x*)(y?)$", "a(.-)b", ".-y", "[^y]*", "%f[y]", "b-a", "()", "(ab)%1", "%w+", "" } do
    try("long " .. p, function()
      local result, count = text:gsub(p, "<%0>")
      return #result, count, (text:gsub(p, "")), pack_results(text:find(p))
    end, { n = 0 })
  end
end
finish()
