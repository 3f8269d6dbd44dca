// The matcher of patterns (manual, 6.4.1). What the stock one does, this does too, to the texts of its errors; but it counts
// its steps, so that a pattern that goes back and forth without end can be ended.
//
// A pattern is read as the match goes on, never before: the manual leaves open when a malformed one is found, and stock
// Lua finds it when it gets there.
#include "matcher.h"

#include <ctype.h>

#define MAXIMUM_DEPTH 200 // of the matcher's own recursion

void shim_look_for_stop(matcher *m) {
    m->steps = SHIM_STEPS_BETWEEN_CHECKS;
    shim_check_stop_in(m->L);
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
    shim_count_steps(m, (p - set) >> 4);
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
    m->captures[m->level++] = (capture){s, is_position ? shim_position : shim_unfinished};
    const char *end = match(m, s, is_position ? p + 2 : p + 1);
    if (!end) m->level--;
    return end;
}

static const char *close_capture(matcher *m, const char *s, const char *p) {
    int i = m->level - 1;
    while (i >= 0 && m->captures[i].length != shim_unfinished) i--;
    if (i < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[i].length = s - m->captures[i].start;
    const char *end = match(m, s, p + 1);
    if (!end) m->captures[i].length = shim_unfinished;
    return end;
}

// %1 and so on: the place after what the capture holds, if it stands at `s` again.
static const char *same_again(matcher *m, const char *s, int digit) {
    int i = digit - '1';
    if (i < 0 || i >= m->level || m->captures[i].length == shim_unfinished)
        luaL_error(m->L, "invalid capture index %%%d", i + 1);
    const capture *c = &m->captures[i];
    if (c->length == shim_position || m->end - s < c->length) return NULL;
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
        shim_count_steps(m, 1);
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

void shim_prepare(matcher *m, lua_State *L, const char *s, size_t n, const char *pattern_end) {
    m->L = L;
    m->subject = s;
    m->end = s + n;
    m->pattern_end = pattern_end;
    m->steps = SHIM_STEPS_BETWEEN_CHECKS;
}

const char *shim_match_at(matcher *m, const char *s, const char *p) {
    m->depth = MAXIMUM_DEPTH;
    m->level = 0;
    return match(m, s, p);
}

opening shim_find_opening(const char *p, const char *pattern_end) {
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
    shim_count_steps(m, ((s ? s : m->end) - start) >> 4);
    return s;
}

const char *shim_search(matcher *m, const char **from, const char *p, const opening *o, const char *last) {
    for (const char *s = *from; s <= m->end; s++) {
        if (o->kind != with_anything && !(s = next_opening(m, s, o))) return NULL;
        const char *end = shim_match_at(m, s, p);
        if (end && end != last) {
            *from = s;
            return end;
        }
    }
    return NULL;
}

// MARK: Captures

ptrdiff_t shim_capture(matcher *m, int i, const char *s, const char *end, const char **text) {
    if (i >= m->level) {
        if (i != 0) luaL_error(m->L, "invalid capture index %%%d", i + 1);
        *text = s;
        return end - s;
    }
    const capture *c = &m->captures[i];
    if (c->length == shim_unfinished) luaL_error(m->L, "unfinished capture");
    if (c->length == shim_position) lua_pushinteger(m->L, c->start - m->subject + 1);
    *text = c->start;
    return c->length;
}

void shim_push_capture(matcher *m, int i, const char *s, const char *end) {
    const char *text;
    ptrdiff_t length = shim_capture(m, i, s, end, &text);
    if (length != shim_position) lua_pushlstring(m->L, text, (size_t)length);
}

int shim_push_captures(matcher *m, const char *s, const char *end, bool whole) {
    int count = m->level == 0 && whole ? 1 : m->level;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) shim_push_capture(m, i, s, end);
    return count;
}
