-- vector: an error without a value
-- row: error
-- expect: error the error value is a nil
error()
