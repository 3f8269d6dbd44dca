-- vector: a host call with many arguments, and none
-- expect: done
assert(#echo(table.unpack({}, 1, 10000)) == 10000)
assert(echo() == nil and echo(nil) ~= nil and emit() == nil)
