-- vector: an error with a message of 1 MB
-- row: error
-- expect: error xxxxxxxx
error(("x"):rep(1 << 20))
