-- vector: an error with control bytes, escape sequences and broken UTF-8
-- row: error
-- expect: error a
error("a\27[2J\0\8\127\255\xed\xa0\x80\r")
