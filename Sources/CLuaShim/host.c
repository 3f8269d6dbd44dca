// Host calls: functions of the host that a script may call.
#include "internal.h"

static void push_scalar(lua_State *L, const shim_scalar *scalar) {
    switch (scalar->kind) {
    case shim_scalar_boolean: lua_pushboolean(L, scalar->integer != 0); break;
    case shim_scalar_integer: lua_pushinteger(L, scalar->integer); break;
    case shim_scalar_number: lua_pushnumber(L, scalar->number); break;
    case shim_scalar_nothing:
    case shim_scalar_text: // has an answer of its own, which copies it
    case shim_scalar_other: lua_pushnil(L);
    }
}

static int take_answer(lua_State *L) {
    shim_vm *vm = VM(L);
    switch (vm->answer_kind) {
    case shim_answer_value:
        shim_decode(L, vm->answer.bytes, vm->answer.length, 0);
        shim_trim(&vm->answer);
        if (lua_touserdata(L, -1) == vm->null) lua_pushnil(L);
        return 1;
    case shim_answer_error:
        shim_decode(L, vm->answer.bytes, vm->answer.length, 0);
        shim_finish_error(L);
        return lua_error(L);
    case shim_answer_none: return 0;
    case shim_answer_text: lua_pushlstring(L, (const char *)vm->answer.bytes, vm->answer.length); return 1;
    case shim_answer_scalar: push_scalar(L, &vm->scalar); return 1;
    case shim_answer_nothing:
    case shim_answer_wait:
        break;
    }
    lua_pushnil(L);
    return 1;
}

static int after_wait(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return take_answer(L);
}

bool shim_can_wait(lua_State *L) { return VM(L)->can_wait && lua_isyieldable(L); }

int shim_refuse_to_wait(lua_State *L, const char *name) {
    lua_pushfstring(L, "%s cannot be used here: it waits, and nothing can wait inside table.sort, string.gsub or the like; "
                       "call it outside", name);
    shim_push_error(L, "cannotWait", lua_tostring(L, -1));
    return lua_error(L);
}

// Swift's time is not the script's, and no signal is sent into it. Nothing is ordered by these stores: a fence would cost
// more than the rest of a call, and a stop that is missed by a hair is signalled again at the watchdog's next look.
static inline void go_out(shim_vm *vm) { atomic_store_explicit(&vm->in_lua, 0, memory_order_relaxed); }

// True if the script is to be stopped.
static inline bool come_back(shim_vm *vm) {
    shim_new_stretch(vm);
    atomic_store_explicit(&vm->in_lua, 1, memory_order_relaxed);
    return atomic_load_explicit(&vm->stop, memory_order_relaxed);
}

// Upvalues of a host function that is not called by a C function of its own: its number, as a light userdata, which is quicker
// to read than an integer; its name.
static inline int32_t function_number(lua_State *L) {
    return (int32_t)(uintptr_t)lua_touserdata(L, lua_upvalueindex(1));
}

static void call(lua_State *L) {
    shim_vm *vm = VM(L);
    int32_t function = function_number(L);
    shim_collect_if_near(L, 0);
    int count = lua_gettop(L);
    vm->arguments.length = 0;
    if (count > 0) shim_encode_arguments(L, 1, count, &vm->arguments);
    go_out(vm);
    vm->answer_kind = vm->host.call(vm->host.context, function, vm->task, vm->arguments.bytes, vm->arguments.length);
    if (come_back(vm)) shim_stop_in(L);
}

static int call_json(lua_State *L) {
    call(L);
    return take_answer(L);
}

static int call_waiting(lua_State *L) {
    if (!shim_can_wait(L)) return shim_refuse_to_wait(L, lua_tostring(L, lua_upvalueindex(2)));
    call(L);
    if (VM(L)->answer_kind != shim_answer_wait) return take_answer(L);
    shim_wait_for_host(VM(L));
    return lua_yieldk(L, 0, 0, after_wait);
}

static void read_text(lua_State *L, int index, shim_scalar *scalar) {
    shim_vm *vm = VM(L);
    scalar->kind = shim_scalar_text;
    scalar->bytes = (const uint8_t *)lua_tolstring(L, index, &scalar->length);
    // JSON's checks of a text hold here, too: its encoding raises an error if it is not UTF-8, or too large.
    bool is_plain = scalar->length <= vm->limits.json
                    && json_plain_length(scalar->bytes, scalar->bytes + scalar->length) == scalar->length;
    if (!is_plain) shim_encode_arguments(L, index, 1, &vm->arguments);
}

static inline void read_scalar(lua_State *L, int index, shim_scalar *scalar) {
    if (lua_isinteger(L, index)) {
        scalar->kind = shim_scalar_integer;
        scalar->integer = lua_tointeger(L, index);
        return;
    }
    switch (lua_type(L, index)) {
    case LUA_TNIL: scalar->kind = shim_scalar_nothing; break;
    case LUA_TBOOLEAN:
        scalar->kind = shim_scalar_boolean;
        scalar->integer = lua_toboolean(L, index);
        break;
    case LUA_TNUMBER:
        scalar->kind = shim_scalar_number;
        scalar->number = lua_tonumber(L, index);
        break;
    case LUA_TSTRING: read_text(L, index, scalar); break;
    default: scalar->kind = shim_scalar_other;
    }
}

// What is rare on the way back: the script is to be stopped, or there is an answer.
static __attribute__((noinline)) int end_call(lua_State *L, shim_answer_kind kind, bool stops) {
    if (stops) shim_stop_in(L);
    if (kind == shim_answer_none) return 0;
    VM(L)->answer_kind = kind;
    return take_answer(L);
}

// Nothing is allocated on the way, and nothing is encoded.
static inline int call_with(lua_State *L, int32_t function, int count) {
    shim_vm *vm = VM(L);
    go_out(vm);
    shim_answer_kind kind = vm->host.call_scalars(vm->host.context, function, vm->scalars, count, &vm->scalar);
    bool stops = come_back(VM(L)); // asked for again, which is quicker than to keep it over the call
    return stops || kind != shim_answer_none ? end_call(L, kind, stops) : 0;
}

static inline int pass_scalars(lua_State *L, int32_t function) {
    int count = lua_gettop(L);
    if (count > SHIM_SCALARS) count = SHIM_SCALARS;
    for (int i = 0; i < count; i++) read_scalar(L, i + 1, &VM(L)->scalars[i]);
    return call_with(L, function, count);
}

static __attribute__((noinline)) int collect_and_call_scalars(lua_State *L, int32_t function) {
    shim_collect(L);
    return pass_scalars(L, function);
}

static __attribute__((noinline)) int call_scalars(lua_State *L, int32_t function) {
    return shim_is_near(L, 0) ? collect_and_call_scalars(L, function) : pass_scalars(L, function);
}

static __attribute__((noinline)) int collect_and_call_bare(lua_State *L, int32_t function) {
    shim_collect(L);
    return call_with(L, function, 0);
}

static __attribute__((noinline)) int call_bare(lua_State *L, int32_t function) {
    return shim_is_near(L, 0) ? collect_and_call_bare(L, function) : call_with(L, function, 0);
}

static int call_scalars_by_number(lua_State *L) { return call_scalars(L, function_number(L)); }
static int call_bare_by_number(lua_State *L) { return call_bare(L, function_number(L)); }

// To look up its number among a function's upvalues takes as long as the rest of a call. So the first ones have each a C
// function of its own, which knows it and needs no upvalues.
#define EIGHT(each, row) \
    each(0##row##0) each(0##row##1) each(0##row##2) each(0##row##3) each(0##row##4) each(0##row##5) each(0##row##6) each(0##row##7)
#define ALL(each) \
    EIGHT(each, 0) EIGHT(each, 1) EIGHT(each, 2) EIGHT(each, 3) EIGHT(each, 4) EIGHT(each, 5) EIGHT(each, 6) EIGHT(each, 7) \
    EIGHT(each, 10) EIGHT(each, 11) EIGHT(each, 12) EIGHT(each, 13) EIGHT(each, 14) EIGHT(each, 15) EIGHT(each, 16) EIGHT(each, 17)
#define DEFINE(number) \
    static int bare_##number(lua_State *L) { return call_bare(L, number); } \
    static int scalars_##number(lua_State *L) { return call_scalars(L, number); }
#define BARE(number) bare_##number,
#define SCALARS(number) scalars_##number,
ALL(DEFINE)
static const lua_CFunction bare[] = {ALL(BARE)}, scalars[] = {ALL(SCALARS)};
#define KNOWN (int32_t)(sizeof bare / sizeof *bare)

void shim_push_function(lua_State *L, const char *name, int32_t function, shim_form form) {
    const lua_CFunction *known = form == shim_form_bare ? bare : form == shim_form_scalars ? scalars : NULL;
    if (known && function < KNOWN) {
        lua_pushcfunction(L, known[function]);
        return;
    }
    lua_CFunction way = call_json;
    switch (form) {
    case shim_form_json: break;
    case shim_form_waits: way = call_waiting; break;
    case shim_form_bare: way = call_bare_by_number; break;
    case shim_form_scalars: way = call_scalars_by_number; break;
    }
    lua_pushlightuserdata(L, (void *)(uintptr_t)function);
    lua_pushstring(L, name);
    lua_pushcclosure(L, way, 2);
}

void shim_open_host(lua_State *L) {
    shim_vm *vm = VM(L);
    lua_createtable(L, 0, 32);
    vm->ref_host = luaL_ref(L, LUA_REGISTRYINDEX);
}
