// Runs a command and prints what it took: wall seconds, processor seconds, and its peak of resident memory in KiB.
//
//   measure COMMAND [ARGUMENT…]      the command's output goes to standard error
#include "harness.h"
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count < 2) fail("usage: measure COMMAND [ARGUMENT…]");
    double start = seconds(CLOCK_MONOTONIC);
    pid_t child = fork();
    if (child < 0) fail("measure: no process can be made");
    if (child == 0) {
        dup2(STDERR_FILENO, STDOUT_FILENO);
        execvp(arguments[1], arguments + 1);
        _exit(127);
    }
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0) {}
    double wall = seconds(CLOCK_MONOTONIC) - start;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) fail("measure: %s ended with status %d", arguments[1], status);
    double processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    printf("%.4f %.4f %ld\n", wall, processor, usage.ru_maxrss);
    return 0;
}
