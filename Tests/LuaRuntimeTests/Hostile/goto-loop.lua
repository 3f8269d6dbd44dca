-- vector: a loop by goto
-- expect: cpu
::again::
goto again
