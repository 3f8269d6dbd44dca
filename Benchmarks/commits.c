// Loaded into herald with LD_PRELOAD: counts how often each SQLite log was made durable, which with synchronous=FULL is
// once a commit and once a checkpoint, and writes the counts into the file named by $BENCH_COMMITS when the process ends.
//
// The announcement's peer makes as many commits; they are counted here so that no batch size is written down twice.
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int graph, ledger;

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
    const char *name = getenv("BENCH_COMMITS");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (!file) return;
    fprintf(file, "%d %d\n", atomic_load(&graph), atomic_load(&ledger));
    fclose(file);
}
