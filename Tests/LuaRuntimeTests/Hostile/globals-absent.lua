-- vector: libraries and functions that open the sandbox
-- row: dofile, loadfile, require, package, io, debug, warn, print, os.execute, os.exit, os.getenv, os.remove, os.rename, os.tmpname, os.setlocale, string.dump
-- expect: done
for _, name in ipairs { "io", "debug", "package", "require", "dofile", "loadfile", "loadstring", "module", "setfenv", "getfenv", "unpack", "newproxy", "warn", "print", "arg", "bit32", "jit", "ffi" } do
  assert(rawget(_G, name) == nil, name)
end
for _, name in ipairs { "execute", "exit", "getenv", "remove", "rename", "tmpname", "setlocale" } do assert(os[name] == nil, name) end
for _, name in ipairs { "pow", "cosh", "ldexp", "frexp", "log10" } do assert(math[name] == nil, name) end
for _, name in ipairs { "os", "io", "debug", "package" } do assert(not pcall(function() return require(name) end)) end
