// `pairs` in an order that does not differ from run to run, because the order in which a script sends things must not. The
// stock order over string keys depends on a seed that each state draws anew.
#include "internal.h"

// First the integers 1, 2, 3, … as far as they go, which need no sorting; then the other numbers, strings by their bytes,
// false and true, and what has no order.
enum { rank_positive, rank_number, rank_string, rank_boolean, rank_other };

typedef struct {
    lua_Integer integer;
    lua_Number number;
    const char *text; // anchored in the list of keys
    size_t length;
    uint32_t place;   // in that list
    uint8_t rank;
    bool is_float;
} sortable;

static int compare(const void *left, const void *right) {
    const sortable *a = left, *b = right;
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    switch (a->rank) {
    case rank_string: {
        int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
        if (order != 0) return order;
        return a->length < b->length ? -1 : a->length > b->length;
    }
    case rank_positive: case rank_boolean: return a->integer < b->integer ? -1 : a->integer > b->integer;
    case rank_number:
        if (!a->is_float && !b->is_float) return a->integer < b->integer ? -1 : a->integer > b->integer;
        if (a->number != b->number) return a->number < b->number ? -1 : 1;
        break;
    }
    return a->place < b->place ? -1 : a->place > b->place;
}

static void describe(lua_State *L, int index, sortable *key) {
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        key->is_float = !lua_isinteger(L, index);
        key->integer = lua_tointeger(L, index);
        key->number = lua_tonumber(L, index);
        key->rank = !key->is_float && key->integer > 0 ? rank_positive : rank_number;
        break;
    case LUA_TSTRING:
        key->text = lua_tolstring(L, index, &key->length);
        key->rank = rank_string;
        break;
    case LUA_TBOOLEAN:
        key->integer = lua_toboolean(L, index);
        key->rank = rank_boolean;
        break;
    default: key->rank = rank_other;
    }
}

// Upvalues of the iterator: the table, the sorted keys (nil at first), how many keys have been given.
enum { up_table = lua_upvalueindex(1), up_keys = lua_upvalueindex(2), up_count = lua_upvalueindex(3) };

// Sorts the keys behind the one at the top of the stack, which is popped, into the upvalue.
static void sort_rest(lua_State *L) {
    lua_createtable(L, 8, 0);
    int list = lua_gettop(L);
    lua_Integer count = 0;
    lua_pushvalue(L, list - 1);
    do {
        lua_pushvalue(L, -1);
        lua_rawseti(L, list, ++count);
        if ((count & 4095) == 0) shim_check_stop(VM(L));
        if (!lua_next(L, up_table)) break;
        lua_pop(L, 1);
    } while (true);
    sortable *keys = lua_newuserdatauv(L, (size_t)count * sizeof(sortable), 0);
    memset(keys, 0, (size_t)count * sizeof(sortable));
    for (lua_Integer i = 0; i < count; i++) {
        lua_rawgeti(L, list, i + 1);
        keys[i].place = (uint32_t)i;
        describe(L, -1, &keys[i]);
        lua_pop(L, 1);
    }
    qsort(keys, (size_t)count, sizeof(sortable), compare);
    lua_createtable(L, (int)(count < INT32_MAX ? count : INT32_MAX), 0);
    for (lua_Integer i = 0; i < count; i++) {
        lua_rawgeti(L, list, keys[i].place + 1);
        lua_rawseti(L, -2, i + 1);
    }
    lua_replace(L, up_keys);
    lua_pushinteger(L, 0);
    lua_replace(L, up_count);
    lua_settop(L, list - 2);
}

static int iterate(lua_State *L) {
    lua_Integer count = lua_tointeger(L, up_count);
    if (lua_isnil(L, up_keys)) {
        // The integers from 1 on, as long as the table gives them in their order.
        lua_settop(L, 0);
        if (count == 0) lua_pushnil(L);
        else lua_pushinteger(L, count);
        if (!lua_next(L, up_table)) {
            lua_pushnil(L);
            return 1;
        }
        if (lua_isinteger(L, -2) && lua_tointeger(L, -2) == count + 1) {
            lua_pushinteger(L, count + 1);
            lua_replace(L, up_count);
            return 2;
        }
        lua_pop(L, 1);
        sort_rest(L);
        count = 0;
    }
    while (true) {
        lua_settop(L, 0);
        if (lua_rawgeti(L, up_keys, ++count) == LUA_TNIL) return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, up_table) == LUA_TNIL) continue; // has been removed since
        lua_pushinteger(L, count);
        lua_replace(L, up_count);
        return 2;
    }
}

static int ordered_pairs(lua_State *L) {
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 3, 0, shim_three_results);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, iterate, 3);
    lua_insert(L, 1);
    lua_pushnil(L);
    return 3;
}

int shim_three_results(lua_State *L, int status, lua_KContext context) {
    (void)L, (void)status, (void)context;
    return 3;
}

void shim_replace_pairs(lua_State *L) {
    lua_pushcfunction(L, ordered_pairs);
    lua_setfield(L, -2, "pairs");
}
