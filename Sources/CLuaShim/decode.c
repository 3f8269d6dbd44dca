// JSON bytes to Lua values, by the strict lexer, without an intermediate tree.
#include "internal.h"

#define MAXIMUM_DEPTH 128

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
            luaL_addlstring(&b, (const char *)d->path[i].text, d->path[i].length < 60 ? d->path[i].length : 60);
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
                 (int)(d->token.length < 20 ? d->token.length : 20), (const char *)d->token.text);
    }
    fail_at(d, reason, d->token.text);
}

static void push_text(decoder *d, const json_token *token) {
    lua_State *L = d->L;
    if (!token->escaped) {
        lua_pushlstring(L, (const char *)token->text, token->length);
        return;
    }
    luaL_Buffer b;
    char *out = luaL_buffinitsize(L, &b, token->length);
    luaL_pushresultsize(&b, json_unescape(token->text, token->length, (uint8_t *)out));
}

static void decode_value(decoder *d);

static void advance(decoder *d) { json_next(&d->lexer, &d->token); }

static void descend(decoder *d) {
    if (d->depth >= MAXIMUM_DEPTH) fail_at(d, "nested deeper than 128 levels", d->token.text);
    luaL_checkstack(d->L, 8, NULL);
    d->path[d->depth++] = (step){0};
    advance(d);
}

static void decode_object(decoder *d) {
    lua_State *L = d->L;
    descend(d);
    lua_createtable(L, 0, d->token.kind == json_kind_close_object ? 0 : 4);
    if (d->token.kind != json_kind_close_object) {
        for (;;) {
            if (d->token.kind != json_kind_string) fail(d, "a member's name");
            json_token name = d->token;
            d->path[d->depth - 1] = (step){.text = name.text, .length = name.length};
            push_text(d, &name);
            if (d->options & shim_duplicates_error) {
                lua_pushvalue(L, -1);
                if (lua_rawget(L, -3) != LUA_TNIL) fail_at(d, "the member stands twice in its object", name.text);
                lua_pop(L, 1);
            }
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
            lua_rawset(L, -3);
            if (d->token.kind == json_kind_close_object) break;
            if (d->token.kind != json_kind_comma) fail(d, "',' or '}'");
            advance(d);
        }
    }
    d->depth--;
    advance(d);
}

static void decode_array(decoder *d) {
    lua_State *L = d->L;
    descend(d);
    lua_createtable(L, d->token.kind == json_kind_close_array ? 0 : 4, 0);
    lua_pushvalue(L, d->marks);
    lua_setmetatable(L, -2);
    lua_Integer i = 0;
    if (d->token.kind != json_kind_close_array) {
        for (;;) {
            d->path[d->depth - 1] = (step){.index = ++i};
            decode_value(d);
            lua_rawseti(L, -2, i);
            if (d->token.kind == json_kind_close_array) break;
            if (d->token.kind != json_kind_comma) fail(d, "',' or ']'");
            advance(d);
        }
    }
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
    decoder d = {.L = L, .lexer = {text, text, text + length}, .options = options};
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

static int new_mark(lua_State *L, const char *name) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    return luaL_ref(L, LUA_REGISTRYINDEX);
}

void shim_open_bridge(lua_State *L) {
    shim_vm *vm = VM(L);
    vm->ref_array = new_mark(L, "array");
    vm->ref_object = new_mark(L, "object");
    lua_newuserdatauv(L, 1, 0);
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
