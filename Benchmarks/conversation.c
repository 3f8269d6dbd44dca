// The sample conversation's whole way in and out of a script: a Lua table, its bytes, the model that Swift reads from them,
// the bytes that Swift writes of it, and a Lua table again, in one host call. Beside it lua-cjson's encoding and decoding of
// the same table, which checks less and has no model in between. Processor time of the thread.
#include "lua_pair.h"

/// In model/RoundTrip.swift.
long model_round_trip(const uint8_t *bytes, long length, uint8_t *into, long room);

static shim_vm *vm;
static long last_length;

static shim_answer_kind host(void *context, int32_t function, int32_t task, const uint8_t *arguments, size_t length) {
    (void)context, (void)function, (void)task;
    static uint8_t answer[4096];
    // The arguments are a JSON array: here of the conversation alone.
    last_length = model_round_trip(arguments + 1, (long)length - 2, answer, sizeof answer);
    if (last_length < 0) fail("the model refused the conversation");
    return shim_answer(vm, shim_answer_value, answer, (size_t)last_length);
}

#define TURNS 20000
#define LOOP(call) "local c = " SAMPLE_CONVERSATION " for i = 1, 20000 do local d = " call " end"

int main(void) {
    lua_pair pair = open_pair(host, NULL);
    vm = pair.vm;
    check_shim(vm, shim_register(vm, "way", 0, shim_form_json));
    shim_setup(pair.vm, "local host, globals = ... globals.way = host.way");
    if (!open_cjson(pair.L)) {
        print_note("the sample conversation through the model: left out, for lua-cjson is not installed");
        return 0;
    }
    time_shim(pair.vm, "local c = way(" SAMPLE_CONVERSATION ")\n"
                       "assert(c.threads[1].posts[1].newParticipants[1].emailAddress.address == 'AdeleV@contoso.com')");
    samples s = alternate(pair, LOOP("way(c)"), LOOP("cjson.decode(cjson.encode(c))"), TURNS);
    char what[120];
    snprintf(what, sizeof what, "sample conversation: table, bytes, model, bytes, table (%ld bytes)", last_length);
    print_result("json.model", what, unit_seconds, "lua-cjson encode and decode", &s);
    return 0;
}
