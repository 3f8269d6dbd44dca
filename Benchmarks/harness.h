// What the benchmarks share: clocks, rounds that alternate with a peer, medians with their spread, results.
#pragma once
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAXIMUM_ROUNDS 200

/// Ends the benchmark with a sentence.
_Noreturn static inline void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static inline double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/// How many rounds to run, from $BENCH_ROUNDS.
static inline int rounds(int otherwise) {
    const char *text = getenv("BENCH_ROUNDS");
    int n = text && *text ? atoi(text) : otherwise;
    return n < 1 ? 1 : n > MAXIMUM_ROUNDS ? MAXIMUM_ROUNDS : n;
}

/// One figure of Herald's and one of its peer's, taken one after the other in each round.
typedef struct {
    int count;
    double ours[MAXIMUM_ROUNDS], peer[MAXIMUM_ROUNDS];
} samples;

static inline void add_sample(samples *s, double ours, double peer) {
    if (s->count == MAXIMUM_ROUNDS) return;
    s->ours[s->count] = ours;
    s->peer[s->count] = peer;
    s->count++;
}

static inline int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/// A quantile of some figures, 0.5 for the median.
static inline double quantile(const double *figures, int count, double q) {
    double sorted[MAXIMUM_ROUNDS];
    memcpy(sorted, figures, (size_t)count * sizeof *figures);
    qsort(sorted, (size_t)count, sizeof *sorted, by_size);
    double at = q * (count - 1);
    int below = (int)at;
    int above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/// What figures are measured in: seconds, bytes, so many a second, bytes a second, or a plain number.
typedef enum { unit_seconds, unit_bytes, unit_rate, unit_byte_rate, unit_number } unit;

static inline void print_text(const char *text) {
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') putchar('\\');
        if ((unsigned char)*text >= ' ') putchar(*text);
    }
    putchar('"');
}

static inline void print_spread(const char *low, const char *high, const double *figures, int count) {
    printf(",\"%s\":%.6g,\"%s\":%.6g", low, quantile(figures, count, 0.1), high, quantile(figures, count, 0.9));
}

/// Prints a result, a JSON object on a line of its own: medians of the rounds, the median of the rounds' ratios of Herald's
/// figure to the peer's, and the range in which the middle eight tenths of them lie. `row` names its place in the page,
/// which knows the aim (page/rows.lua); `what` and `peer` say what was measured. With no peer the range is of the figure.
static inline void print_result(const char *row, const char *what, unit unit, const char *peer, const samples *s) {
    static const char *const units[] = {"s", "B", "/s", "B/s", ""};
    if (s->count == 0) fail("%s: nothing was measured", what);
    printf("{\"row\":");
    print_text(row);
    printf(",\"what\":");
    print_text(what);
    printf(",\"unit\":\"%s\",\"rounds\":%d,\"value\":%.6g", units[unit], s->count, quantile(s->ours, s->count, 0.5));
    if (peer) {
        double ratios[MAXIMUM_ROUNDS];
        for (int i = 0; i < s->count; i++) ratios[i] = s->ours[i] / s->peer[i];
        printf(",\"peer\":");
        print_text(peer);
        printf(",\"peerValue\":%.6g,\"ratio\":%.6g", quantile(s->peer, s->count, 0.5), quantile(ratios, s->count, 0.5));
        print_spread("low", "high", ratios, s->count);
    } else {
        print_spread("low", "high", s->ours, s->count);
    }
    puts("}");
    fflush(stdout);
}

/// Prints a remark, which is shown under the figures.
static inline void print_note(const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    printf("{\"note\":");
    print_text(text);
    puts("}");
    fflush(stdout);
}
