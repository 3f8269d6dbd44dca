// What a process of `herald run` takes to start: until a reader of the store sees the post of a script that announces to one
// group, and to its end with an empty script, by the clock and in processor time. Beside it interpreters that run nothing.
//
//   start HERALD FOLDER
#include "watch.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const peers[][4] = {
    {"lua5.4", "-e", "", NULL},
    {"python3", "-c", "", NULL},
    {"node", "-e", "", NULL},
};
enum { peer_count = sizeof peers / sizeof *peers };

// Starts an interpreter, looked up on the PATH; `is_there` becomes false if there is none.
static cost run_peer(int peer, bool *is_there) {
    // What `python3` names may be a script that looks for Python first.
    const char *python = getenv("BENCH_PYTHON");
    const char *program = python && strcmp(peers[peer][0], "python3") == 0 ? python : peers[peer][0];
    double begun = seconds(CLOCK_MONOTONIC);
    pid_t child = vfork();
    if (child < 0) fail("no process for %s", peers[peer][0]);
    if (child == 0) {
        execvp(program, (char *const *)peers[peer]);
        _exit(127);
    }
    int status;
    struct rusage usage;
    wait4(child, &status, 0, &usage);
    double wall = seconds(CLOCK_MONOTONIC) - begun;
    *is_there = !(WIFEXITED(status) && WEXITSTATUS(status) == 127);
    if (*is_there && status != 0) fail("%s ended with status %d", peers[peer][0], status);
    return (cost){
        .wall = wall,
        .processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6,
    };
}

// The time until the one post of `one.lua` can be read.
static double time_first_effect(char *const one[]) {
    shell("cd '%s' && rm -rf home && cp -r before home && sync .", folder);
    double begun = seconds(CLOCK_MONOTONIC);
    pid_t program = start_process(one, "home", NULL);
    double seen = wait_for_conversations("home", 1, program);
    end_process(program, one, begun);
    return seen - begun;
}

static void print_peer(const char *row, const char *what, const char *peer, const samples *s) {
    char name[64], start[64];
    snprintf(name, sizeof name, "start.%s.%s", row, peer);
    snprintf(start, sizeof start, "%s that runs nothing", peer);
    print_result(name, what, unit_seconds, start, s);
}

int main(int count, char **arguments) {
    if (count != 3) fail("usage: start HERALD FOLDER");
    folder = arguments[2];
    char *import[] = {arguments[1], "groups", "import", "groups.csv", NULL};
    char *empty[] = {arguments[1], "run", "--quiet", "empty.lua", NULL};
    char *one[] = {arguments[1], "run", "--quiet", "announce.lua", NULL};
    write_groups(1);
    write_scripts();
    run(import, "before", NULL);
    run(empty, "before", NULL);

    samples alone = {0};
    for (int round = 0, n = rounds(21); round < n; round++) add_sample(&alone, time_first_effect(one), 1);
    print_result("start.effect", "start of a run until its first post can be read", unit_seconds, NULL, &alone);
    for (int peer = 0; peer < peer_count; peer++) {
        bool is_there;
        run_peer(peer, &is_there);
        if (!is_there) {
            print_note("start beside %s: left out, for it is not installed", peers[peer][0]);
            continue;
        }
        samples first = {0}, wall = {0}, processor = {0};
        for (int round = 0, n = rounds(21); round < n; round++) {
            double seen = time_first_effect(one);
            cost ours = run(empty, "before", NULL), theirs = run_peer(peer, &is_there);
            add_sample(&first, seen, theirs.wall);
            add_sample(&wall, ours.wall, theirs.wall);
            add_sample(&processor, ours.processor, theirs.processor);
        }
        const char *name = peers[peer][0];
        print_peer("effect", "start of a run until its first post can be read", name, &first);
        print_peer("wall", "start to end of an empty script, by the clock", name, &wall);
        print_peer("processor", "start to end of an empty script, processor time", name, &processor);
    }
    return 0;
}
