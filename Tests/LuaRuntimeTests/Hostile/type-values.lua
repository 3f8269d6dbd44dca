-- vector: type without a value, and of everything
-- row: type, _VERSION
-- expect: done
assert(not pcall(type) and type(nil) == "nil" and type(json.null) == "userdata" and type(coroutine.running()) == "thread")
assert(_VERSION == "Lua 5.4")
