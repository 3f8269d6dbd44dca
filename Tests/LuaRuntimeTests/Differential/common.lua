-- What the generators of cases share. SEED and CASES are set before; the same seed gives the same cases in any Lua.
local state = SEED * 2654435761 + 12345
local pcall, type, tostring, select, next, floor = pcall, type, tostring, select, next, math.floor
local byte, char, pack, unpack = string.byte, string.char, table.pack, table.unpack

function random(n)
  state = state * 6364136223846793005 + 1442695040888963407
  return (state >> 33) % n + 1
end

function pick(list) return list[random(#list)] end

-- One of the values of a list that may hold nil; `n` is its length.
function pick_value(values) return values[random(values.n)] end

local shown = {}
for c = 0, 255 do
  local digits = "0123456789abcdef"
  local high, low = c // 16 + 1, c % 16 + 1
  shown[c] = c >= 32 and c < 127 and c ~= 92 and char(c) or "\\" .. digits:sub(high, high) .. digits:sub(low, low)
end

function show(value)
  local kind = type(value)
  if kind == "string" then
    local text = '"'
    for i = 1, #value do text = text .. shown[byte(value, i)] end
    return text .. '"'
  elseif kind == "table" then
    local text = "{"
    for i = -2, 12 do
      local element = rawget(value, i)
      if element ~= nil then text = text .. i .. "=" .. show(element) .. " " end
    end
    return text .. (rawget(value, "n") and "n=" .. tostring(value.n) or "") .. "}"
  elseif kind == "number" or kind == "boolean" or kind == "nil" then
    return tostring(value)
  end
  return kind
end

local out, held = "", 0
function say(line)
  out = out .. line .. "\n"
  held = held + 1
  if #out > 8000 then
    emit(out)
    out = ""
  end
end

function finish()
  emit(out)
  out = ""
end

local function show_all(values, from)
  local text = ""
  for i = from, values.n do text = text .. " " .. show(values[i]) end
  return text
end

-- Calls `f` and says what it was given, what it gave or raised, and how the arguments look now.
function try(name, f, arguments)
  local before = show_all(arguments, 1)
  local results = pack(pcall(f, unpack(arguments, 1, arguments.n)))
  local line = name .. before .. (results[1] and " ->" or " !!") .. show_all(results, 2)
  local after = show_all(arguments, 1)
  if after ~= before then line = line .. " now" .. after end
  say(line)
end

-- How many arguments a call gets: mostly all, sometimes fewer.
function shorten(arguments)
  if random(40) == 1 then arguments.n = random(arguments.n + 1) - 1 end
  return arguments
end

-- Arguments of a wrong type or an odd value.
odd = pack(nil, true, false, {}, next, "x", "10", "0x10", " 5 ", "1e1", 1.5, 2.0, -1, 0, 1, 2^53, -2^63, 2^63, 1/0, -1/0, 0/0,
  math.maxinteger, math.mininteger, math.maxinteger - 1, math.mininteger + 1, "", "\0")
