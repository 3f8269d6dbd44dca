// Loaded into herald with LD_PRELOAD: counts how often each SQLite log was made durable, which with synchronous=FULL is
// once a commit and once a checkpoint, and how often memory was asked for. The counts are written into the file named by
// $BENCH_COUNTS when the process ends, and whenever it gets SIGUSR2: store, ledger, allocations.
//
// The announcement's peer makes as many commits; they are counted here so that no batch size is written down twice.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int graph, ledger;
static atomic_long allocations;

// The C library's own, which need no looking up: looking up allocates.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void count_allocation(void) { atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    count_allocation();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    count_allocation();
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    count_allocation();
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count_allocation();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    count_allocation();
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}

static void count(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n <= 0) return;
    path[n] = 0;
    if (strstr(path, "graph.sqlite-wal")) atomic_fetch_add(&graph, 1);
    if (strstr(path, "ledger.sqlite-wal")) atomic_fetch_add(&ledger, 1);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    count(file);
    return real(file);
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    count(file);
    return real(file);
}

__attribute__((destructor)) static void report(void) {
    const char *name = getenv("BENCH_COUNTS");
    int file = name ? open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (file < 0) return;
    dprintf(file, "%d %d %ld\n", atomic_load(&graph), atomic_load(&ledger), atomic_load(&allocations));
    close(file);
}

static void report_now(int number) {
    (void)number;
    report();
}

__attribute__((constructor)) static void listen_for_signal(void) { signal(SIGUSR2, report_now); }
