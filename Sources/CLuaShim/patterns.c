// string.find, match, gmatch and gsub over a matcher of our own (manual, 6.4.1). What the stock one does, this does too, to
// the texts of its errors; but it counts its steps, so that a pattern that goes back and forth without end can be ended.
//
// A pattern is read as the match goes on, never before: the manual leaves open when a malformed one is found, and stock
// Lua finds it when it gets there.
#define _GNU_SOURCE // memmem
#include "internal.h"

#include <ctype.h>

#define MAXIMUM_CAPTURES 32
#define MAXIMUM_DEPTH 200        // of the matcher's own recursion
#define STEPS_BETWEEN_CHECKS 4096
#define LARGE_RESULT (64 * 1024) // from which on the collector is asked before a result grows

// Lengths of captures that are none.
enum { unfinished = -1, position = -2 };

typedef struct {
    const char *start;
    ptrdiff_t length;
} capture;

typedef struct {
    lua_State *L;
    const char *subject, *end, *pattern_end;
    ptrdiff_t steps; // until the next look at whether a stop is wanted
    int depth;       // that is left
    int level;       // of captures in use
    capture captures[MAXIMUM_CAPTURES];
} matcher;

// What every match of a pattern has to begin with, so that the search for one can pass over the rest.
typedef struct {
    enum { with_anything, with_character, with_class } kind;
    const char *p, *next; // the character, or where the class stands in the pattern and ends
} opening;

static void look_for_stop(matcher *m) {
    m->steps = STEPS_BETWEEN_CHECKS;
    shim_check_stop_in(m->L);
}

static inline void count_steps(matcher *m, ptrdiff_t steps) {
    m->steps -= steps;
    if (m->steps < 0) look_for_stop(m);
}

// MARK: Classes of characters

static bool is_of_class(int c, int letter) {
    int is;
    switch (letter | 0x20) {
    case 'a': is = isalpha(c); break;
    case 'c': is = iscntrl(c); break;
    case 'd': is = isdigit(c); break;
    case 'g': is = isgraph(c); break;
    case 'l': is = islower(c); break;
    case 'p': is = ispunct(c); break;
    case 's': is = isspace(c); break;
    case 'u': is = isupper(c); break;
    case 'w': is = isalnum(c); break;
    case 'x': is = isxdigit(c); break;
    case 'z': is = c == 0; break; // the manual no longer has it; the stock function does
    default: return c == letter;
    }
    return (is != 0) == ((letter & 0x20) != 0); // a capital stands for all others
}

// Whether a set holds a character; `set` is its opening bracket and `close` its closing one.
static bool is_in_set(matcher *m, int c, const char *set, const char *close) {
    const char *p = set + 1;
    bool found = false, negated = *p == '^';
    if (negated) p++;
    while (p < close && !found) {
        if (*p == '%') {
            found = is_of_class(c, (unsigned char)p[1]);
            p += 2;
        } else if (p[1] == '-' && p + 2 < close) {
            found = (unsigned char)p[0] <= c && c <= (unsigned char)p[2];
            p += 3;
        } else {
            found = (unsigned char)*p++ == c;
        }
    }
    count_steps(m, (p - set) >> 4);
    return found != negated;
}

// The place after a single-character class; NULL if it is malformed.
static const char *end_of_class(const char *p, const char *pattern_end) {
    switch (*p++) {
    case '%': return p == pattern_end ? NULL : p + 1;
    case '[':
        if (*p == '^') p++;
        do { // a bracket that stands first belongs to the set
            if (p == pattern_end) return NULL;
            if (*p++ == '%' && p < pattern_end) p++;
        } while (*p != ']');
        return p + 1;
    default: return p;
    }
}

static const char *class_end(matcher *m, const char *p) {
    const char *next = end_of_class(p, m->pattern_end);
    if (!next) luaL_error(m->L, *p == '%' ? "malformed pattern (ends with '%%')" : "malformed pattern (missing ']')");
    m->steps -= (next - p) >> 4;
    return next;
}

// Whether the class between `p` and `next` holds the character at `s`, which lies before the end of the subject.
static inline bool holds(matcher *m, const char *s, const char *p, const char *next) {
    switch (*p) {
    case '.': return true;
    case '%': return is_of_class((unsigned char)*s, (unsigned char)p[1]);
    case '[': return is_in_set(m, (unsigned char)*s, p, next - 1);
    default: return *s == *p;
    }
}

// How many characters from `s` on the class holds, one after the other.
static ptrdiff_t run_length(matcher *m, const char *s, const char *p, const char *next) {
    const char *start = s, *end = m->end;
    switch (*p) {
    case '.': return end - s;
    case '%': while (s < end && is_of_class((unsigned char)*s, (unsigned char)p[1])) s++; break;
    case '[': while (s < end && is_in_set(m, (unsigned char)*s, p, next - 1)) s++; break;
    default: while (s < end && *s == *p) s++;
    }
    m->steps -= (s - start) >> 2;
    return s - start;
}

// MARK: The matcher

static const char *match(matcher *m, const char *s, const char *p);

static const char *repeat_most(matcher *m, const char *s, const char *p, const char *next, ptrdiff_t least) {
    for (ptrdiff_t count = 1 + run_length(m, s + 1, p, next); count >= least; count--) {
        const char *end = match(m, s + count, next + 1);
        if (end) return end;
    }
    return NULL;
}

static const char *repeat_least(matcher *m, const char *s, const char *p, const char *next) {
    for (;; s++) {
        const char *end = match(m, s, next + 1);
        if (end) return end;
        if (s >= m->end || !holds(m, s, p, next)) return NULL;
    }
}

static const char *open_capture(matcher *m, const char *s, const char *p) {
    if (m->level >= MAXIMUM_CAPTURES) luaL_error(m->L, "too many captures");
    bool is_position = p[1] == ')';
    m->captures[m->level++] = (capture){s, is_position ? position : unfinished};
    const char *end = match(m, s, is_position ? p + 2 : p + 1);
    if (!end) m->level--;
    return end;
}

static const char *close_capture(matcher *m, const char *s, const char *p) {
    int i = m->level - 1;
    while (i >= 0 && m->captures[i].length != unfinished) i--;
    if (i < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[i].length = s - m->captures[i].start;
    const char *end = match(m, s, p + 1);
    if (!end) m->captures[i].length = unfinished;
    return end;
}

// %1 and so on: the place after what the capture holds, if it stands at `s` again.
static const char *same_again(matcher *m, const char *s, int digit) {
    int i = digit - '1';
    if (i < 0 || i >= m->level || m->captures[i].length == unfinished)
        luaL_error(m->L, "invalid capture index %%%d", i + 1);
    const capture *c = &m->captures[i];
    if (c->length == position || m->end - s < c->length) return NULL;
    m->steps -= c->length >> 6;
    return memcmp(c->start, s, (size_t)c->length) == 0 ? s + c->length : NULL;
}

// %bxy: the place after what is balanced; `p` is the place of x.
static const char *balanced(matcher *m, const char *s, const char *p) {
    if (m->pattern_end - p < 2) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->end || *s != p[0]) return NULL;
    ptrdiff_t open = 1;
    const char *start = s;
    while (++s < m->end) {
        if (*s == p[1]) {
            if (--open == 0) break;
        } else if (*s == p[0]) {
            open++;
        }
    }
    m->steps -= (s - start) >> 2;
    return s < m->end ? s + 1 : NULL;
}

// %f[set]: whether the place lies between a character that is not in the set and one that is. Before the first and after
// the last lies '\0'.
static bool is_frontier(matcher *m, const char *s, const char *set, const char *close) {
    int before = s == m->subject ? 0 : (unsigned char)s[-1], here = s == m->end ? 0 : (unsigned char)*s;
    return !is_in_set(m, before, set, close) && is_in_set(m, here, set, close);
}

// Matches the pattern from `p` on at `s`; gives the end of the match, or NULL. One level of depth for each alternative that
// is still open.
static const char *match(matcher *m, const char *s, const char *p) {
    if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
    while (s && p != m->pattern_end) {
        count_steps(m, 1);
        switch (*p) {
        case '(':
            s = open_capture(m, s, p);
            goto done;
        case ')':
            s = close_capture(m, s, p);
            goto done;
        case '$':
            if (p + 1 != m->pattern_end) break;
            s = s == m->end ? s : NULL;
            goto done;
        case '%':
            switch (p[1]) {
            case 'b':
                s = balanced(m, s, p + 2);
                p += 4;
                continue;
            case 'f': {
                p += 2;
                if (*p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
                const char *next = class_end(m, p);
                if (!is_frontier(m, s, p, next - 1)) s = NULL;
                p = next;
                continue;
            }
            case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
                s = same_again(m, s, p[1]);
                p += 2;
                continue;
            }
        }
        const char *next = class_end(m, p);
        if (s == m->end || !holds(m, s, p, next)) {
            bool may_lack = *next == '*' || *next == '?' || *next == '-';
            s = may_lack ? s : NULL;
            p = next + 1;
            continue;
        }
        const char *end;
        switch (*next) {
        case '?':
            end = match(m, s + 1, next + 1);
            if (!end) {
                p = next + 1;
                continue;
            }
            s = end;
            goto done;
        case '*':
            s = repeat_most(m, s, p, next, 0);
            goto done;
        case '+':
            s = repeat_most(m, s, p, next, 1);
            goto done;
        case '-':
            s = repeat_least(m, s, p, next);
            goto done;
        }
        s++;
        p = next;
    }
done:
    m->depth++;
    return s;
}

// MARK: The search

static void prepare(matcher *m, lua_State *L, const char *s, size_t n, const char *pattern_end) {
    m->L = L;
    m->subject = s;
    m->end = s + n;
    m->pattern_end = pattern_end;
    m->steps = STEPS_BETWEEN_CHECKS;
}

static const char *match_at(matcher *m, const char *s, const char *p) {
    m->depth = MAXIMUM_DEPTH;
    m->level = 0;
    return match(m, s, p);
}

// Finds no fault with the pattern: a match that is tried does that.
static opening find_opening(const char *p, const char *pattern_end) {
    const opening none = {with_anything, NULL, NULL};
    for (int captures = 0; *p == '(' && p[1] != ')'; p++) {
        if (++captures > MAXIMUM_CAPTURES) return none;
    }
    if (p >= pattern_end || *p == '.' || *p == '(' || *p == ')' || (*p == '$' && p + 1 == pattern_end)) return none;
    if (*p == '%') {
        if (p[1] == 'b' && pattern_end - p >= 4) return (opening){with_character, p + 2, NULL};
        if (p[1] == 'b' || p[1] == 'f' || isdigit((unsigned char)p[1])) return none;
    }
    const char *next = end_of_class(p, pattern_end);
    if (!next || *next == '*' || *next == '?' || *next == '-') return none;
    if (*p == '%' && ispunct((unsigned char)p[1])) return (opening){with_character, p + 1, NULL};
    return (opening){*p == '%' || *p == '[' ? with_class : with_character, p, next};
}

// The first place from `s` on where a match may begin, or NULL.
static const char *next_opening(matcher *m, const char *s, const opening *o) {
    const char *start = s;
    if (o->kind == with_class) {
        while (s < m->end && !holds(m, s, o->p, o->next)) s++;
        if (s == m->end) s = NULL;
    } else {
        s = memchr(s, (unsigned char)*o->p, (size_t)(m->end - s));
    }
    count_steps(m, ((s ? s : m->end) - start) >> 4);
    return s;
}

// Finds the first match that begins at *from or after it, and does not end at `last`. Gives its end, and its beginning in
// *from; or NULL.
static const char *search(matcher *m, const char **from, const char *p, const opening *o, const char *last) {
    for (const char *s = *from; s <= m->end; s++) {
        if (o->kind != with_anything && !(s = next_opening(m, s, o))) return NULL;
        const char *end = match_at(m, s, p);
        if (end && end != last) {
            *from = s;
            return end;
        }
    }
    return NULL;
}

// MARK: Captures

// Gives the i-th capture's text, or pushes the position that it is. The whole match is the first capture of a pattern that
// has none.
static ptrdiff_t get_capture(matcher *m, int i, const char *s, const char *end, const char **text) {
    if (i >= m->level) {
        if (i != 0) luaL_error(m->L, "invalid capture index %%%d", i + 1);
        *text = s;
        return end - s;
    }
    const capture *c = &m->captures[i];
    if (c->length == unfinished) luaL_error(m->L, "unfinished capture");
    if (c->length == position) lua_pushinteger(m->L, c->start - m->subject + 1);
    *text = c->start;
    return c->length;
}

static void push_capture(matcher *m, int i, const char *s, const char *end) {
    const char *text;
    ptrdiff_t length = get_capture(m, i, s, end, &text);
    if (length != position) lua_pushlstring(m->L, text, (size_t)length);
}

static int push_captures(matcher *m, const char *s, const char *end, bool whole) {
    int count = m->level == 0 && whole ? 1 : m->level;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) push_capture(m, i, s, end);
    return count;
}

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
    prepare(&m, L, s, n, pattern_end);
    const char *at = s + start, *end;
    if (*p == '^') {
        end = match_at(&m, at, p + 1);
    } else {
        opening o = find_opening(p, pattern_end);
        end = search(&m, &at, p, &o, NULL);
    }
    if (!end) return push_nothing(L);
    if (!is_find) return push_captures(&m, at, end, true);
    lua_pushinteger(L, at - s + 1);
    lua_pushinteger(L, end - s);
    return 2 + push_captures(&m, at, end, false);
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
    prepare(&m, L, i->subject, i->length, i->pattern_end);
    opening o = find_opening(i->pattern, i->pattern_end);
    const char *at = i->next, *end = search(&m, &at, i->pattern, &o, i->last);
    if (!end) return 0;
    i->next = i->last = end;
    return push_captures(&m, at, end, true);
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
            ptrdiff_t length = get_capture(m, c - '1', s, end, &text);
            if (length == position) luaL_addvalue(b);
            else add(b, text, (size_t)length);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
        p = percent + 2;
        count_steps(m, 1);
    }
    add(b, p, (size_t)(stop - p));
}

// Adds what a match is replaced with; gives whether it is anything else than itself.
static bool add_value(matcher *m, luaL_Buffer *b, const char *s, const char *end, int type) {
    lua_State *L = m->L;
    switch (type) {
    case LUA_TFUNCTION:
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(m, s, end, true), 1);
        break;
    case LUA_TTABLE:
        push_capture(m, 0, s, end);
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
    if (!is_anchored) o = find_opening(p, pattern_end);
    matcher m;
    prepare(&m, L, s, n, pattern_end);
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    const char *last = NULL;
    while (count < most) {
        const char *at = s, *end = is_anchored ? match_at(&m, at, p) : search(&m, &at, p, &o, last);
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
