// Going on with a run that was killed near its end: from the start of `herald resume` until a reader of the store sees the
// first post that was missing, with so many effects settled before.
//
//   resume HERALD FOLDER GROUPS
#include "watch.h"

#include <signal.h>
#include <sys/wait.h>

// How many groups the run has beyond those that it reaches before it is killed: a few of its batches.
#define REST 2000

int main(int count, char **arguments) {
    if (count != 4) fail("usage: resume HERALD FOLDER GROUPS");
    folder = arguments[2];
    int groups = group_count(arguments[3]);
    char *import[] = {arguments[1], "groups", "import", "groups.csv", NULL};
    char *empty[] = {arguments[1], "run", "--quiet", "empty.lua", NULL};
    char *announce[] = {arguments[1], "run", "--quiet", "announce.lua", NULL};
    char *resume[] = {arguments[1], "resume", "--quiet", "last", NULL};

    write_groups(groups + REST);
    write_scripts();
    run(import, "killed", NULL);
    run(empty, "killed", NULL);
    pid_t program = start_process(announce, "killed", NULL);
    wait_for_conversations("killed", groups, program);
    kill(program, SIGKILL);
    int status;
    waitpid(program, &status, 0);
    if (!WIFSIGNALED(status)) fail("the run came to its end before it could be killed");

    samples first = {0}, whole = {0};
    for (int i = 0, n = rounds(5); i < n; i++) {
        shell("cd '%s' && rm -rf home && cp -r killed home && sync .", folder);
        int made = count_conversations("home");
        double begun = seconds(CLOCK_MONOTONIC);
        program = start_process(resume, "home", NULL);
        double seen = wait_for_conversations("home", made + 1, program);
        add_sample(&first, seen - begun, 1);
        add_sample(&whole, end_process(program, resume, begun).wall, 1);
        if (count_conversations("home") != groups + REST) fail("the run did not reach every group once");
    }
    char row[64], what[120];
    snprintf(row, sizeof row, "resume.%d.first", groups);
    snprintf(what, sizeof what, "herald resume over %s settled effects, until its first new one", with_commas(groups));
    print_result(row, what, unit_seconds, NULL, &first);
    snprintf(row, sizeof row, "resume.%d.end", groups);
    snprintf(what, sizeof what, "herald resume over %s settled effects, to the end", with_commas(groups));
    print_result(row, what, unit_seconds, NULL, &whole);
    return 0;
}
