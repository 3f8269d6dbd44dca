// What a script pays as it is run by `herald run`: the whole way of a host call, with the checks of its arguments in Lua and
// the host function in Swift. Beside it the same script in lua5.4, with what comes nearest there: os.time, lua-cjson.
//
//   script HERALD FOLDER
//
// The script measures itself by os.clock, processor time, and prints nanoseconds for each part. A script's os.clock counts
// hundredths of a second only, so each part takes more than half a second.
#define _GNU_SOURCE
#include "harness.h"

#include <unistd.h>

// Only what is called differs: `now`, `encode` and `decode` are the host's or stock Lua's.
static const char script[] =
    "local now, encode, decode = os.time, nil, nil\n"
    "if announce then\n"
    "  now, encode, decode = time.now, json.encode, json.decode\n"
    "else\n"
    "  local found, cjson = pcall(require, 'cjson')\n"
    "  if found then encode, decode = cjson.encode, cjson.decode end\n"
    "end\n"
    "local conversation = { topic = 'Take your wellness days and rest', threads = { { posts = { {\n"
    "  body = { contentType = 'html', content = 'Contoso cares about you: Rest and Recharge' },\n"
    "  newParticipants = { { emailAddress = { name = 'Adele Vance', address = 'AdeleV@contoso.com' } } },\n"
    "} } } } }\n"
    "local text = encode and encode(conversation)\n"
    "local function measure(count, f, x)\n"
    "  local start = os.clock()\n"
    "  for i = 1, count do f(x) end\n"
    "  print((os.clock() - start) * 1e9 / count)\n"
    "end\n"
    "measure(2000000, now)\n"
    "if encode then\n"
    "  measure(400000, encode, conversation)\n"
    "  measure(300000, decode, text)\n"
    "end\n";

static const char *const parts[][3] = {
    {"script.now", "in a script: time.now()", "os.time() in lua5.4"},
    {"script.encode", "in a script: json.encode of the sample conversation", "lua-cjson in lua5.4"},
    {"script.decode", "in a script: json.decode of the sample conversation", "lua-cjson in lua5.4"},
};
enum { part_count = sizeof parts / sizeof *parts };

// Runs the script once; gives how many parts it could measure.
static int run(const char *command, double *figures) {
    FILE *output = popen(command, "r");
    if (!output) fail("this cannot be run: %s", command);
    int n = 0;
    while (n < part_count && fscanf(output, "%lf", &figures[n]) == 1) n++;
    if (pclose(output) != 0 || n == 0) fail("this failed: %s", command);
    return n;
}

int main(int count, char **arguments) {
    if (count != 3) fail("usage: script HERALD FOLDER");
    if (chdir(arguments[2]) != 0) fail("there is no folder %s", arguments[2]);
    FILE *file = fopen("measure.lua", "w");
    if (!file || fputs(script, file) < 0 || fclose(file) != 0) fail("%s/measure.lua cannot be written", arguments[2]);
    if (system("command -v lua5.4 >/dev/null") != 0) {
        print_note("in a script: left out, for lua5.4 is not installed");
        return 0;
    }
    setenv("HERALD_HOME", "home", 1);
    char command[8192];
    snprintf(command, sizeof command, "exec '%s' run --quiet measure.lua", arguments[1]);

    samples figures[part_count] = {0};
    int common = part_count;
    for (int i = 0, n = rounds(7); i < n; i++) {
        double ours[part_count], peer[part_count];
        run(command, ours);
        common = run("exec lua5.4 measure.lua", peer);
        for (int part = 0; part < common; part++) add_sample(&figures[part], ours[part] * 1e-9, peer[part] * 1e-9);
    }
    for (int part = 0; part < common; part++)
        print_result(parts[part][0], parts[part][1], unit_seconds, parts[part][2], &figures[part]);
    if (common < part_count) print_note("json in a script: left out, for lua-cjson is not installed");
    return 0;
}
