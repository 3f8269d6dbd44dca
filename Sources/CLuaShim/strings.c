// The functions of `string` that could loop in C without end, or show addresses.
#include "internal.h"

#include <ctype.h>

static int rep(lua_State *L) {
    shim_vm *vm = VM(L);
    size_t n, width;
    const char *text = luaL_checklstring(L, 1, &n);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &width);
    if (count <= 0 || n + width == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if ((lua_Unsigned)count > vm->limits.memory / (n + width)) return luaL_error(L, "resulting string too large");
    size_t unit = n + width, total = unit * (size_t)count - width;
    shim_collect_if_near(L, total);
    shim_buffer *out = &vm->scratch;
    out->length = 0;
    if (!shim_reserve(out, unit * (size_t)count)) shim_leave(vm, shim_end_memory);
    uint8_t *bytes = out->bytes;
    memcpy(bytes, text, n);
    memcpy(bytes + n, separator, width);
    size_t done = unit;
    while (done < total) { // doubling what is there
        size_t more = done < total - done ? done : total - done;
        memcpy(bytes + done, bytes, more);
        done += more;
    }
    lua_pushlstring(L, (const char *)bytes, total);
    shim_trim(out);
    return 1;
}

// MARK: format

typedef struct {
    char spec[16]; // "%-5.2", with room for a length and the conversion
    size_t length;
    bool is_plain, has_precision;
} conversion;

static _Noreturn void refuse(lua_State *L, const char *percent, size_t n) {
    lua_pushlstring(L, percent, n < 20 ? n : 20);
    luaL_error(L, "invalid conversion '%s' to 'format'", lua_tostring(L, -1));
    abort();
}

// Reads flags, width and precision after the percent sign; gives the place of the conversion's letter.
static const char *read_conversion(lua_State *L, const char *percent, const char *end, conversion *c) {
    const char *p = percent + 1;
    int flags = 0, width = 0, precision = 0;
    while (p < end && *p && strchr("-+ #0", *p)) p++, flags++;
    while (p < end && isdigit((unsigned char)*p)) p++, width++;
    c->has_precision = p < end && *p == '.';
    if (c->has_precision) {
        p++;
        while (p < end && isdigit((unsigned char)*p)) p++, precision++;
    }
    if (p == end || flags > 5 || width > 2 || precision > 2) refuse(L, percent, (size_t)(p - percent) + (p < end));
    c->length = (size_t)(p - percent);
    memcpy(c->spec, percent, c->length);
    c->is_plain = c->length == 1;
    return p;
}

static const char *finish_spec(lua_State *L, conversion *c, const char *suffix, const char *percent, const char *flags) {
    for (size_t i = 1; i < c->length && strchr("-+ #0", c->spec[i]); i++) {
        if (!strchr(flags, c->spec[i])) refuse(L, percent, c->length + 1);
    }
    strcpy(c->spec + c->length, suffix);
    return c->spec;
}

static void add_quoted(lua_State *L, luaL_Buffer *b, int argument) {
    char text[64];
    switch (lua_type(L, argument)) {
    case LUA_TSTRING: {
        size_t n;
        const char *s = lua_tolstring(L, argument, &n);
        luaL_addchar(b, '"');
        for (const char *p = s, *end = s + n; p < end; p++) {
            if (*p == '"' || *p == '\\' || *p == '\n') {
                luaL_addchar(b, '\\');
                luaL_addchar(b, *p);
            } else if (iscntrl((unsigned char)*p)) {
                bool digit = p + 1 < end && isdigit((unsigned char)p[1]);
                snprintf(text, sizeof text, digit ? "\\%03d" : "\\%d", (unsigned char)*p);
                luaL_addstring(b, text);
            } else {
                luaL_addchar(b, *p);
            }
        }
        luaL_addchar(b, '"');
        return;
    }
    case LUA_TNUMBER:
        if (lua_isinteger(L, argument)) {
            lua_Integer i = lua_tointeger(L, argument);
            snprintf(text, sizeof text, i == LUA_MININTEGER ? "0x%" LUA_INTEGER_FRMLEN "x" : LUA_INTEGER_FMT,
                     (LUAI_UACINT)i);
        } else {
            double d = lua_tonumber(L, argument);
            if (d != d) strcpy(text, "(0/0)");
            else if (d == __builtin_inf()) strcpy(text, "1e9999");
            else if (d == -__builtin_inf()) strcpy(text, "-1e9999");
            else snprintf(text, sizeof text, "%a", d);
        }
        luaL_addstring(b, text);
        return;
    case LUA_TNIL: luaL_addstring(b, "nil"); return;
    case LUA_TBOOLEAN: luaL_addstring(b, lua_toboolean(L, argument) ? "true" : "false"); return;
    default: luaL_argerror(L, argument, "value has no literal form");
    }
}

static void add_text(lua_State *L, luaL_Buffer *b, conversion *c, int argument, const char *percent) {
    shim_push_text(L, argument);
    size_t n;
    const char *text = lua_tolstring(L, -1, &n);
    const char *spec = finish_spec(L, c, "s", percent, "-");
    if (c->is_plain || (!c->has_precision && n >= 100)) {
        luaL_addvalue(b);
        return;
    }
    luaL_argcheck(L, n == strlen(text), argument, "string contains zeros");
    char padded[256]; // width and precision have two digits
    int length = snprintf(padded, sizeof padded, spec, text);
    lua_pop(L, 1);
    luaL_addlstring(b, padded, (size_t)length);
}

// string.format by the manual (6.4), but %p shows nothing and %s no address.
static int format(lua_State *L) {
    size_t n;
    const char *p = luaL_checklstring(L, 1, &n), *end = p + n;
    int top = lua_gettop(L), argument = 1;
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    while (p < end) {
        const char *percent = memchr(p, '%', (size_t)(end - p));
        if (!percent) percent = end;
        luaL_addlstring(&b, p, (size_t)(percent - p));
        if (percent == end) break;
        shim_check_stop_in(L);
        if (percent + 1 < end && percent[1] == '%') {
            luaL_addchar(&b, '%');
            p = percent + 2;
            continue;
        }
        conversion c;
        const char *letter = read_conversion(L, percent, end, &c);
        p = letter + 1;
        if (!*letter || !strchr("cdiuoxXaAeEfgGqs", *letter)) refuse(L, percent, c.length + 1);
        if (++argument > top) return luaL_argerror(L, argument, "no value");
        char suffix[] = {*letter, 0}, text[512];
        int length = 0;
        switch (*letter) {
        case 'c':
            if (c.has_precision) refuse(L, percent, c.length + 1);
            length = snprintf(text, sizeof text, finish_spec(L, &c, "c", percent, "-"), (int)luaL_checkinteger(L, argument));
            break;
        case 'd': case 'i': case 'u': case 'o': case 'x': case 'X': {
            lua_Integer value = luaL_checkinteger(L, argument);
            char wide[] = {'l', 'l', *letter, 0};
            const char *flags = strchr("di", *letter) ? "-+0 " : *letter == 'u' ? "-0" : "-#0";
            length = snprintf(text, sizeof text, finish_spec(L, &c, wide, percent, flags), (long long)value);
            break;
        }
        case 'q':
            if (!c.is_plain) return luaL_error(L, "specifier '%%q' cannot have modifiers");
            add_quoted(L, &b, argument);
            continue;
        case 's':
            add_text(L, &b, &c, argument, percent);
            continue;
        default:
            length = snprintf(text, sizeof text, finish_spec(L, &c, suffix, percent, "-+#0 "), luaL_checknumber(L, argument));
        }
        luaL_addlstring(&b, text, (size_t)length);
    }
    luaL_pushresult(&b);
    return 1;
}

void shim_replace_strings(lua_State *L) {
    static const luaL_Reg functions[] = {{"format", format}, {"rep", rep}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
