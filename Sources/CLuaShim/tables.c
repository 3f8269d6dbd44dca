// The functions of `table` that loop in C. The stock ones ask a table for its length and its elements through
// metamethods, so that a length of 2^60 keeps them busy where no hook can interrupt them. These look at what is there,
// raw, in ranges that end.
#include "internal.h"

#define MAXIMUM_RANGE 10000000

static lua_Integer length(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    return (lua_Integer)lua_rawlen(L, 1);
}

static int insert(lua_State *L) {
    lua_Integer end = length(L) + 1, position = end;
    switch (lua_gettop(L)) {
    case 2: break;
    case 3:
        position = luaL_checkinteger(L, 2);
        luaL_argcheck(L, position >= 1 && position <= end, 2, "position out of bounds");
        for (lua_Integer i = end; i > position; i--) {
            lua_rawgeti(L, 1, i - 1);
            lua_rawseti(L, 1, i);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_rawseti(L, 1, position);
    return 0;
}

static int table_remove(lua_State *L) {
    lua_Integer size = length(L), position = luaL_optinteger(L, 2, size);
    if (!lua_isnoneornil(L, 2))
        luaL_argcheck(L, position >= 1 && position <= size + 1 ? true : size == 0 && position == 0, 2,
                      "position out of bounds");
    lua_rawgeti(L, 1, position);
    for (; position < size; position++) {
        lua_rawgeti(L, 1, position + 1);
        lua_rawseti(L, 1, position);
    }
    if (position >= 1 && position <= size) {
        lua_pushnil(L);
        lua_rawseti(L, 1, position);
    }
    return 1;
}

static void check_range(lua_State *L, lua_Integer first, lua_Integer last) {
    if (last >= first && (lua_Unsigned)last - (lua_Unsigned)first >= MAXIMUM_RANGE)
        luaL_error(L, "more than %d elements in one call", MAXIMUM_RANGE);
}

static int concat(lua_State *L) {
    shim_vm *vm = VM(L);
    lua_Integer size = length(L);
    size_t width;
    const char *separator = luaL_optlstring(L, 2, "", &width);
    lua_Integer first = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, size);
    check_range(L, first, last);
    shim_buffer *out = &vm->scratch;
    out->length = 0;
    for (lua_Integer i = first; i <= last; i++) {
        lua_rawgeti(L, 1, i);
        if (!lua_isstring(L, -1))
            return luaL_error(L, "invalid value (at index %I) in table for 'concat'", (LUAI_UACINT)i);
        size_t n;
        const char *text = lua_tolstring(L, -1, &n);
        if (out->length + n + width > vm->limits.memory) shim_leave(vm, shim_end_memory);
        if (!shim_put(out, text, n) || (i != last && !shim_put(out, separator, width)))
            shim_leave(vm, shim_end_memory);
        lua_pop(L, 1);
        if (i == last) break; // the last index may be the largest integer
    }
    shim_collect_if_near(L, out->length);
    lua_pushlstring(L, (const char *)out->bytes, out->length);
    shim_trim(out);
    return 1;
}

static int unpack(lua_State *L) {
    lua_Integer size = length(L), first = luaL_optinteger(L, 2, 1), last = luaL_optinteger(L, 3, size);
    if (first > last) return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;
    if (count >= MAXIMUM_RANGE || !lua_checkstack(L, (int)++count)) return luaL_error(L, "too many results to unpack");
    for (lua_Unsigned i = 0; i < count; i++) lua_rawgeti(L, 1, (lua_Integer)((lua_Unsigned)first + i));
    return (int)count;
}

static int move(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, target, LUA_TTABLE);
    if (last >= first) {
        check_range(L, first, last);
        luaL_argcheck(L, to <= LUA_MAXINTEGER - (last - first), 4, "destination wrap around");
        bool backwards = to > first && to <= last && (target == 1 || lua_rawequal(L, 1, target));
        lua_Integer count = last - first + 1;
        for (lua_Integer i = 0; i < count; i++) {
            lua_Integer offset = backwards ? count - 1 - i : i;
            lua_rawgeti(L, 1, first + offset);
            lua_rawseti(L, target, to + offset);
            if ((i & 4095) == 4095) shim_check_stop(VM(L));
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

// The stock function, for tables whose length is what it is, and comparators that the limits reach.
static int sort(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TFUNCTION);
        luaL_argcheck(L, !lua_iscfunction(L, 2), 2, "the comparator must be written in Lua");
    }
    lua_settop(L, 2);
    if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL) return luaL_error(L, "a table with '__len' cannot be sorted");
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, 0);
    return 0;
}

void shim_open_tables(lua_State *L, int stock) {
    static const luaL_Reg functions[] = {
        {"concat", concat}, {"insert", insert}, {"move", move}, {"remove", table_remove}, {"unpack", unpack},
        {"pack", NULL}, {"sort", NULL}, {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_getfield(L, stock, "pack");
    lua_setfield(L, -2, "pack");
    lua_getfield(L, stock, "sort");
    lua_pushcclosure(L, sort, 1);
    lua_setfield(L, -2, "sort");
}
