// The globals of a script: a new table into which only what is allowed is put. Nothing is pruned, so that nothing can be
// forgotten.
#include "internal.h"

#define MAXIMUM_LOAD (64 * 1024)

// MARK: Replacements in the basic library

static int set_metatable(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    int type = lua_type(L, 2);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (type == LUA_TTABLE) {
        // A finalizer would run without limits. One that is added later is ignored by Lua 5.4.
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "a metatable with '__gc' is not allowed here");
        lua_pop(L, 1);
    }
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

static int get_metatable(lua_State *L) {
    luaL_checkany(L, 1);
    if (lua_type(L, 1) != LUA_TTABLE || !lua_getmetatable(L, 1)) {
        lua_pushnil(L);
        return 1;
    }
    luaL_getmetafield(L, 1, "__metatable");
    return 1;
}

// As luaL_tolstring, without addresses: they tell an attacker where memory lies, and differ from run to run.
void shim_push_text(lua_State *L, int index) {
    if (lua_type(L, index) == LUA_TSTRING) { // no script can give strings another text
        lua_pushvalue(L, index);
        return;
    }
    if (luaL_callmeta(L, index, "__tostring")) {
        if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
        return;
    }
    switch (lua_type(L, index)) {
    case LUA_TNIL: case LUA_TBOOLEAN: case LUA_TNUMBER: case LUA_TSTRING: luaL_tolstring(L, index, NULL); break;
    default: {
        int type = luaL_getmetafield(L, index, "__name");
        if (type == LUA_TSTRING) break;
        if (type != LUA_TNIL) lua_pop(L, 1);
        lua_pushstring(L, luaL_typename(L, index));
    }
    }
}

static int to_string(lua_State *L) {
    luaL_checkany(L, 1);
    shim_push_text(L, 1);
    return 1;
}

static int load(lua_State *L) {
    size_t n;
    luaL_argexpected(L, lua_type(L, 1) == LUA_TSTRING, 1, "string");
    const char *text = lua_tolstring(L, 1, &n);
    const char *name = luaL_optstring(L, 2, "=(load)");
    const char *mode = luaL_optstring(L, 3, "t");
    if (n > MAXIMUM_LOAD) {
        lua_pushnil(L);
        lua_pushfstring(L, "a chunk to load may have %d bytes at most", MAXIMUM_LOAD);
        return 2;
    }
    if (!strchr(mode, 't')) {
        lua_pushnil(L);
        lua_pushliteral(L, "only text can be loaded");
        return 2;
    }
    // No chunk of a script's passes for one of Herald's own.
    if (strncmp(name, "=[herald]", 9) == 0) name = "=(load)";
    if (luaL_loadbufferx(L, text, n, name, "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (lua_isnone(L, 4)) lua_rawgeti(L, LUA_REGISTRYINDEX, VM(L)->ref_globals);
    else lua_pushvalue(L, 4);
    if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
    return 1;
}

// load(text, name): a module of the script's, whose size the host has checked.
static int load_module(lua_State *L) {
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    lua_pushfstring(L, "@%s", luaL_checkstring(L, 2));
    if (luaL_loadbufferx(L, text, n, lua_tostring(L, -1), "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, VM(L)->ref_globals);
    lua_setupvalue(L, -2, 1);
    return 1;
}

// math.randomseed, but never without a seed: the stock function would take the state's address for one, and give it back.
static int random_seed(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int collect_garbage(lua_State *L) {
    static const char *const options[] = {"collect", "count", NULL};
    switch (luaL_checkoption(L, 1, "collect", options)) {
    case 0:
        lua_gc(L, LUA_GCCOLLECT);
        lua_pushinteger(L, 0);
        break;
    default: lua_pushnumber(L, (lua_Number)VM(L)->used / 1024);
    }
    return 1;
}

// MARK: Building the tables

// Copies the functions named from the table at `from` into the table at the top.
static void copy(lua_State *L, int from, const char *const *names) {
    for (; *names; names++) {
        lua_getfield(L, from, *names);
        lua_setfield(L, -2, *names);
    }
}

static const char *const base_names[] = {"assert", "error", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget",
    "rawlen", "rawset", "select", "tonumber", "type", "xpcall", "_VERSION", NULL};
static const char *const string_names[] = {"byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match",
    "pack", "packsize", "rep", "reverse", "sub", "unpack", "upper", NULL};
static const char *const math_names[] = {"abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod",
    "huge", "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "randomseed", "sin", "sqrt",
    "tan", "tointeger", "type", "ult", NULL};
static const char *const utf8_names[] = {"char", "charpattern", "codepoint", "codes", "len", "offset", NULL};
static const char *const os_names[] = {"clock", "date", "difftime", "time", NULL};

// What is replaced in `string` and `table` does what the stock functions of 5.4.4 do, to the texts of their errors, but:
// - functions of `table` look at tables alone, and raw: no __index, __newindex, __len or __eq is asked;
// - table.move refuses more than 10,000,000 elements;
// - string.rep refuses what would not fit into the memory limit, where stock Lua allows 2 GiB;
// - string.format refuses %p, and its %s shows no address.
static void push_strings(lua_State *L, int stock) {
    lua_createtable(L, 0, 20);
    copy(L, stock, string_names);
    shim_replace_strings(L);
    shim_replace_patterns(L);
}

static void push_library(lua_State *L, int stock, const char *const *names) {
    lua_createtable(L, 0, 8);
    copy(L, stock, names);
}

static void stock(lua_State *L, const char *name, lua_CFunction open) {
    luaL_requiref(L, name, open, 0);
}

// Pushes a set of globals; the tables in it are its own.
static void push_globals(lua_State *L, int base, int string, int table, int math, int utf8, int os) {
    static const luaL_Reg replaced[] = {
        {"setmetatable", set_metatable}, {"getmetatable", get_metatable}, {"tostring", to_string}, {"load", load},
        {"collectgarbage", collect_garbage}, {NULL, NULL},
    };
    lua_createtable(L, 0, 64);
    copy(L, base, base_names);
    luaL_setfuncs(L, replaced, 0);
    shim_replace_pairs(L);
    push_strings(L, string);
    lua_setfield(L, -2, "string");
    shim_open_tables(L, table);
    lua_setfield(L, -2, "table");
    push_library(L, math, math_names);
    lua_getfield(L, -1, "randomseed");
    lua_pushcclosure(L, random_seed, 1);
    lua_setfield(L, -2, "randomseed");
    lua_setfield(L, -2, "math");
    push_library(L, utf8, utf8_names);
    lua_setfield(L, -2, "utf8");
    push_library(L, os, os_names);
    lua_setfield(L, -2, "os");
    shim_open_coroutines(L);
    lua_setfield(L, -2, "coroutine");
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "_G");
}

void shim_open_sandbox(lua_State *L) {
    shim_vm *vm = VM(L);
    int top = lua_gettop(L);
    luaL_checkstack(L, 20, NULL);
    stock(L, LUA_GNAME, luaopen_base);
    stock(L, LUA_STRLIBNAME, luaopen_string);
    stock(L, LUA_TABLIBNAME, luaopen_table);
    stock(L, LUA_MATHLIBNAME, luaopen_math);
    stock(L, LUA_UTF8LIBNAME, luaopen_utf8);
    stock(L, LUA_OSLIBNAME, luaopen_os);
    int base = top + 1, string = top + 2, table = top + 3, math = top + 4, utf8 = top + 5, os = top + 6;

    push_globals(L, base, string, table, math, utf8, os);
    vm->ref_globals = luaL_ref(L, LUA_REGISTRYINDEX);
    // Herald's own Lua keeps copies that no script can change, and the stock setmetatable.
    push_globals(L, base, string, table, math, utf8, os);
    lua_getfield(L, base, "setmetatable");
    lua_setfield(L, -2, "setmetatable");
    vm->ref_private = luaL_ref(L, LUA_REGISTRYINDEX);

    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_internal);
    lua_pushcfunction(L, load_module);
    lua_setfield(L, -2, "load");
    // The metatable of strings is shared by all code; its arithmetic on numeric strings stays.
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    push_strings(L, string);
    lua_pushvalue(L, -1);
    lua_setfield(L, -5, "string_methods");
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 3);

    // Nothing that has been loaded can be reached through the registry. Where Lua looks for the name of a function that
    // got a bad argument, and that its caller has no name for, it finds Herald's copies.
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_private);
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_createtable(L, 0, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_settop(L, top);
}
