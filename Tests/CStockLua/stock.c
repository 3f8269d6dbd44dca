#include "CStockLua.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *bytes;
    size_t length, capacity;
} output;

static int put(output *out, const char *text, size_t n) {
    if (out->length + n > out->capacity) {
        size_t capacity = 2 * (out->length + n);
        uint8_t *bytes = realloc(out->bytes, capacity);
        if (!bytes) return 0;
        out->bytes = bytes;
        out->capacity = capacity;
    }
    memcpy(out->bytes + out->length, text, n);
    out->length += n;
    return 1;
}

static int emit(lua_State *L) {
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    if (!put(lua_touserdata(L, lua_upvalueindex(1)), text, n)) return luaL_error(L, "no memory for the output");
    return 0;
}

uint8_t *stock_lua_run(const char *name, const uint8_t *source, size_t length, size_t *size, int32_t *failed) {
    output out = {NULL, 0, 0};
    lua_State *L = luaL_newstate();
    *failed = 1;
    *size = 0;
    if (!L) return NULL;
    luaL_openlibs(L);
    lua_pushlightuserdata(L, &out);
    lua_pushcclosure(L, emit, 1);
    lua_setglobal(L, "emit");
    if (luaL_loadbufferx(L, (const char *)source, length, name, "t") == LUA_OK && lua_pcall(L, 0, 0, 0) == LUA_OK) {
        *failed = 0;
    } else {
        out.length = 0;
        size_t n = 0;
        const char *message = lua_tolstring(L, -1, &n);
        if (message) put(&out, message, n);
    }
    lua_close(L);
    *size = out.length;
    return out.bytes;
}
