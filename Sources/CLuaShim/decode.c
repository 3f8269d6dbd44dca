// JSON bytes to Lua values, by the strict lexer, without an intermediate tree.
#include "internal.h"

#define MAXIMUM_DEPTH 128
#define BATCH 32 // members or elements that wait on the stack until their table is made

typedef struct {
    const uint8_t *text; // NULL: an index
    size_t length;
    lua_Integer index;
} step;

typedef struct {
    lua_State *L;
    json_lexer lexer;
    json_token token;
    int options;
    int depth;
    int marks; // stack index of the array mark; json.null stands above it
    step path[MAXIMUM_DEPTH + 1];
} decoder;

static _Noreturn void fail_at(decoder *d, const char *reason, const uint8_t *at) {
    lua_State *L = d->L;
    luaL_checkstack(L, 10, NULL);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    for (int i = 0; i < d->depth; i++) {
        if (d->path[i].text) {
            if (i > 0) luaL_addchar(&b, '.');
            luaL_addlstring(&b, (const char *)d->path[i].text, shim_whole_characters(d->path[i].text, d->path[i].length, 60));
        } else if (d->path[i].index > 0) {
            char number[32];
            int n = snprintf(number, sizeof number, "[" LUA_INTEGER_FMT "]", (LUAI_UACINT)d->path[i].index);
            luaL_addlstring(&b, number, (size_t)n);
        }
    }
    luaL_pushresult(&b);
    const char *path = lua_tostring(L, -1);
    lua_pushfstring(L, *path ? "malformed JSON at byte %I, in %s: %s" : "malformed JSON at byte %I%s: %s",
                    (LUAI_UACINT)(at - d->lexer.start + 1), path, reason);
    shim_push_error(L, "badJSON", lua_tostring(L, -1));
    lua_error(L);
    abort();
}

static _Noreturn void fail(decoder *d, const char *expected) {
    char reason[160];
    if (d->token.kind == json_kind_invalid) {
        fail_at(d, json_fault_text(d->token.fault), d->token.text);
    }
    if (d->token.kind == json_kind_end) {
        snprintf(reason, sizeof reason, "expected %s, found the end of the text", expected);
    } else {
        snprintf(reason, sizeof reason, "expected %s, found '%.*s'", expected,
                 (int)shim_whole_characters(d->token.text, d->token.length, 20), (const char *)d->token.text);
    }
    fail_at(d, reason, d->token.kind == json_kind_string ? d->token.text - 1 : d->token.text);
}

static void push_text(decoder *d, const json_token *token) {
    lua_State *L = d->L;
    if (!token->escaped) {
        lua_pushlstring(L, (const char *)token->text, token->length);
        return;
    }
    shim_vm *vm = VM(L);
    vm->scratch.length = 0;
    if (vm->scratch.capacity < token->length && !shim_reserve(&vm->scratch, token->length)) shim_leave(vm, shim_end_memory);
    lua_pushlstring(L, (const char *)vm->scratch.bytes, json_unescape(token->text, token->length, vm->scratch.bytes));
}

static void decode_value(decoder *d);

static inline void advance(decoder *d) { json_next(&d->lexer, &d->token); }

static void descend(decoder *d) {
    if (d->depth >= MAXIMUM_DEPTH) fail_at(d, "nested deeper than 128 levels", d->token.text);
    luaL_checkstack(d->L, 2 * BATCH + 8, NULL);
    d->path[d->depth++] = (step){0};
    advance(d);
}

// Moves the members that wait on the stack above the table's slot into the table, which is made with room for them.
static void store_members(decoder *d, int table, int count, int room) {
    lua_State *L = d->L;
    if (lua_isnil(L, table)) {
        lua_createtable(L, 0, room);
        lua_replace(L, table);
    }
    for (int i = 1; i <= count; i++) {
        int name = table + 2 * i - 1;
        if (d->options & shim_duplicates_error) {
            lua_pushvalue(L, name);
            if (lua_rawget(L, table) != LUA_TNIL) {
                d->path[d->depth - 1].text = (const uint8_t *)lua_tolstring(L, name, &d->path[d->depth - 1].length);
                fail_at(d, "the member stands twice in its object", d->token.text);
            }
            lua_pop(L, 1);
        }
        lua_pushvalue(L, name);
        lua_pushvalue(L, name + 1);
        lua_rawset(L, table);
    }
    lua_settop(L, table);
}

static void decode_object(decoder *d) {
    lua_State *L = d->L;
    descend(d);
    lua_pushnil(L); // where the table will be: it is made when its size is known
    int table = lua_gettop(L), count = 0;
    if (d->token.kind != json_kind_close_object) {
        for (;;) {
            if (d->token.kind != json_kind_string) fail(d, "a member's name");
            d->path[d->depth - 1] = (step){.text = d->token.text, .length = d->token.length};
            push_text(d, &d->token);
            advance(d);
            if (d->token.kind != json_kind_colon) fail(d, "':'");
            advance(d);
            if (d->token.kind == json_kind_null && !(d->options & shim_null_keep)) {
                // Dropped; a member that came before under the same name goes, too.
                lua_pushnil(L);
                advance(d);
            } else {
                decode_value(d);
            }
            if (++count == BATCH) {
                store_members(d, table, count, 4 * BATCH);
                count = 0;
            }
            if (d->token.kind == json_kind_close_object) break;
            if (d->token.kind != json_kind_comma) fail(d, "',' or '}'");
            advance(d);
        }
    }
    store_members(d, table, count, count);
    d->depth--;
    advance(d);
}

static void store_elements(decoder *d, int table, lua_Integer before, int count, int room) {
    lua_State *L = d->L;
    if (lua_isnil(L, table)) {
        lua_createtable(L, room, 0);
        lua_pushvalue(L, d->marks);
        lua_setmetatable(L, -2);
        lua_replace(L, table);
    }
    for (int i = count; i > 0; i--) lua_rawseti(L, table, before + i);
}

static void decode_array(decoder *d) {
    lua_State *L = d->L;
    descend(d);
    lua_pushnil(L);
    int table = lua_gettop(L), count = 0;
    lua_Integer stored = 0;
    if (d->token.kind != json_kind_close_array) {
        for (;;) {
            d->path[d->depth - 1] = (step){.index = stored + count + 1};
            decode_value(d);
            if (++count == BATCH) {
                store_elements(d, table, stored, count, 4 * BATCH);
                stored += count;
                count = 0;
            }
            if (d->token.kind == json_kind_close_array) break;
            if (d->token.kind != json_kind_comma) fail(d, "',' or ']'");
            advance(d);
        }
    }
    store_elements(d, table, stored, count, count);
    d->depth--;
    advance(d);
}

static void decode_value(decoder *d) {
    lua_State *L = d->L;
    switch (d->token.kind) {
    case json_kind_null: lua_pushvalue(L, d->marks + 1); break;
    case json_kind_true: lua_pushboolean(L, 1); break;
    case json_kind_false: lua_pushboolean(L, 0); break;
    case json_kind_integer: lua_pushinteger(L, d->token.integer); break;
    case json_kind_double: lua_pushnumber(L, d->token.number); break;
    case json_kind_big_integer:
        if (!(d->options & shim_bigint_string))
            fail_at(d, "an integer beyond 64 bits; decode it with { bigint = \"string\" }", d->token.text);
        lua_pushlstring(L, (const char *)d->token.text, d->token.length);
        break;
    case json_kind_string: push_text(d, &d->token); break;
    case json_kind_open_object: decode_object(d); return;
    case json_kind_open_array: decode_array(d); return;
    default: fail(d, "a value");
    }
    advance(d);
}

void shim_decode(lua_State *L, const uint8_t *text, size_t length, int options) {
    shim_vm *vm = VM(L);
    decoder d; // not its path, which is large and written before it is read
    d.L = L;
    d.lexer = (json_lexer){text, text, text + length};
    d.options = options;
    d.depth = 0;
    luaL_checkstack(L, 8, NULL);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_array);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_null);
    d.marks = lua_gettop(L) - 1;
    advance(&d);
    decode_value(&d);
    if (d.token.kind != json_kind_end) fail(&d, "the end of the text");
    lua_replace(L, d.marks);
    lua_settop(L, d.marks);
}

// MARK: What the trusted prelude gets

static int option(lua_State *L, const char *name, const char *expected) {
    if (!lua_istable(L, 2)) return 0;
    lua_pushstring(L, name);
    lua_rawget(L, 2);
    int is = lua_isstring(L, -1) ? strcmp(lua_tostring(L, -1), expected) == 0 : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return is;
}

static int encode(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 2);
    shim_vm *vm = VM(L);
    shim_encode(L, 1, &vm->arguments, option(L, "pretty", "true"));
    lua_pushlstring(L, (const char *)vm->arguments.bytes, vm->arguments.length);
    return 1;
}

static int decode(lua_State *L) {
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    lua_settop(L, 2);
    int options = shim_null_keep;
    if (option(L, "null", "drop")) options &= ~shim_null_keep;
    if (option(L, "bigint", "string")) options |= shim_bigint_string;
    if (option(L, "duplicates", "error")) options |= shim_duplicates_error;
    if (n > VM(L)->limits.json) {
        shim_push_error(L, "badJSON", "the JSON text is larger than may be decoded");
        return lua_error(L);
    }
    shim_decode(L, (const uint8_t *)text, n, options);
    return 1;
}

static int mark(lua_State *L, int reference) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (lua_getmetatable(L, 1)) {
        const void *own = lua_topointer(L, 2);
        if (own != VM(L)->array_mark && own != VM(L)->object_mark) return luaL_error(L, "the table has a metatable already");
        lua_pop(L, 1);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
    lua_setmetatable(L, 1);
    return 1;
}

static int mark_array(lua_State *L) { return mark(L, VM(L)->ref_array); }
static int mark_object(lua_State *L) { return mark(L, VM(L)->ref_object); }

static int null_text(lua_State *L) {
    lua_pushliteral(L, "null");
    return 1;
}

static int new_mark(lua_State *L, const char *name, const void **address) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    *address = lua_topointer(L, -1);
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

void shim_open_bridge(lua_State *L) {
    shim_vm *vm = VM(L);
    vm->ref_array = new_mark(L, "array", &vm->array_mark);
    vm->ref_object = new_mark(L, "object", &vm->object_mark);
    vm->null = lua_newuserdatauv(L, 1, 0);
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, null_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "null");
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    vm->ref_null = luaL_ref(L, LUA_REGISTRYINDEX);

    lua_createtable(L, 0, 8);
    lua_pushcfunction(L, encode);
    lua_setfield(L, -2, "encode");
    lua_pushcfunction(L, decode);
    lua_setfield(L, -2, "decode");
    lua_pushcfunction(L, mark_array);
    lua_setfield(L, -2, "array");
    lua_pushcfunction(L, mark_object);
    lua_setfield(L, -2, "object");
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_null);
    lua_setfield(L, -2, "null");
    vm->ref_internal = luaL_ref(L, LUA_REGISTRYINDEX);
}
