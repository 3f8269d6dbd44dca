// The cost of a host call: a script's call into the host and back, through the shim. Processor time of the thread.
//
// With no argument and with one integer, which crosses as it is, it stands beside a plain C function that is registered in
// stock Lua; with the sample conversation, which crosses as JSON, beside lua-cjson's encoding of the same table, which
// crosses nothing.
#include "lua_pair.h"

enum { function_empty, function_integer, function_conversation };

static size_t conversation_bytes;
static int64_t sum;

static shim_answer_kind take(void *context, int32_t function, int32_t task, const uint8_t *arguments, size_t length) {
    (void)context, (void)function, (void)task, (void)arguments;
    conversation_bytes = length - 2;
    return shim_answer_nothing;
}

static shim_answer_kind take_scalars(void *context, int32_t function, const shim_scalar *arguments, int32_t count,
                                     shim_scalar *answer) {
    (void)context, (void)answer;
    if (function == function_integer && count == 1 && arguments[0].kind == shim_scalar_integer) sum += arguments[0].integer;
    return shim_answer_none;
}

static int plain_empty(lua_State *L) {
    (void)L;
    return 0;
}

static int plain_integer(lua_State *L) {
    sum += luaL_checkinteger(L, 1);
    return 0;
}

#define CALLS 1000000
#define TEN(call) call call call call call call call call call call
// Ten calls a turn, so that the loop itself does not count.
#define EMPTY "local f = empty for i = 1, 100000 do " TEN("f() ") "end"
#define INTEGER "local f = integer for i = 10001, 110000 do " TEN("f(i) ") "end"
#define CONVERSATIONS 20000
#define CONVERSATION(function) "local f, c = " function ", " SAMPLE_CONVERSATION " for i = 1, 2000 do " TEN("f(c) ") "end"

int main(void) {
    lua_pair pair = open_pair(take, take_scalars);
    check_shim(pair.vm, shim_register(pair.vm, "empty", function_empty, shim_form_bare));
    check_shim(pair.vm, shim_register(pair.vm, "integer", function_integer, shim_form_scalars));
    check_shim(pair.vm, shim_register(pair.vm, "conversation", function_conversation, shim_form_json));
    shim_setup(pair.vm, "local host, globals = ... for name, f in next, host do globals[name] = f end");
    lua_register(pair.L, "empty", plain_empty);
    lua_register(pair.L, "integer", plain_integer);

    samples s = alternate(pair, EMPTY, EMPTY, CALLS);
    print_result("call.empty", "host call, no argument", unit_seconds, "plain C function in lua5.4", &s);
    s = alternate(pair, INTEGER, INTEGER, CALLS);
    print_result("call.integer", "host call, one integer", unit_seconds, "plain C function in lua5.4", &s);
    if (!open_cjson(pair.L)) {
        print_note("host call with the sample conversation: left out, for lua-cjson is not installed");
        return 0;
    }
    s = alternate(pair, CONVERSATION("conversation"), CONVERSATION("cjson.encode"), CONVERSATIONS);
    char what[80];
    snprintf(what, sizeof what, "host call, the sample conversation (%zu bytes)", conversation_bytes);
    print_result("call.conversation", what, unit_seconds, "lua-cjson encode", &s);
    return 0;
}
