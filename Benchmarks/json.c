// JSON in a script beside lua-cjson, in bytes a second: encoding and decoding of the sample conversation, of a document of about 400 KB, and
// of numbers that need all their digits. Processor time of the thread.
//
// What runs is what `json.encode` and `json.decode` call once their arguments are checked. Both sides get the same tables
// and the same text, which the shim has encoded. lua-cjson writes numbers with 14 digits, Herald with all that they need.
#include "lua_pair.h"

// A page of conversations, as Graph lists them.
#define DOCUMENT                                                                                                       \
    "local names = { 'Adele Vance', 'Alex Wilber', 'Jos\xC3\xA9 \xC3\x81lvarez', '\xE5\xB1\xB1\xE7\x94\xB0\xE8\x8A\xB1\xE5\xAD\x90' }\n" \
    "document = { ['@odata.count'] = 900, value = {} }\n"                                                              \
    "for i = 1, 900 do\n"                                                                                              \
    "  document.value[i] = {\n"                                                                                        \
    "    id = string.format('C%025d', i * 7919), topic = 'Take your wellness days and rest, part ' .. i,\n"            \
    "    hasAttachments = i % 3 == 0, lastDeliveredDateTime = '2026-01-15T08:30:00Z', size = i * 1234567,\n"           \
    "    uniqueSenders = { names[i % 4 + 1], names[(i + 1) % 4 + 1] },\n"                                              \
    "    preview = 'Contoso cares about you: \"Rest & Recharge\"\\r\\nTwo days are booked in your calendar.',\n"       \
    "    threads = { { isLocked = false, posts = { { score = i / 4, emailAddress = { name = names[i % 4 + 1],\n"       \
    "      address = 'person' .. i .. '@contoso.com' } } } } },\n"                                                     \
    "  }\n"                                                                                                            \
    "end\n"
#define FLOATS "document = {} for i = 1, 1000 do document[i] = math.sin(i) * 1000 end\n"

static size_t document_bytes;
static char *document;

// The arguments of a host call are a JSON array: here of the document alone.
static shim_answer_kind take(void *context, int32_t function, int32_t task, const uint8_t *arguments, size_t length) {
    (void)context, (void)function, (void)task;
    document_bytes = length - 2;
    document = malloc(document_bytes);
    if (!document) fail("no memory");
    memcpy(document, arguments + 1, document_bytes);
    return shim_answer_nothing;
}

// Bytes of JSON a second.
static samples rate(samples times) {
    for (int i = 0; i < times.count; i++) {
        times.ours[i] = (double)document_bytes / times.ours[i];
        times.peer[i] = (double)document_bytes / times.peer[i];
    }
    return times;
}

static void measure(const char *row, const char *what, const char *setup, int turns) {
    lua_pair pair = open_pair(take, NULL);
    check_shim(pair.vm, shim_register(pair.vm, "take", 0, shim_form_json));
    shim_setup(pair.vm, "local host, globals, internal = ...\n"
                        "globals.encode, globals.decode, globals.take = internal.encode, internal.decode, host.take");
    if (!open_cjson(pair.L)) {
        print_note("json: left out, for lua-cjson is not installed");
        exit(0);
    }
    char source[4096];
    snprintf(source, sizeof source, "%s text = encode(document) take(document)", setup);
    time_shim(pair.vm, source);
    if (luaL_dostring(pair.L, setup) != LUA_OK) fail("lua: %s", lua_tostring(pair.L, -1));
    lua_pushlstring(pair.L, document, document_bytes);
    lua_setglobal(pair.L, "text");
    free(document);

    static const struct {
        const char *verb, *ours, *peer;
    } ways[] = {
        {"encode", "local f, x = encode, document for i = 1, %d do f(x) end",
         "local f, x = cjson.encode, document for i = 1, %d do f(x) end"},
        {"decode", "local f, x = decode, text for i = 1, %d do f(x) end",
         "local f, x = cjson.decode, text for i = 1, %d do f(x) end"},
    };
    for (int i = 0; i < 2; i++) {
        char ours[128], peer[128], name[64], text[128];
        snprintf(ours, sizeof ours, ways[i].ours, turns);
        snprintf(peer, sizeof peer, ways[i].peer, turns);
        samples s = rate(alternate(pair, ours, peer, turns));
        snprintf(name, sizeof name, "json.%s.%s", row, ways[i].verb);
        snprintf(text, sizeof text, "%s, %s (%zu bytes)", ways[i].verb, what, document_bytes);
        print_result(name, text, unit_byte_rate, "lua-cjson", &s);
    }
}

int main(void) {
    measure("sample", "the sample conversation", "document = " SAMPLE_CONVERSATION, 10000);
    measure("page", "a page of conversations", DOCUMENT, 8);
    measure("floats", "1,000 numbers with all digits", FLOATS, 20);
    return 0;
}
