local function text()
  local s = ""
  for _ = 1, random(8) - 1 do s = s .. char_of[random(#char_of)] end
  return s
end
char_of = { "a", "Z", "é", "\0", "\255", " ", "\n", "9", "%", "\\", '"', "\r", "\127", "abc" }

local named = setmetatable({}, { __tostring = function() return "an object" end })
local long_named = setmetatable({}, { __tostring = function() return ("long "):rep(40) end })
local bad_named = setmetatable({}, { __tostring = function() return {} end })
local values = table.pack(nil, true, false, 0, 1, -1, 42, 65, 255, 256, 1.0, 1.5, -0.0, 1e15, 1e100, 2^53, 2^63, -2^63, 0.1, 1/3, 5e-324, 1/0, -1/0, 0/0,
  math.maxinteger, math.mininteger, "", "a", "text", "10", "0x1F", "1e2", " 7 ", "1.5", "with\0zero", "line\nbreak", 'quo"te\\', ("x"):rep(99),
  ("x"):rep(100), ("x"):rep(150), "\1\0012\200", "\r\t1", named, long_named, bad_named)

local function specification()
  local r = random(30)
  if r == 1 then return pick { "%", "%%", "%y", "%5", "%-", "%.", "%5.", "%.%", "%\0", "%10q", "%-q", "%.3c", "%#c", "%l", "%hd", "%n", "%F", "%123d", "%.123f",
    "%------d", "%0005d", "%+s", "% s", "%#d", "%+x", "% u", "%u", "%0s", "%.0s", "%5.s", "%.f", "%#.0f", "%005d", "%-+ #0d", "%-+ #00d", "%1$d" } end
  local flags = ""
  if random(3) == 1 then for _ = 1, random(3) do flags = flags .. pick { "-", "+", " ", "#", "0" } end end
  local width = random(3) == 1 and pick { "1", "5", "9", "20", "99", "100" } or ""
  local precision = random(4) == 1 and pick { ".", ".0", ".1", ".3", ".10", ".20", ".99", ".100" } or ""
  if random(4) > 1 then flags = flags:sub(1, 1) end
  return "%" .. flags .. width .. precision .. pick { "d", "i", "c", "o", "x", "X", "a", "A", "e", "E", "f", "g", "G", "q", "s", "s", "s", "d", "u" }
end

local functions = {
  format = function(...) return (string.format(...)) end,
  ["s:format"] = function(s, ...) return (s:format(...)) end,
  rep = function(...) return (string.rep(...)) end,
  ["s:rep"] = function(s, ...) return (s:rep(...)) end,
  upper = function(...) return (string.upper(...)) end,
  lower = function(...) return (string.lower(...)) end,
  reverse = function(...) return (string.reverse(...)) end,
  ["s:upper"] = function(s, ...) return (s:upper(...)) end,
  ["s:reverse"] = function(s, ...) return (s:reverse(...)) end,
}

local counts = table.pack(-1, 0, 1, 2, 3, 5, 9, 2.0, 1.5, "3", "x", "", nil, true, {}, math.mininteger, 1/0, -2^63, 2^53)

local function call(name, arguments) try(name, functions[name], arguments) end

for _ = 1, CASES do
  local r = random(10)
  if r <= 6 then
    local format, arguments = "", { n = 1 }
    for _ = 1, random(3) do
      format = format .. pick { "", "", "a", "é ", "\0", "%%" } .. specification()
      arguments.n = arguments.n + 1
      arguments[arguments.n] = pick_value(values)
    end
    arguments[1] = random(80) == 1 and pick_value(odd) or format
    if random(12) == 1 then arguments.n = arguments.n - 1 end
    call(type(arguments[1]) == "string" and pick { "format", "s:format" } or "format", arguments)
  elseif r <= 8 then
    local arguments = shorten { n = random(3) == 1 and 3 or 2, random(30) == 1 and pick_value(odd) or text(), pick_value(counts), random(3) == 1 and text() or pick_value(odd) }
    if arguments[1] == "" and arguments[2] == 2^53 then arguments[2] = 4 end -- stock Lua would loop in it
    if type(arguments[1]) ~= "string" or random(2) == 1 then call("rep", arguments) else call("s:rep", arguments) end
  else
    local arguments = shorten { n = random(2), random(20) == 1 and pick_value(odd) or text(), pick_value(odd) }
    local name = pick { "upper", "lower", "reverse", "s:upper", "s:reverse" }
    if type(arguments[1]) ~= "string" then name = pick { "upper", "lower", "reverse" } end
    call(name, arguments)
  end
end
finish()
