// The functions of `table` that loop in C. The stock ones ask a table for its length and its elements through
// metamethods, so that a length of 2^60 keeps them busy where no hook can interrupt them. These look at what is there,
// raw, and see a stop. But for that they do what the manual says (6.6), and what the stock ones do where it is silent.
#include "internal.h"

#include <limits.h>

#define MAXIMUM_MOVED 10000000
#define STEPS_BETWEEN_CHECKS 4096

static lua_Integer length(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    return (lua_Integer)lua_rawlen(L, 1);
}

// Elements, raw. A table without a metatable is read and written faster by the functions that would ask it.
static bool is_plain(lua_State *L, int table) {
    if (!lua_getmetatable(L, table)) return true;
    lua_pop(L, 1);
    return false;
}

static inline void get(lua_State *L, int table, lua_Integer i, bool plain) {
    if (plain) lua_geti(L, table, i);
    else lua_rawgeti(L, table, i);
}

static inline void set(lua_State *L, int table, lua_Integer i, bool plain) {
    if (plain) lua_seti(L, table, i);
    else lua_rawseti(L, table, i);
}

// For each turn of a loop.
static inline void count_step(lua_State *L, lua_Integer i) {
    if (i % STEPS_BETWEEN_CHECKS == 0) shim_check_stop_in(L);
}

static int insert(lua_State *L) {
    lua_Integer end = length(L) + 1, position = end;
    int arguments = lua_gettop(L);
    bool plain = is_plain(L, 1);
    switch (arguments) {
    case 2: break;
    case 3:
        position = luaL_checkinteger(L, 2);
        luaL_argcheck(L, position >= 1 && position <= end, 2, "position out of bounds");
        for (lua_Integer i = end; i > position; i--) {
            get(L, 1, i - 1, plain);
            set(L, 1, i, plain);
            count_step(L, i);
        }
        break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    set(L, 1, position, plain);
    return 0;
}

static int table_remove(lua_State *L) {
    lua_Integer size = length(L), position = luaL_optinteger(L, 2, size);
    // The stock function blames its first argument, too.
    if (position != size) luaL_argcheck(L, position >= 1 && position <= size + 1, 1, "position out of bounds");
    bool plain = is_plain(L, 1);
    get(L, 1, position, plain);
    for (; position < size; position++) {
        get(L, 1, position + 1, plain);
        set(L, 1, position, plain);
        count_step(L, position);
    }
    lua_pushnil(L);
    set(L, 1, position, plain);
    return 1;
}

static int concat(lua_State *L) {
    shim_vm *vm = VM(L);
    lua_Integer size = length(L);
    size_t width;
    const char *separator = luaL_optlstring(L, 2, "", &width);
    lua_Integer first = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, size);
    shim_buffer *out = &vm->scratch;
    out->length = 0;
    bool plain = is_plain(L, 1);
    for (lua_Integer i = first; i <= last; i++) {
        get(L, 1, i, plain);
        if (!lua_isstring(L, -1))
            return luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
                              (LUAI_UACINT)i);
        size_t n;
        const char *text = lua_tolstring(L, -1, &n);
        if (out->length + n + width > vm->limits.memory) shim_leave(vm, shim_end_memory);
        if (!shim_put(out, text, n) || (i != last && !shim_put(out, separator, width)))
            shim_leave(vm, shim_end_memory);
        lua_pop(L, 1);
        count_step(L, i);
        if (i == last) break; // the last index may be the largest integer
    }
    shim_collect_if_near(L, out->length);
    lua_pushlstring(L, (const char *)out->bytes, out->length);
    shim_trim(out);
    return 1;
}

// What is not a table is left to Lua, which knows what to say about it.
static int unpack(lua_State *L) {
    bool is_table = lua_istable(L, 1);
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last = !lua_isnoneornil(L, 3) ? luaL_checkinteger(L, 3) : is_table ? length(L) : luaL_len(L, 1);
    if (first > last) return 0;
    lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;
    if (count >= INT_MAX || !lua_checkstack(L, (int)++count)) return luaL_error(L, "too many results to unpack");
    bool plain = !is_table || is_plain(L, 1);
    for (lua_Unsigned i = 0; i < count; i++) {
        lua_Integer index = (lua_Integer)((lua_Unsigned)first + i);
        get(L, 1, index, plain);
    }
    return (int)count;
}

static int move(lua_State *L) {
    lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    if (last >= first) {
        luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
        lua_Integer count = last - first + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        if (count > MAXIMUM_MOVED) return luaL_error(L, "more than %d elements in one call", MAXIMUM_MOVED);
        bool backwards = to > first && to <= last && (target == 1 || lua_rawequal(L, 1, target));
        bool from_plain = is_plain(L, 1), to_plain = is_plain(L, target);
        for (lua_Integer i = 0; i < count; i++) {
            lua_Integer offset = backwards ? count - 1 - i : i;
            get(L, 1, first + offset, from_plain);
            set(L, target, to + offset, to_plain);
            count_step(L, i);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

// MARK: sort

typedef struct {
    lua_State *L;
    lua_Integer comparisons;
    uint64_t seed; // of the places of pivots, 0 for the middle
    bool plain;
    bool by_function; // at the stack's index 2
} sorting;

// Whether the value at one place of the stack comes before that at another.
static inline bool precedes(sorting *s, int a, int b) {
    lua_State *L = s->L;
    count_step(L, ++s->comparisons);
    if (!s->by_function) return lua_compare(L, a, b, LUA_OPLT);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, a - 1);
    lua_pushvalue(L, b - 2);
    lua_call(L, 2, 1);
    bool answer = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return answer;
}

// Stores what the two uppermost places of the stack hold: the upper one at `a`.
static inline void set_both(sorting *s, lua_Integer a, lua_Integer b) {
    set(s->L, 1, a, s->plain);
    set(s->L, 1, b, s->plain);
}

// Puts the elements at two places in order; `high` lies above `low`.
static void order(sorting *s, lua_Integer low, lua_Integer high) {
    lua_State *L = s->L;
    get(L, 1, low, s->plain);
    get(L, 1, high, s->plain);
    if (precedes(s, -1, -2)) {
        set_both(s, low, high);
    } else {
        lua_pop(L, 2);
    }
}

// Divides what lies between `low` and `high` by the pivot, which stands before `high` and on top of the stack, from where it
// is taken; gives its new place. The elements at `low` and `high` stop the search on both sides, unless the order is none.
static lua_Integer divide(sorting *s, lua_Integer low, lua_Integer high) {
    lua_State *L = s->L;
    lua_Integer i = low, j = high - 1;
    for (;;) {
        for (get(L, 1, ++i, s->plain); precedes(s, -1, -2); get(L, 1, ++i, s->plain)) {
            if (i == high - 1) luaL_error(L, "invalid order function for sorting");
            lua_pop(L, 1);
        }
        for (get(L, 1, --j, s->plain); precedes(s, -3, -1); get(L, 1, --j, s->plain)) {
            if (j < i) luaL_error(L, "invalid order function for sorting");
            lua_pop(L, 1);
        }
        if (j < i) break;
        set_both(s, i, j); // each gets the other's
    }
    lua_pop(L, 1);
    set_both(s, high - 1, i);
    return i;
}

static lua_Integer choose_pivot(sorting *s, lua_Integer low, lua_Integer high) {
    if (high - low < 100 || s->seed == 0) return low + (high - low) / 2;
    lua_Integer quarter = (high - low) / 4;
    s->seed = s->seed * 6364136223846793005 + 1442695040888963407;
    return low + quarter + (lua_Integer)((s->seed >> 32) % (uint64_t)(2 * quarter));
}

// Quicksort by the median of three; the smaller part first, so that it goes log n deep.
static void sort_range(sorting *s, lua_Integer low, lua_Integer high) {
    lua_State *L = s->L;
    while (low < high) {
        order(s, low, high);
        if (high - low == 1) return;
        lua_Integer pivot = choose_pivot(s, low, high);
        get(L, 1, pivot, s->plain);
        get(L, 1, low, s->plain);
        if (precedes(s, -2, -1)) {
            set_both(s, pivot, low);
        } else {
            lua_pop(L, 2);
            order(s, pivot, high);
        }
        if (high - low == 2) return;
        get(L, 1, pivot, s->plain);
        lua_pushvalue(L, -1);
        get(L, 1, high - 1, s->plain);
        set_both(s, pivot, high - 1);
        pivot = divide(s, low, high);
        lua_Integer smaller;
        if (pivot - low < high - pivot) {
            sort_range(s, low, pivot - 1);
            smaller = pivot - low;
            low = pivot + 1;
        } else {
            sort_range(s, pivot + 1, high);
            smaller = high - pivot;
            high = pivot - 1;
        }
        if ((high - low) / 128 > smaller) s->seed |= 1; // the middle serves this list badly
    }
}

static int sort(lua_State *L) {
    lua_Integer size = length(L);
    if (size < 2) return 0;
    if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_settop(L, 2);
    sorting s = {.L = L, .plain = is_plain(L, 1), .by_function = !lua_isnil(L, 2)};
    sort_range(&s, 1, size);
    return 0;
}

void shim_open_tables(lua_State *L, int stock) {
    static const luaL_Reg functions[] = {
        {"concat", concat}, {"insert", insert}, {"move", move}, {"remove", table_remove}, {"sort", sort},
        {"unpack", unpack}, {"pack", NULL}, {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_getfield(L, stock, "pack");
    lua_setfield(L, -2, "pack");
}
