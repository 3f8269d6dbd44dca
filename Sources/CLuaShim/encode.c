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
            size_t n = shim_whole_characters(path[i].text, path[i].length, 60);
            luaL_addlstring(&b, path[i].text, n);
        } else {
            char number[32];
            int n = snprintf(number, sizeof number, "[" LUA_INTEGER_FMT "]", (LUAI_UACINT)path[i].index);
            luaL_addlstring(&b, number, (size_t)n);
        }
    }
    luaL_pushresult(&b);
}

// Pushes a text with what is not UTF-8 replaced: a message may name the very key that cannot be encoded.
static void push_valid(lua_State *L, const char *text) {
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    const uint8_t *p = (const uint8_t *)text, *end = p + strlen(text);
    for (size_t n; p < end; p += n ? n : 1) {
        n = json_utf8_length(p, end);
        if (n) luaL_addlstring(&b, (const char *)p, n);
        else luaL_addstring(&b, "\xEF\xBF\xBD");
    }
    luaL_pushresult(&b);
}

static _Noreturn void fail(encoder *e, const char *reason) {
    lua_State *L = e->L;
    luaL_checkstack(L, 10, NULL);
    push_path(L, e->path, e->depth);
    const char *path = lua_tostring(L, -1);
    lua_pushfstring(L, *path ? "cannot encode %s: %s" : "cannot encode the value%s: %s", path, reason);
    push_valid(L, lua_tostring(L, -1));
    shim_push_error(L, "badJSON", lua_tostring(L, -1));
    lua_error(L);
    abort();
}

static inline void put(encoder *e, const void *bytes, size_t n) {
    if (!shim_put(e->out, bytes, n)) shim_leave(VM(e->L), shim_end_memory);
}

static inline uint8_t *room(encoder *e, size_t n) {
    if (e->out->capacity - e->out->length < n && !shim_reserve(e->out, n)) shim_leave(VM(e->L), shim_end_memory);
    return e->out->bytes + e->out->length;
}

static void put_string(encoder *e, const char *text, size_t n, const char *what) {
    if (n > e->limit) fail(e, "it is larger than a JSON text may be");
    // Mostly nothing needs escaping: room for that first, and for the worst only where it does.
    const uint8_t *s = (const uint8_t *)text;
    uint8_t *o = room(e, n + 2);
    if (json_copy_plain(o + 1, s, n)) {
        o[0] = '"';
        o[n + 1] = '"';
        e->out->length += n + 2;
        return;
    }
    size_t bad = 0;
    o = room(e, JSON_STRING_ROOM(n));
    uint8_t *end = json_put_string(o, s, n, &bad);
    if (!end) {
        char reason[80];
        snprintf(reason, sizeof reason, "%s is not UTF-8 (byte %zu)", what, bad + 1);
        fail(e, reason);
    }
    e->out->length += (size_t)(end - o);
}

static void indent(encoder *e) {
    put(e, "\n", 1);
    for (int i = 0; i < e->depth; i++) put(e, "  ", 2);
}

static inline void new_line(encoder *e) {
    if (e->pretty) indent(e);
}

static void encode_value(encoder *e, int index);

// MARK: Objects

#define MEMBERS_BETWEEN_CHECKS 16 // of the room on the stack
#define SMALL_OBJECT 64            // slots on the stack

static inline uint64_t prefix_of(const char *text, size_t n) {
    uint64_t p = 0;
    if (n >= 8) {
        memcpy(&p, text, 8);
        return __builtin_bswap64(p);
    }
    for (size_t i = 0; i < n; i++) p |= (uint64_t)(uint8_t)text[i] << (56 - 8 * i);
    return p;
}

static int compare(const void *a, const void *b) {
    const shim_member *x = a, *y = b;
    if (x->prefix != y->prefix) return x->prefix < y->prefix ? -1 : 1;
    size_t n = x->length < y->length ? x->length : y->length;
    int c = memcmp(x->text, y->text, n);
    return c ? c : (x->length > y->length) - (x->length < y->length);
}

static void sort(shim_member *members, size_t count) {
    if (count > 24) {
        qsort(members, count, sizeof *members, compare);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        shim_member m = members[i];
        size_t j = i;
        for (; j > 0 && compare(&members[j - 1], &m) > 0; j--) members[j] = members[j - 1];
        members[j] = m;
    }
}

static shim_member *new_member(encoder *e) {
    shim_vm *vm = VM(e->L);
    if (vm->member_count == vm->member_capacity) {
        size_t capacity = vm->member_capacity ? 2 * vm->member_capacity : 64;
        shim_member *members = shim_refuses(vm) ? NULL : realloc(vm->members, capacity * sizeof *members);
        if (!members) shim_leave(vm, shim_end_memory);
        vm->members = members;
        vm->member_capacity = capacity;
    }
    return &vm->members[vm->member_count++];
}

static _Noreturn void fail_mixed(encoder *e, int key) {
    char reason[120];
    if (lua_type(e->L, key) == LUA_TSTRING) {
        size_t n;
        const char *text = lua_tolstring(e->L, key, &n);
        snprintf(reason, sizeof reason, "a list that also has a member named '%.*s'",
                 (int)shim_whole_characters(text, n, 40), text);
    } else {
        snprintf(reason, sizeof reason, "a list that also has a member of the type %s", luaL_typename(e->L, key));
    }
    fail(e, reason);
}

// The table at `index` is neither a list nor an object; says why.
static _Noreturn void fail_list(encoder *e, int index) {
    lua_State *L = e->L;
    lua_Integer wrong = 1, smallest = 1;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (!lua_isinteger(L, -2)) fail_mixed(e, -2);
        if (lua_tointeger(L, -2) < smallest) smallest = lua_tointeger(L, -2);
    }
    char reason[120];
    if (smallest < 1) {
        snprintf(reason, sizeof reason, "a list has no index " LUA_INTEGER_FMT "; use json.object for such keys",
                 (LUAI_UACINT)smallest);
        fail(e, reason);
    }
    for (; lua_rawgeti(L, index, wrong) != LUA_TNIL; wrong++) lua_pop(L, 1);
    snprintf(reason, sizeof reason, "the list has no index " LUA_INTEGER_FMT "; use json.null for holes%s",
             (LUAI_UACINT)wrong, wrong == 1 ? ", json.object for integer keys" : "");
    fail(e, reason);
}

// A key and its value are at the top of the stack, the first of the table at `index`. The values are left on the stack,
// where sorting their names does not move them; the names themselves are anchored by the table, or by the stack.
static void encode_object(encoder *e, int index, bool marked) {
    lua_State *L = e->L;
    shim_vm *vm = VM(L);
    size_t first = vm->member_count;
    int top = lua_gettop(L) - 2, slot = top;
    do {
        if ((vm->member_count - first) % MEMBERS_BETWEEN_CHECKS == 0 && !lua_checkstack(L, 2 * MEMBERS_BETWEEN_CHECKS + 8)) {
            lua_settop(L, top); // the description of the error needs room, too
            fail(e, "it has too many members");
        }
        shim_member *m = new_member(e);
        if (lua_type(L, -2) == LUA_TSTRING) {
            m->text = lua_tolstring(L, -2, &m->length);
            if (slot - top < SMALL_OBJECT) { // leaves the name below the value, which is quicker than to move it
                lua_pushvalue(L, -2);
                m->slot = slot += 2;
            } else {
                lua_insert(L, -2);
                m->slot = ++slot;
            }
        } else if (lua_isinteger(L, -2)) {
            if (!marked) fail_list(e, index);
            lua_pushvalue(L, -2);
            m->text = lua_tolstring(L, -1, &m->length);
            lua_rotate(L, -3, -1); // value, name, key
            m->slot = slot + 1;
            slot += 2;
        } else {
            char reason[80];
            snprintf(reason, sizeof reason, "a member's name must be a string, not a %s", luaL_typename(L, -2));
            fail(e, reason);
        }
        m->prefix = prefix_of(m->text, m->length);
    } while (lua_next(L, index));

    size_t count = vm->member_count - first;
    if (count > 1) sort(vm->members + first, count);
    put(e, "{", 1);
    int level = e->depth++;
    for (size_t i = 0; i < count; i++) {
        shim_member m = vm->members[first + i];
        if (i > 0) {
            put(e, ",", 1);
            if (marked && compare(&vm->members[first + i - 1], &m) == 0) {
                e->depth--;
                char reason[120];
                snprintf(reason, sizeof reason, "the name '%.*s' stands for two members",
                         (int)shim_whole_characters(m.text, m.length, 40), m.text);
                fail(e, reason);
            }
        }
        new_line(e);
        e->depth--;
        put_string(e, m.text, m.length, "a member's name");
        e->depth++;
        put(e, ": ", e->pretty ? 2 : 1);
        e->path[level] = (step){.text = m.text, .length = m.length};
        encode_value(e, m.slot);
    }
    e->depth--;
    new_line(e);
    put(e, "}", 1);
    vm->member_count = first;
    lua_settop(L, top);
}

// MARK: Lists

// A key and its value are at the top of the stack, the first of the table at `index`.
static void encode_list(encoder *e, int index) {
    lua_State *L = e->L;
    put(e, "[", 1);
    int level = e->depth++, slot = lua_gettop(L);
    lua_Integer i = 1;
    do {
        // A table that is all list gives its keys in order; of another it must be found out what it is.
        if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) != i) {
            lua_pop(L, 2);
            e->depth = level;
            lua_Integer count = 0, largest = 0;
            for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1), count++) {
                if (!lua_isinteger(L, -2) || lua_tointeger(L, -2) < 1) fail_list(e, index);
                if (lua_tointeger(L, -2) > largest) largest = lua_tointeger(L, -2);
            }
            if (count != largest) fail_list(e, index);
            // From here on, for the elements before stand written: to write them again at each level of a nest would
            // take twice the time at each.
            e->depth = level + 1;
            for (; i <= count; i++) {
                if (i > 1) put(e, ",", 1);
                new_line(e);
                e->path[level] = (step){.index = i};
                lua_rawgeti(L, index, i);
                encode_value(e, slot - 1);
                lua_pop(L, 1);
            }
            break;
        }
        if (i > 1) put(e, ",", 1);
        new_line(e);
        e->path[level] = (step){.index = i};
        encode_value(e, slot);
        lua_pop(L, 1);
        i++;
    } while (lua_next(L, index));
    e->depth = level;
    new_line(e);
    put(e, "]", 1);
}

static void encode_table(encoder *e, int index) {
    lua_State *L = e->L;
    shim_check_stop_in(L);
    if (e->depth >= MAXIMUM_DEPTH) fail(e, "it is nested deeper than 128 levels");
    if (!lua_checkstack(L, 8)) fail(e, "it is too large");
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
    lua_pushnil(L);
    if (!lua_next(L, index)) {
        if (mark == e->array) put(e, "[]", 2);
        else put(e, "{}", 2);
    } else if (mark != e->object && (mark == e->array || lua_isinteger(L, -2))) {
        encode_list(e, index);
    } else {
        encode_object(e, index, mark == e->object);
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
        put_string(e, text, n, "the string");
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
    e->array = vm->array_mark;
    e->object = vm->object_mark;
    e->null = vm->null;
    out->length = 0;
    vm->member_count = 0; // an error may have left some
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
