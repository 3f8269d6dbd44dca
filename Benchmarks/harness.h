// What the benchmarks share: clocks, rounds that alternate with a peer, medians with their spread, rows of the table.
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

/// Writes a figure with its unit into `text`.
typedef void (*formatter)(char *text, size_t size, double value);

/// Prints `| what | ours | peer | ratio | spread |`: medians, the median of the rounds' ratios, and the range in which the
/// middle eight tenths of them lie. A ratio below 1 is in Herald's favour where figures are costs.
static inline void print_row(const char *what, const char *peer, const samples *s, formatter format) {
    if (s->count == 0) fail("%s: nothing was measured", what);
    double ratios[MAXIMUM_ROUNDS];
    for (int i = 0; i < s->count; i++) ratios[i] = s->ours[i] / s->peer[i];
    char a[64], b[64];
    format(a, sizeof a, quantile(s->ours, s->count, 0.5));
    format(b, sizeof b, quantile(s->peer, s->count, 0.5));
    printf("| %s | %s | %s (%s) | %.2f | %.2f–%.2f |\n", what, a, b, peer, quantile(ratios, s->count, 0.5),
           quantile(ratios, s->count, 0.1), quantile(ratios, s->count, 0.9));
    fflush(stdout);
}

/// Prints a remark under the table.
static inline void print_note(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("| *", stdout);
    vprintf(format, arguments);
    puts("* | | | | |");
    va_end(arguments);
    fflush(stdout);
}

static inline void format_ns(char *text, size_t size, double ns) {
    if (ns < 100) snprintf(text, size, "%.1f ns", ns);
    else if (ns < 100000) snprintf(text, size, "%.0f ns", ns);
    else snprintf(text, size, "%.2f ms", ns * 1e-6);
}
