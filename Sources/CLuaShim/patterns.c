// string.find, match, gmatch and gsub over the matcher (manual, 6.4.1).
#define _GNU_SOURCE // memmem
#include "matcher.h"

#include <ctype.h>

#define LARGE_RESULT (64 * 1024) // from which on the collector is asked before a result grows

// MARK: find, match, gmatch

// A position that a caller gave, counted from 0; it may lie after the end.
static size_t start_of(lua_State *L, int index, size_t length) {
    lua_Integer i = luaL_optinteger(L, index, 1);
    if (i > 0) return (size_t)i - 1;
    if (i == 0 || i < -(lua_Integer)length) return 0;
    return length + (size_t)i;
}

// Most texts are found, or not, by their first character; the rest is for the function that is linear at its worst.
static const char *find_plain(const char *s, size_t n, const char *p, size_t width) {
    if (width == 0) return s;
    if (width > n) return NULL;
    const char *end = s + n, *last = end - width;
    for (int tries = 0; s <= last; s++) {
        if (tries++ == 16) return memmem(s, (size_t)(end - s), p, width);
        s = memchr(s, (unsigned char)*p, (size_t)(last - s) + 1);
        if (!s || memcmp(s, p, width) == 0) return s;
    }
    return NULL;
}

static bool is_plain(const char *p, size_t n) {
    for (const char *end = p + n; p < end; p++) {
        switch (*p) {
        case '^': case '$': case '*': case '+': case '?': case '.': case '(': case '[': case '%': case '-': return false;
        }
    }
    return true;
}

static int push_nothing(lua_State *L) {
    lua_pushnil(L);
    return 1;
}

static int search_pattern(lua_State *L, const char *s, size_t n, size_t start, const char *p, const char *pattern_end,
                          bool is_find) {
    matcher m;
    shim_prepare(&m, L, s, n, pattern_end);
    const char *at = s + start, *end;
    if (*p == '^') {
        end = shim_match_at(&m, at, p + 1);
    } else {
        opening o = shim_find_opening(p, pattern_end);
        end = shim_search(&m, &at, p, &o, NULL);
    }
    if (!end) return push_nothing(L);
    if (!is_find) return shim_push_captures(&m, at, end, true);
    lua_pushinteger(L, at - s + 1);
    lua_pushinteger(L, end - s);
    return 2 + shim_push_captures(&m, at, end, false);
}

static int find(lua_State *L) {
    size_t n, width;
    const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &width);
    size_t start = start_of(L, 3, n);
    if (start > n) return push_nothing(L);
    if (!lua_toboolean(L, 4) && !is_plain(p, width)) return search_pattern(L, s, n, start, p, p + width, true);
    const char *found = find_plain(s + start, n - start, p, width);
    if (!found) return push_nothing(L);
    lua_pushinteger(L, found - s + 1);
    lua_pushinteger(L, found - s + (lua_Integer)width);
    return 2;
}

static int string_match(lua_State *L) {
    size_t n, width;
    const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &width);
    size_t start = start_of(L, 3, n);
    return start > n ? push_nothing(L) : search_pattern(L, s, n, start, p, p + width, false);
}

// Where an iteration is; its strings are upvalues beside it.
typedef struct {
    const char *subject, *pattern, *pattern_end;
    size_t length;
    const char *next; // where to go on, after the end of the subject if nowhere
    const char *last; // where the last match ended, NULL before the first
} iteration;

static int next_match(lua_State *L) {
    iteration *i = lua_touserdata(L, lua_upvalueindex(3));
    matcher m;
    shim_prepare(&m, L, i->subject, i->length, i->pattern_end);
    opening o = shim_find_opening(i->pattern, i->pattern_end);
    const char *at = i->next, *end = shim_search(&m, &at, i->pattern, &o, i->last);
    if (!end) return 0;
    i->next = i->last = end;
    return shim_push_captures(&m, at, end, true);
}

static int gmatch(lua_State *L) {
    size_t n, width;
    const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &width);
    size_t start = start_of(L, 3, n);
    lua_settop(L, 2);
    iteration *i = lua_newuserdatauv(L, sizeof *i, 0);
    *i = (iteration){s, p, p + width, n, s + (start > n ? n + 1 : start), NULL};
    lua_pushcclosure(L, next_match, 3);
    return 1;
}

// MARK: gsub

// The result is Lua's memory, so that neither an error nor a limit leaks it. Garbage makes room for it before it grows.
static void grow(luaL_Buffer *b, size_t n) {
    if (b->n + n > LARGE_RESULT) shim_collect_if_near(b->L, b->size / 2 * 3 + n);
    luaL_prepbuffsize(b, n);
}

static inline void add(luaL_Buffer *b, const char *text, size_t n) {
    if (n == 0) return;
    if (n > b->size - b->n) grow(b, n);
    memcpy(b->b + b->n, text, n);
    b->n += n;
}

static void add_replacement(matcher *m, luaL_Buffer *b, const char *s, const char *end) {
    lua_State *L = m->L;
    size_t n;
    const char *p = lua_tolstring(L, 3, &n), *stop = p + n, *percent;
    while ((percent = memchr(p, '%', (size_t)(stop - p)))) {
        add(b, p, (size_t)(percent - p));
        char c = percent[1];
        if (c == '%') {
            luaL_addchar(b, '%');
        } else if (c == '0') {
            add(b, s, (size_t)(end - s));
        } else if (isdigit((unsigned char)c)) {
            const char *text;
            ptrdiff_t length = shim_capture(m, c - '1', s, end, &text);
            if (length == shim_position) luaL_addvalue(b);
            else add(b, text, (size_t)length);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
        p = percent + 2;
        shim_count_steps(m, 1);
    }
    add(b, p, (size_t)(stop - p));
}

// Adds what a match is replaced with; gives whether it is anything else than itself.
static bool add_value(matcher *m, luaL_Buffer *b, const char *s, const char *end, int type) {
    lua_State *L = m->L;
    switch (type) {
    case LUA_TFUNCTION:
        lua_pushvalue(L, 3);
        lua_call(L, shim_push_captures(m, s, end, true), 1);
        break;
    case LUA_TTABLE:
        shim_push_capture(m, 0, s, end);
        lua_gettable(L, 3);
        break;
    default:
        add_replacement(m, b, s, end);
        return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        add(b, s, (size_t)(end - s));
        return false;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(b);
    return true;
}

static int gsub(lua_State *L) {
    size_t n, width;
    const char *s = luaL_checklstring(L, 1, &n), *p = luaL_checklstring(L, 2, &width), *pattern_end = p + width;
    int type = lua_type(L, 3);
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)n + 1), count = 0;
    luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                     "string/function/table");
    bool is_anchored = *p == '^', is_changed = false;
    if (is_anchored) p++;
    opening o = {with_anything, NULL, NULL};
    if (!is_anchored) o = shim_find_opening(p, pattern_end);
    matcher m;
    shim_prepare(&m, L, s, n, pattern_end);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    const char *last = NULL;
    while (count < most) {
        const char *at = s, *end = is_anchored ? shim_match_at(&m, at, p) : shim_search(&m, &at, p, &o, last);
        if (!end) break;
        add(&b, s, (size_t)(at - s));
        count++;
        if (add_value(&m, &b, at, end, type)) is_changed = true;
        s = last = end;
        if (is_anchored) break;
    }
    if (is_changed) {
        add(&b, s, (size_t)(m.end - s));
        if (b.n > LARGE_RESULT) shim_collect_if_near(L, b.n);
        luaL_pushresult(&b);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, count);
    return 2;
}

void shim_replace_patterns(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"find", find}, {"match", string_match}, {"gmatch", gmatch}, {"gsub", gsub}, {NULL, NULL},
    };
    luaL_setfuncs(L, functions, 0);
}
