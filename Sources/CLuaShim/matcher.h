// The matcher of patterns, for the functions that are made of it.
#pragma once
#include "internal.h"

#define MAXIMUM_CAPTURES 32
#define SHIM_STEPS_BETWEEN_CHECKS 4096

// Lengths of captures that are none.
enum { shim_unfinished = -1, shim_position = -2 };

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

void shim_look_for_stop(matcher *m);

static inline void shim_count_steps(matcher *m, ptrdiff_t steps) {
    m->steps -= steps;
    if (m->steps < 0) shim_look_for_stop(m);
}

void shim_prepare(matcher *m, lua_State *L, const char *s, size_t n, const char *pattern_end);

// Matches at `s` alone: the match's end, or NULL.
const char *shim_match_at(matcher *m, const char *s, const char *p);

// Finds no fault with the pattern: a match that is tried does that.
opening shim_find_opening(const char *p, const char *pattern_end);

// Finds the first match that begins at *from or after it, and does not end at `last`. Gives its end, and its beginning in
// *from; or NULL.
const char *shim_search(matcher *m, const char **from, const char *p, const opening *o, const char *last);

// Gives the i-th capture's text, or pushes the position that it is. The whole match is the first capture of a pattern that
// has none.
ptrdiff_t shim_capture(matcher *m, int i, const char *s, const char *end, const char **text);
void shim_push_capture(matcher *m, int i, const char *s, const char *end);
int shim_push_captures(matcher *m, const char *s, const char *end, bool whole);
