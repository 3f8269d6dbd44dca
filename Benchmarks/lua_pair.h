// A script's state under the shim, watched as in production, and a stock Lua state beside it in the same process.
#pragma once
#include "CLuaShim.h"
#include "harness.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <unistd.h>

// How often Herald's watchdog looks.
#define WATCH_MICROSECONDS 5000

typedef struct {
    shim_vm *vm;
    lua_State *L;
} lua_pair;

static inline void *watch(void *vm) {
    for (;;) {
        usleep(WATCH_MICROSECONDS);
        shim_watch(vm);
    }
    return NULL;
}

static inline shim_answer_kind nothing(void *context, int32_t function, int32_t task, const uint8_t *arguments,
                                       size_t length) {
    (void)context, (void)function, (void)task, (void)arguments, (void)length;
    return shim_answer_nothing;
}

static inline shim_answer_kind no_scalar(void *context, int32_t function, const shim_scalar *arguments, int32_t count,
                                         shim_scalar *answer) {
    (void)context, (void)function, (void)arguments, (void)count, (void)answer;
    return shim_answer_nothing;
}

static inline void cancel(void *context, int32_t task) { (void)context, (void)task; }

/// Opens both; what the shim's state calls is given, or does nothing. They live as long as the process.
static inline lua_pair open_pair(shim_call call, shim_scalar_call call_scalars) {
    shim_host host = {.call = call ? call : nothing, .call_scalars = call_scalars ? call_scalars : no_scalar, .cancel = cancel};
    shim_limits limits = {.memory = 64 << 20, .cpu = 2000000000, .json = 8 << 20};
    lua_pair pair = {.vm = shim_open(limits, host), .L = luaL_newstate()};
    if (!pair.vm || !pair.L) fail("no memory for a Lua state");
    luaL_openlibs(pair.L);
    pthread_t thread;
    if (pthread_create(&thread, NULL, watch, pair.vm) != 0) fail("no thread for the watchdog");
    pthread_detach(thread);
    return pair;
}

static inline void check_shim(shim_vm *vm, shim_status status) {
    if (status == shim_status_done) return;
    size_t n;
    const uint8_t *text = shim_text(vm, &n);
    fail("the shim: status %d, end %d: %.*s", (int)status, (int)shim_ended(vm), (int)n, (const char *)text);
}

/// Runs a trusted chunk under the shim, with `host, globals, internal` as its arguments.
static inline void shim_setup(shim_vm *vm, const char *source) {
    check_shim(vm, shim_prelude(vm, "=[herald]", (const uint8_t *)source, strlen(source)));
}

/// Processor time of this thread for a script under the shim, in seconds.
static inline double time_shim(shim_vm *vm, const char *source) {
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);
    shim_status status = shim_run(vm, "@bench.lua", (const uint8_t *)source, strlen(source));
    double end = seconds(CLOCK_THREAD_CPUTIME_ID);
    check_shim(vm, status);
    return end - start;
}

/// Processor time of this thread for a script in the stock state, in seconds.
static inline double time_stock(lua_State *L, const char *source) {
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);
    int status = luaL_loadbufferx(L, source, strlen(source), "@bench.lua", "t");
    if (status == LUA_OK) status = lua_pcall(L, 0, 0, 0);
    double end = seconds(CLOCK_THREAD_CPUTIME_ID);
    if (status != LUA_OK) fail("lua: %s", lua_tostring(L, -1));
    return end - start;
}

/// Alternates a script under the shim with one in the stock state; each figure is the time of one of `count` parts, in
/// seconds. Each goes first in every other round.
static inline samples alternate(lua_pair pair, const char *ours, const char *peer, double count) {
    samples s = {0};
    time_shim(pair.vm, ours);
    time_stock(pair.L, peer);
    for (int i = 0, n = rounds(21); i < n; i++) {
        double a = 0, b = 0;
        if (i % 2 == 0) a = time_shim(pair.vm, ours);
        b = time_stock(pair.L, peer);
        if (i % 2 == 1) a = time_shim(pair.vm, ours);
        add_sample(&s, a / count, b / count);
    }
    return s;
}

/// Whether lua-cjson is there; it becomes the global `cjson` of the stock state.
static inline bool open_cjson(lua_State *L) {
    if (luaL_dostring(L, "cjson = require 'cjson'") == LUA_OK) return true;
    lua_settop(L, 0);
    return false;
}

/// The sample conversation as a Lua table: Graph's own example, 238 bytes of JSON.
#define SAMPLE_CONVERSATION                                                                                     \
    "{ topic = 'Take your wellness days and rest', threads = { { posts = { { "                                  \
    "body = { contentType = 'html', content = 'Contoso cares about you: Rest and Recharge' }, "                 \
    "newParticipants = { { emailAddress = { name = 'Adele Vance', address = 'AdeleV@contoso.com' } } } "        \
    "} } } } }"
