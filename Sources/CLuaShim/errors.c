// Errors as scripts and people see them.
#include "internal.h"

// Chunks of Herald's own Lua; people never see their frames.
#define OWN "=[herald]"
#define MAXIMUM_NAME 200
#define OWN_SHORT "[herald]"

static bool is_script(const lua_Debug *ar) {
    return *ar->what != 'C' && strncmp(ar->source, OWN, sizeof OWN - 1) != 0;
}

static const char *chunk_name(const lua_Debug *ar) {
    // A script that loads a text may name it as it likes.
    bool is_name = *ar->source == '@' || *ar->source == '=';
    return is_name && ar->srclen <= MAXIMUM_NAME ? ar->source + 1 : ar->short_src;
}

static bool find_place(lua_State *T, lua_Debug *ar) {
    for (int level = 0; lua_getstack(T, level, ar); level++) {
        lua_getinfo(T, "Sl", ar);
        if (is_script(ar)) return true;
    }
    return false;
}

// Pushes the name of the nearest script chunk and gives its line, or pushes nil. If T is the coroutine that runs, the
// ones that resumed it count as its callers.
static int push_place(lua_State *L, lua_State *T) {
    lua_Debug ar;
    bool found = find_place(T, &ar);
    const resumer *r = T == VM(L)->current ? VM(L)->resumers : NULL;
    for (; !found && r; r = r->outer) found = find_place(r->L, &ar);
    if (found) {
        lua_pushstring(L, chunk_name(&ar));
        return ar.currentline;
    }
    lua_pushnil(L);
    return 0;
}

void shim_note_place(shim_vm *vm, lua_State *L) {
    lua_Debug ar;
    bool found = find_place(L, &ar);
    for (const resumer *r = vm->resumers; !found && r; r = r->outer) found = find_place(r->L, &ar);
    if (!found) return;
    snprintf(vm->ended_script, sizeof vm->ended_script, "%s", chunk_name(&ar));
    vm->ended_line = ar.currentline;
}

void shim_finish_error(lua_State *L) {
    int line = push_place(L, L);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
    } else {
        lua_setfield(L, -2, "script");
        lua_pushinteger(L, line);
        lua_setfield(L, -2, "line");
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, VM(L)->ref_error);
    lua_setmetatable(L, -2);
}

void shim_push_error(lua_State *L, const char *code, const char *message) {
    luaL_checkstack(L, 6, NULL);
    lua_createtable(L, 0, 4);
    lua_pushstring(L, code);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, message);
    lua_setfield(L, -2, "message");
    shim_finish_error(L);
}

// fail(code, message [, fields])
static int fail(lua_State *L) {
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    lua_settop(L, 3);
    if (!lua_istable(L, 3)) {
        lua_createtable(L, 0, 4);
        lua_replace(L, 3);
    }
    lua_pushvalue(L, 1);
    lua_setfield(L, 3, "code");
    lua_pushvalue(L, 2);
    lua_setfield(L, 3, "message");
    shim_finish_error(L);
    return lua_error(L);
}

// "announce.lua:12: message"
static int error_text(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_pushliteral(L, "script");
    lua_rawget(L, 1);
    lua_pushliteral(L, "line");
    lua_rawget(L, 1);
    lua_pushliteral(L, "message");
    lua_rawget(L, 1);
    const char *message = lua_type(L, 4) == LUA_TSTRING ? lua_tostring(L, 4) : "error";
    if (lua_type(L, 2) == LUA_TSTRING && lua_isinteger(L, 3)) {
        lua_pushfstring(L, "%s:%I: %s", lua_tostring(L, 2), (LUAI_UACINT)lua_tointeger(L, 3), message);
    } else {
        lua_pushstring(L, message);
    }
    return 1;
}

// MARK: Descriptions of errors

static void push_traceback(lua_State *L, lua_State *T) {
    lua_createtable(L, 8, 0);
    lua_Debug ar;
    int lines = 0;
    for (int level = 0; lines < 50 && lua_getstack(T, level, &ar); level++) {
        lua_getinfo(T, "Slnt", &ar);
        if (!is_script(&ar)) continue;
        if (*ar.what == 'm') {
            lua_pushfstring(L, "%s:%d: in the main chunk", chunk_name(&ar), ar.currentline);
        } else if (ar.name && *ar.namewhat) {
            lua_pushfstring(L, "%s:%d: in the %s '%s'", chunk_name(&ar), ar.currentline,
                            *ar.namewhat == 'm' ? "method" : "function", ar.name);
        } else {
            lua_pushfstring(L, "%s:%d: in a function that begins on line %d", chunk_name(&ar), ar.currentline,
                            ar.linedefined);
        }
        lua_rawseti(L, -2, ++lines);
    }
}

// Splits "name:12: message" at the top of the stack into the fields script, line and message of the table below it.
static void split_message(lua_State *L, lua_State *T) {
    size_t n;
    const char *text = lua_tolstring(L, -1, &n), *message = text;
    int table = lua_gettop(L) - 1;
    for (const char *p = text; (p = strchr(p, ':')) != NULL && p - text < 300; p++) {
        const char *digits = p + 1, *q = digits;
        while (*q >= '0' && *q <= '9') q++;
        if (q == digits || *q != ':') continue;
        message = q[1] == ' ' ? q + 2 : q + 1;
        if ((size_t)(p - text) == sizeof OWN_SHORT - 1 && memcmp(text, OWN_SHORT, sizeof OWN_SHORT - 1) == 0) break;
        lua_pushlstring(L, text, (size_t)(p - text));
        lua_setfield(L, table, "script");
        lua_pushinteger(L, strtoll(digits, NULL, 10));
        lua_setfield(L, table, "line");
        break;
    }
    lua_pushlstring(L, message, n - (size_t)(message - text));
    lua_setfield(L, table, "message");
    lua_getfield(L, table, "script");
    if (lua_isnil(L, -1)) {
        int line = push_place(L, T);
        if (!lua_isnil(L, -1)) {
            lua_setfield(L, table, "script");
            lua_pushinteger(L, line);
            lua_setfield(L, table, "line");
        } else {
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 2);
}

static int text_of_value(lua_State *L) {
    shim_push_text(L, 1);
    return 1;
}

// Pushes a field of the error object at index 1 if it has the type that people's tools expect there.
static bool push_field(lua_State *L, const char *name, bool is_number) {
    lua_pushstring(L, name);
    lua_rawget(L, 1);
    if (is_number ? lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0 && lua_tointeger(L, -1) <= INT32_MAX
                  : lua_isstring(L, -1)) {
        if (!is_number) lua_tostring(L, -1);
        return true;
    }
    lua_pop(L, 1);
    return false;
}

// Makes a table of an error value: message, script, line, traceback, and what an error object carries. The second
// argument is the coroutine that raised it, if that is not this one; only then a script's __tostring is asked.
int shim_message_handler(lua_State *L) {
    static const struct {
        const char *name;
        bool is_number;
    } fields[] = {{"message", false}, {"script", false}, {"line", true}, {"code", false}, {"status", true}, {"requestId", false}};
    lua_State *T = lua_islightuserdata(L, 2) ? lua_touserdata(L, 2) : L;
    lua_settop(L, 1);
    luaL_checkstack(L, 12, NULL);
    lua_createtable(L, 0, 8);
    if (lua_type(L, 1) == LUA_TTABLE) {
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            if (push_field(L, fields[i].name, fields[i].is_number)) lua_setfield(L, 2, fields[i].name);
        }
        // A place is whole or it is none.
        bool has_place = push_field(L, "line", true);
        if (has_place) lua_pop(L, 1);
        if (!has_place) {
            int line = push_place(L, T);
            bool is_known = !lua_isnil(L, -1);
            lua_setfield(L, 2, "script");
            if (is_known) {
                lua_pushinteger(L, line);
                lua_setfield(L, 2, "line");
            }
        }
        lua_getfield(L, 2, "message");
        bool has = !lua_isnil(L, -1);
        lua_pop(L, 1);
        if (!has) {
            bool is_text = false;
            if (T != L && luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
                lua_pop(L, 1);
                lua_pushcfunction(L, text_of_value);
                lua_pushvalue(L, 1);
                is_text = lua_pcall(L, 1, 1, 0) == LUA_OK;
                if (!is_text) lua_pop(L, 1);
            }
            if (!is_text) lua_pushliteral(L, "(the error value is a table without a message)");
            split_message(L, T);
        }
    } else if (lua_isstring(L, 1)) {
        lua_pushvalue(L, 1);
        lua_tostring(L, -1);
        split_message(L, T);
    } else {
        lua_pushfstring(L, "(the error value is a %s)", luaL_typename(L, 1));
        split_message(L, T);
    }
    push_traceback(L, T);
    lua_setfield(L, 2, "traceback");
    return 1;
}

static void put_clean(shim_vm *vm, const char *text, size_t n) {
    size_t bad;
    if (n > 8192) n = 8192;
    // Before there is anything that a jump out of here would leak.
    if (vm->text.capacity - vm->text.length < JSON_STRING_ROOM(3 * n) && !shim_reserve(&vm->text, JSON_STRING_ROOM(3 * n))) return;
    char *clean = shim_refuses(vm) ? NULL : malloc(3 * n + 1);
    if (!clean) shim_leave(vm, shim_end_memory);
    size_t length = 0;
    for (const uint8_t *p = (const uint8_t *)text, *end = p + n; p < end;) {
        size_t width = json_utf8_length(p, end);
        if (width == 0 || (*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7F) {
            memcpy(clean + length, "\xEF\xBF\xBD", 3);
            length += 3;
            p++;
        } else {
            memcpy(clean + length, p, width);
            length += width;
            p += width;
        }
    }
    uint8_t *room = vm->text.bytes + vm->text.length;
    uint8_t *end = json_put_string(room, (const uint8_t *)clean, length, &bad);
    if (end) vm->text.length += (size_t)(end - room);
    free(clean);
}

// Writes the table that shim_message_handler made into the state's text, as JSON.
int shim_describe_error(lua_State *L) {
    shim_vm *vm = VM(L);
    vm->text.length = 0;
    if (!lua_istable(L, 1)) return 0;
    const char *separator = "{";
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        size_t n;
        const char *name = lua_tolstring(L, -2, &n);
        shim_put(&vm->text, separator, 1);
        put_clean(vm, name, n);
        shim_put(&vm->text, ":", 1);
        if (lua_istable(L, -1)) {
            shim_put(&vm->text, "[", 1);
            for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TSTRING; i++) {
                if (i > 1) shim_put(&vm->text, ",", 1);
                const char *line = lua_tolstring(L, -1, &n);
                put_clean(vm, line, n);
                lua_pop(L, 1);
            }
            lua_pop(L, 1);
            shim_put(&vm->text, "]", 1);
        } else if (lua_isinteger(L, -1)) {
            char number[32];
            int length = snprintf(number, sizeof number, LUA_INTEGER_FMT, (LUAI_UACINT)lua_tointeger(L, -1));
            shim_put(&vm->text, number, (size_t)length);
        } else {
            lua_pushvalue(L, -1);
            const char *text = lua_tolstring(L, -1, &n);
            put_clean(vm, text, n);
            lua_pop(L, 1);
        }
        separator = ",";
    }
    shim_put(&vm->text, "}", 1);
    return 0;
}

void shim_open_errors(lua_State *L) {
    shim_vm *vm = VM(L);
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, error_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "error");
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    vm->ref_error = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_internal);
    lua_pushcfunction(L, fail);
    lua_setfield(L, -2, "fail");
    lua_pop(L, 1);
}
