// Lua values to JSON bytes, without an intermediate tree. Access is raw: no metamethod of a script's runs here.
#include "internal.h"

#define MAXIMUM_DEPTH 128

typedef struct {
    const char *text; // NULL: an index or an integer key
    size_t length;
    lua_Integer index;
} step;

typedef struct {
    lua_State *L;
    shim_buffer *out;
    size_t limit;
    int pretty;
    int depth;
    const void *array, *object, *null; // the marks
    const void *tables[MAXIMUM_DEPTH]; // on the way to the value, to find cycles
    step path[MAXIMUM_DEPTH + 1];
} encoder;

// "a.b[3]", or nothing at the outermost value
static void push_path(lua_State *L, const step *path, int depth) {
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (int i = 0; i < depth; i++) {
        if (path[i].text) {
            if (i > 0) luaL_addchar(&b, '.');
            luaL_addlstring(&b, path[i].text, path[i].length < 60 ? path[i].length : 60);
        } else {
            char number[32];
            int n = snprintf(number, sizeof number, "[" LUA_INTEGER_FMT "]", (LUAI_UACINT)path[i].index);
            luaL_addlstring(&b, number, (size_t)n);
        }
    }
    luaL_pushresult(&b);
}

static _Noreturn void fail(encoder *e, const char *reason) {
    lua_State *L = e->L;
    luaL_checkstack(L, 10, NULL);
    push_path(L, e->path, e->depth);
    const char *path = lua_tostring(L, -1);
    lua_pushfstring(L, *path ? "cannot encode %s: %s" : "cannot encode the value%s: %s", path, reason);
    shim_push_error(L, "badJSON", lua_tostring(L, -1));
    lua_error(L);
    abort();
}

static void put(encoder *e, const void *bytes, size_t n) {
    if (!shim_put(e->out, bytes, n)) shim_leave(VM(e->L), shim_end_memory);
}

static uint8_t *room(encoder *e, size_t n) {
    if (e->out->capacity - e->out->length < n && !shim_reserve(e->out, n)) shim_leave(VM(e->L), shim_end_memory);
    return e->out->bytes + e->out->length;
}

static void put_string(encoder *e, const char *text, size_t n) {
    if (n > e->limit) fail(e, "it is larger than a JSON text may be");
    // Mostly nothing needs escaping: room for that first, and for the worst only where it does.
    const uint8_t *s = (const uint8_t *)text;
    if (json_plain_length(s, s + n) == n) {
        uint8_t *o = room(e, n + 2);
        o[0] = '"';
        memcpy(o + 1, s, n);
        o[n + 1] = '"';
        e->out->length += n + 2;
        return;
    }
    size_t bad = 0;
    uint8_t *o = room(e, JSON_STRING_ROOM(n));
    uint8_t *end = json_put_string(o, s, n, &bad);
    if (!end) {
        char reason[80];
        snprintf(reason, sizeof reason, "the string is not UTF-8 (byte %zu)", bad + 1);
        fail(e, reason);
    }
    e->out->length += (size_t)(end - o);
}

static void new_line(encoder *e) {
    if (!e->pretty) return;
    put(e, "\n", 1);
    for (int i = 0; i < e->depth; i++) put(e, "  ", 2);
}

static void encode_value(encoder *e, int index);

typedef struct {
    const char *text;
    size_t length;
    lua_Integer integer;
    char digits[24]; // the text of an integer key
} member;

static const char *text_of(const member *m) { return m->text ? m->text : m->digits; }

static int compare(const void *a, const void *b) {
    const member *x = a, *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    int c = memcmp(text_of(x), text_of(y), n);
    return c ? c : (x->length > y->length) - (x->length < y->length);
}

static void sort(member *members, size_t count) {
    if (count > 12) {
        qsort(members, count, sizeof *members, compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        for (size_t j = i; j > 0 && compare(&members[j - 1], &members[j]) > 0; j--) {
            member swap = members[j];
            members[j] = members[j - 1];
            members[j - 1] = swap;
        }
    }
}

static void encode_object(encoder *e, int index, bool marked) {
    lua_State *L = e->L;
    size_t count = 0, capacity = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) capacity++;
    if (capacity == 0) {
        put(e, "{}", 2);
        return;
    }
    // The members' names lie in memory of Lua's, so that an error or a limit frees them.
    member few[12], *members = few;
    if (capacity > 12) members = lua_newuserdatauv(L, capacity * sizeof *members, 0);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        member *m = &members[count++];
        m->text = NULL;
        if (lua_type(L, -2) == LUA_TSTRING) {
            m->text = lua_tolstring(L, -2, &m->length);
        } else if (lua_isinteger(L, -2)) {
            m->integer = lua_tointeger(L, -2);
            if (!marked) {
                e->path[e->depth++] = (step){.index = m->integer};
                lua_Integer missing = 1;
                while (lua_rawgeti(L, index, missing) != LUA_TNIL) {
                    lua_pop(L, 1);
                    missing++;
                }
                char reason[120];
                snprintf(reason, sizeof reason,
                         "the list has no index " LUA_INTEGER_FMT "; use json.null for holes, json.object for integer keys",
                         (LUAI_UACINT)missing);
                fail(e, reason);
            }
            m->length = (size_t)snprintf(m->digits, sizeof m->digits, LUA_INTEGER_FMT, (LUAI_UACINT)m->integer);
        } else {
            char reason[80];
            snprintf(reason, sizeof reason, "a member's name must be a string, not a %s", luaL_typename(L, -2));
            fail(e, reason);
        }
    }
    sort(members, count);
    put(e, "{", 1);
    int level = e->depth++;
    for (size_t i = 0; i < count; i++) {
        if (i > 0) put(e, ",", 1);
        new_line(e);
        member *m = &members[i];
        e->path[level] = (step){.text = text_of(m), .length = m->length};
        put_string(e, text_of(m), m->length);
        put(e, ": ", e->pretty ? 2 : 1);
        if (m->text) {
            lua_pushlstring(L, m->text, m->length);
            lua_rawget(L, index);
        } else {
            lua_rawgeti(L, index, m->integer);
        }
        encode_value(e, lua_gettop(L));
        lua_pop(L, 1);
    }
    e->depth--;
    new_line(e);
    put(e, "}", 1);
    if (members != few) lua_pop(L, 1);
}

static void encode_array(encoder *e, int index, lua_Integer count, bool marked) {
    lua_State *L = e->L;
    // After the last index of a table that is all array nothing follows; anything else needs a count.
    lua_pushinteger(L, count);
    if (count > 0 && lua_next(L, index)) {
        lua_pop(L, 2);
        lua_Integer keys = 0;
        for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
            keys++;
            if (!lua_isinteger(L, -2)) {
                char reason[120];
                if (lua_type(L, -2) == LUA_TSTRING) {
                    snprintf(reason, sizeof reason, "a list that also has a member named '%.40s'", lua_tostring(L, -2));
                } else {
                    snprintf(reason, sizeof reason, "a list that also has a member of the type %s", luaL_typename(L, -2));
                }
                fail(e, reason);
            }
        }
        if (keys != count) {
            lua_Integer missing = 1;
            while (lua_rawgeti(L, index, missing) != LUA_TNIL) {
                lua_pop(L, 1);
                missing++;
            }
            char reason[120];
            snprintf(reason, sizeof reason, "the list has no index " LUA_INTEGER_FMT "; use json.null for holes",
                     (LUAI_UACINT)missing);
            fail(e, reason);
        }
    }
    (void)marked;
    put(e, "[", 1);
    int level = e->depth++;
    for (lua_Integer i = 1; i <= count; i++) {
        if (i > 1) put(e, ",", 1);
        new_line(e);
        e->path[level] = (step){.index = i};
        if (lua_rawgeti(L, index, i) == LUA_TNIL) {
            char reason[120];
            snprintf(reason, sizeof reason, "the list has no index " LUA_INTEGER_FMT "; use json.null for holes",
                     (LUAI_UACINT)i);
            e->depth--;
            fail(e, reason);
        }
        encode_value(e, lua_gettop(L));
        lua_pop(L, 1);
    }
    e->depth--;
    if (count > 0) new_line(e);
    put(e, "]", 1);
}

static void encode_table(encoder *e, int index) {
    lua_State *L = e->L;
    if (e->depth >= MAXIMUM_DEPTH) fail(e, "it is nested deeper than 128 levels");
    luaL_checkstack(L, 8, NULL);
    const void *self = lua_topointer(L, index);
    for (int i = 0; i < e->depth; i++) {
        if (e->tables[i] == self) fail(e, "it contains itself");
    }
    e->tables[e->depth] = self;
    const void *mark = NULL;
    if (lua_getmetatable(L, index)) {
        mark = lua_topointer(L, -1);
        lua_pop(L, 1);
    }
    lua_Integer count = (lua_Integer)lua_rawlen(L, index);
    if (mark == e->object) {
        encode_object(e, index, true);
    } else if (count > 0 || mark == e->array) {
        if (count == 0) {
            lua_pushnil(L);
            if (lua_next(L, index)) {
                lua_pop(L, 2);
                encode_object(e, index, false);
                return;
            }
        }
        encode_array(e, index, count, mark == e->array);
    } else {
        encode_object(e, index, false);
    }
}

static void encode_value(encoder *e, int index) {
    lua_State *L = e->L;
    switch (lua_type(L, index)) {
    case LUA_TNIL: put(e, "null", 4); break;
    case LUA_TBOOLEAN:
        if (lua_toboolean(L, index)) put(e, "true", 4);
        else put(e, "false", 5);
        break;
    case LUA_TNUMBER: {
        uint8_t *o = room(e, JSON_NUMBER_ROOM), *end;
        if (lua_isinteger(L, index)) {
            end = json_put_integer(o, lua_tointeger(L, index));
        } else {
            double d = lua_tonumber(L, index);
            if (d != d) fail(e, "JSON has no NaN");
            if (d == __builtin_inf() || d == -__builtin_inf()) fail(e, "JSON has no infinity");
            end = json_put_double(o, d);
        }
        e->out->length += (size_t)(end - o);
        break;
    }
    case LUA_TSTRING: {
        size_t n;
        const char *text = lua_tolstring(L, index, &n);
        put_string(e, text, n);
        break;
    }
    case LUA_TTABLE: encode_table(e, index); break;
    case LUA_TUSERDATA:
        if (lua_touserdata(L, index) == e->null) {
            put(e, "null", 4);
            break;
        }
        // fall through
    default: {
        char reason[80];
        snprintf(reason, sizeof reason, "a %s is no JSON value", luaL_typename(L, index));
        fail(e, reason);
    }
    }
    if (e->out->length > e->limit) {
        char reason[80];
        snprintf(reason, sizeof reason, "a JSON text may have %zu bytes at most", e->limit);
        fail(e, reason);
    }
}

static void start(encoder *e, lua_State *L, shim_buffer *out, int pretty) {
    shim_vm *vm = VM(L);
    e->L = L;
    e->out = out;
    e->limit = vm->limits.json;
    e->pretty = pretty;
    e->depth = 0;
    luaL_checkstack(L, 8, NULL);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_array);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_object);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_null);
    e->array = lua_topointer(L, -3);
    e->object = lua_topointer(L, -2);
    e->null = lua_touserdata(L, -1);
    lua_pop(L, 3);
    out->length = 0;
}

void shim_encode(lua_State *L, int index, shim_buffer *out, int pretty) {
    encoder e;
    start(&e, L, out, pretty);
    encode_value(&e, lua_absindex(L, index));
}

void shim_encode_arguments(lua_State *L, int first, int count, shim_buffer *out) {
    encoder e;
    start(&e, L, out, 0);
    put(&e, "[", 1);
    for (int i = 0; i < count; i++) {
        if (i > 0) put(&e, ",", 1);
        encode_value(&e, first + i);
    }
    put(&e, "]", 1);
}
