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

#define MAXIMUM_SPEC 22 // what stands between the percent sign and the end of a conversion

typedef struct {
    char spec[MAXIMUM_SPEC + 4]; // "%-5.2f", with room for the length of an integer
    size_t length;
} conversion;

static char letter_of(const conversion *c) { return c->spec[c->length - 1]; }

// Reads flags, width, precision and letter after the percent sign; gives the place after them.
static const char *read_conversion(lua_State *L, const char *percent, conversion *c) {
    c->length = 2 + strspn(percent + 1, "-+ #0123456789.");
    if (c->length > MAXIMUM_SPEC) luaL_error(L, "invalid format string to 'format'");
    memcpy(c->spec, percent, c->length);
    c->spec[c->length] = 0;
    return percent + c->length;
}

static const char *skip_two_digits(const char *p) {
    for (int i = 0; i < 2 && isdigit((unsigned char)*p); i++) p++;
    return p;
}

static void check_modifiers(lua_State *L, const conversion *c, const char *flags, bool precision) {
    const char *p = c->spec + 1;
    p += strspn(p, flags);
    if (*p != '0') p = skip_two_digits(p); // a flag that this conversion has not
    if (*p == '.' && precision) p = skip_two_digits(p + 1);
    if (p != c->spec + c->length - 1) luaL_error(L, "invalid conversion specification: '%s'", c->spec);
}

// The conversion as C takes it for an integer of Lua's size.
static const char *long_spec(conversion *c) {
    char letter[] = {'l', 'l', letter_of(c), 0};
    strcpy(c->spec + c->length - 1, letter);
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

static void add_text(lua_State *L, luaL_Buffer *b, const conversion *c, int argument) {
    shim_push_text(L, argument);
    size_t n;
    const char *text = lua_tolstring(L, -1, &n);
    if (c->length == 2) {
        luaL_addvalue(b);
        return;
    }
    luaL_argcheck(L, n == strlen(text), argument, "string contains zeros");
    check_modifiers(L, c, "-", true);
    if (!strchr(c->spec, '.') && n >= 100) {
        luaL_addvalue(b);
        return;
    }
    char padded[256]; // width and precision have two digits
    int length = snprintf(padded, sizeof padded, c->spec, text);
    lua_pop(L, 1);
    luaL_addlstring(b, padded, (size_t)length);
}

static int put_integer(lua_State *L, int argument, conversion *c, const char *flags, char *text, size_t size) {
    lua_Integer value = luaL_checkinteger(L, argument);
    check_modifiers(L, c, flags, true);
    return snprintf(text, size, long_spec(c), (long long)value);
}

// string.format by the manual (6.4), but no %p, and %s shows no address.
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
        if (percent[1] == '%') {
            luaL_addchar(&b, '%');
            p = percent + 2;
            continue;
        }
        if (++argument > top) return luaL_argerror(L, argument, "no value");
        conversion c;
        p = read_conversion(L, percent, &c);
        char text[512];
        int length = 0;
        switch (letter_of(&c)) {
        case 'c':
            check_modifiers(L, &c, "-", false);
            length = snprintf(text, sizeof text, c.spec, (int)luaL_checkinteger(L, argument));
            break;
        case 'd': case 'i': length = put_integer(L, argument, &c, "-+0 ", text, sizeof text); break;
        case 'u': length = put_integer(L, argument, &c, "-0", text, sizeof text); break;
        case 'o': case 'x': case 'X': length = put_integer(L, argument, &c, "-#0", text, sizeof text); break;
        case 'a': case 'A':
            check_modifiers(L, &c, "-+#0 ", true);
            length = snprintf(text, sizeof text, c.spec, luaL_checknumber(L, argument));
            break;
        case 'e': case 'E': case 'f': case 'g': case 'G': {
            lua_Number value = luaL_checknumber(L, argument);
            check_modifiers(L, &c, "-+#0 ", true);
            length = snprintf(text, sizeof text, c.spec, value);
            break;
        }
        case 'q':
            if (c.length > 2) return luaL_error(L, "specifier '%%q' cannot have modifiers");
            add_quoted(L, &b, argument);
            continue;
        case 's':
            add_text(L, &b, &c, argument);
            continue;
        default: return luaL_error(L, "invalid conversion '%s' to 'format'", c.spec);
        }
        luaL_addlstring(&b, text, (size_t)length);
    }
    luaL_pushresult(&b);
    return 1;
}

// upper, lower and reverse stay stock: they take one pass, and the collector runs before their buffer and their result.
void shim_replace_strings(lua_State *L) {
    static const luaL_Reg functions[] = {{"format", format}, {"rep", rep}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
