#include "herald.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *folder;

const char *in_folder(const char *name) {
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

pid_t start_process(char *const arguments[], const char *home, const char *tools) {
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) fail("no process for %s: %s", arguments[0], strerror(errno));
    if (child > 0) return child;
    int log = open(in_folder("log"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || chdir(folder) != 0) _exit(126);
    setenv("HERALD_HOME", in_folder(home), 1);
    if (tools) {
        char libraries[8192];
        snprintf(libraries, sizeof libraries, "%s/commits.so:%s/allocations.so", tools, tools);
        setenv("LD_PRELOAD", libraries, 1);
        setenv("BENCH_COMMITS", in_folder("commits"), 1);
        setenv("BENCH_ALLOCATIONS", in_folder("allocations"), 1);
    }
    execv(arguments[0], arguments);
    _exit(127);
}

cost end_process(pid_t child, char *const arguments[], double begun) {
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child) fail("%s was lost", arguments[0]);
    if (status != 0) fail("%s %s ended with status %d; see %s", arguments[0], arguments[1], status, in_folder("log"));
    return (cost){
        .wall = seconds(CLOCK_MONOTONIC) - begun,
        .processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6,
        .memory = (double)usage.ru_maxrss * 1024,
    };
}

cost run(char *const arguments[], const char *home, const char *tools) {
    double begun = seconds(CLOCK_MONOTONIC);
    return end_process(start_process(arguments, home, tools), arguments, begun);
}

void shell(const char *format, ...) {
    char command[16384];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (system(command) != 0) fail("this failed: %s", command);
}

void write_file(const char *name, const char *text) {
    FILE *file = fopen(in_folder(name), "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) fail("%s cannot be written", in_folder(name));
}

void write_groups(int count) {
    FILE *file = fopen(in_folder("groups.csv"), "w");
    if (!file) fail("%s cannot be written", in_folder("groups.csv"));
    fputs("id,displayName,mail,mailNickname,visibility,groupTypes\n", file);
    uint64_t random = 0x9E3779B97F4A7C15;
    for (int i = 0; i < count; i++) {
        uint64_t half[2];
        for (int j = 0; j < 2; j++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            half[j] = random;
        }
        fprintf(file, "%08x-%04x-4%03x-a%03x-%012llx,Contoso Group %d,group%d@contoso.example,group%d,Private,Unified\n",
                (unsigned)(half[0] >> 32), (unsigned)(half[0] >> 16 & 0xFFFF), (unsigned)(half[0] & 0xFFF),
                (unsigned)(half[1] >> 52), (unsigned long long)(half[1] & 0xFFFFFFFFFFFF), i, i, i);
    }
    if (fclose(file) != 0) fail("%s cannot be written", in_folder("groups.csv"));
}

void write_scripts(void) {
    write_file("announce.lua",
               "announce {\n"
               "  name  = 'wellness',\n"
               "  to    = csv.read 'groups.csv',\n"
               "  topic = 'Take your wellness days and rest',\n"
               "  body  = html '<p>Hello {{displayName}},</p><p>Contoso cares about you: Rest and Recharge</p>',\n"
               "  participants = { { name = 'Adele Vance', address = 'AdeleV@contoso.com' } },\n"
               "}\n");
    write_file("empty.lua", "");
}

counts read_counts(void) {
    counts c;
    FILE *file = fopen(in_folder("commits"), "r");
    if (!file || fscanf(file, "%d %d", &c.graph, &c.ledger) != 2 || c.ledger < 1)
        fail("herald's commits could not be counted");
    fclose(file);
    file = fopen(in_folder("allocations"), "r");
    if (!file || fscanf(file, "%lf", &c.allocations) != 1) fail("herald's allocations could not be counted");
    fclose(file);
    return c;
}

int group_count(const char *text) {
    int count = atoi(text);
    if (count < 1) fail("'%s' is no number of groups", text);
    return count;
}

const char *with_commas(int number) {
    static char texts[4][24];
    static int next;
    char digits[16], *text = texts[next++ % 4], *at = text;
    int length = snprintf(digits, sizeof digits, "%d", number);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0) *at++ = ',';
        *at++ = digits[i];
    }
    *at = 0;
    return text;
}
