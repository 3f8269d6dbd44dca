// The time from the start of a process of `herald run` with an empty script to its end, beside interpreters that run
// nothing: time by the clock, then processor time.
//
//   start HERALD FOLDER
#define _GNU_SOURCE
#include "harness.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    double wall, processor;
    bool is_there;
} cost;

static cost run(char *const arguments[]) {
    double start = seconds(CLOCK_MONOTONIC);
    pid_t child = vfork();
    if (child < 0) fail("no process for %s", arguments[0]);
    if (child == 0) {
        execvp(arguments[0], arguments);
        _exit(127);
    }
    int status;
    struct rusage usage;
    wait4(child, &status, 0, &usage);
    double wall = seconds(CLOCK_MONOTONIC) - start;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return (cost){0};
    if (status != 0) fail("%s ended with status %d", arguments[0], status);
    return (cost){
        .wall = wall,
        .processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6,
        .is_there = true,
    };
}

static void format_ms(char *text, size_t size, double time) { snprintf(text, size, "%.1f ms", time * 1000); }

int main(int count, char **arguments) {
    if (count != 3) fail("usage: start HERALD FOLDER");
    if (chdir(arguments[2]) != 0) fail("there is no folder %s", arguments[2]);
    FILE *script = fopen("empty.lua", "w");
    if (!script) fail("%s/empty.lua cannot be written", arguments[2]);
    fclose(script);
    setenv("HERALD_HOME", "home", 1);
    char *ours[] = {arguments[1], "run", "--quiet", "empty.lua", NULL};
    char *const peers[][4] = {
        {"lua5.4", "-e", "", NULL},
        {"python3", "-c", "", NULL},
        {"node", "-e", "", NULL},
    };
    run(ours); // makes the store
    for (size_t i = 0; i < sizeof peers / sizeof *peers; i++) {
        samples wall = {0}, processor = {0};
        if (!run(peers[i]).is_there) {
            print_note("start beside %s: left out, for it is not installed", peers[i][0]);
            continue;
        }
        for (int round = 0, n = rounds(21); round < n; round++) {
            cost a = run(ours), b = run(peers[i]);
            add_sample(&wall, a.wall, b.wall);
            add_sample(&processor, a.processor, b.processor);
        }
        char peer[40];
        snprintf(peer, sizeof peer, "%s %s ''", peers[i][0], peers[i][1]);
        print_row("start to end of an empty script, time by the clock", peer, &wall, format_ms);
        print_row("start to end of an empty script, processor time", peer, &processor, format_ms);
    }
    return 0;
}
