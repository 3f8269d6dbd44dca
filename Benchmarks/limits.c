// What the sandbox, the limits and the accounting of memory cost a script that makes no host call: the same script under
// the shim, watched as in production, and in a stock Lua state with the stock libraries. Processor time of the thread.
#include "lua_pair.h"

static const struct {
    const char *row, *what, *source;
} scripts[] = {
    {"limits.loop", "arithmetic in a loop",
     "local x = 0 for i = 1, 6000000 do x = (x * 31 + i) % 65521 end assert(x >= 0)"},
    {"limits.calls", "calls, fib(27)",
     "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end assert(fib(27) == 196418)"},
    {"limits.strings", "strings: gsub, format and concat",
     "local names = { 'Adele Vance', 'Alex Wilber', 'Megan Bowen', 'Nestor Wilke' }\n"
     "local parts = {}\n"
     "for i = 1, 15000 do\n"
     "  local name = names[i % 4 + 1]\n"
     "  local line = string.format('<p>Hello %s, your number is %d of %.2f</p>', name, i, i / 7)\n"
     "  line = line:gsub('<(%a)>', '[%1]'):gsub('number', 'place')\n"
     "  parts[i % 100 + 1] = line:upper():sub(1, 40) .. ':' .. i\n"
     "  if i % 100 == 0 then assert(#table.concat(parts, '\\n') > 1000) end\n"
     "end"},
    {"limits.tables", "tables made and dropped",
     "local kept = {}\n"
     "for i = 1, 60000 do\n"
     "  kept[i % 500 + 1] = { id = i, name = 'Contoso', tags = { 'a', 'b', i }, at = { x = i, y = -i } }\n"
     "end\n"
     "local sum = 0\n"
     "for round = 1, 20 do for _, t in ipairs(kept) do sum = sum + t.id + #t.tags + t.at.y end end\n"
     "assert(sum == 20 * 500 * 3)"},
    {"limits.sort", "30,000 numbers filled in and sorted",
     "local t, x = {}, 42\n"
     "for i = 1, 30000 do x = (x * 1103515245 + 12345) % 2147483648 t[i] = x end\n"
     "table.sort(t) for i = 2, #t do assert(t[i - 1] <= t[i]) end"},
};

int main(void) {
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        lua_pair pair = open_pair(NULL, NULL);
        shim_setup(pair.vm, "local host, globals = ...");
        samples s = alternate(pair, scripts[i].source, scripts[i].source, 1);
        print_result(scripts[i].row, scripts[i].what, unit_seconds, "lua5.4", &s);
    }
    return 0;
}
