-- vector: an error object with fields of the wrong types
-- row: error
-- expect: error m
error({ message = "m", script = {}, line = -1, traceback = 5, code = function() end, status = 0 / 0, requestId = {}, kind = "done" })
