#include "watch.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MICROSECONDS 100
#define LONGEST_SECONDS 300

static int64_t number(sqlite3_stmt *statement) {
    int64_t value = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_reset(statement);
    return value;
}

// Conversations are made and never deleted here, so that the last row's number is how many there are.
typedef struct {
    sqlite3 *db;
    sqlite3_stmt *version, *last;
} view;

static view open_view(const char *home) {
    char path[4096];
    snprintf(path, sizeof path, "%s/graph.sqlite", in_folder(home));
    view v;
    if (sqlite3_open_v2(path, &v.db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) fail("%s cannot be read", path);
    if (sqlite3_prepare_v2(v.db, "PRAGMA data_version", -1, &v.version, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(v.db, "SELECT max(rowid) FROM conversation", -1, &v.last, NULL) != SQLITE_OK)
        fail("%s: %s", path, sqlite3_errmsg(v.db));
    return v;
}

static void close_view(view v) {
    sqlite3_finalize(v.version);
    sqlite3_finalize(v.last);
    sqlite3_close(v.db);
}

int count_conversations(const char *home) {
    view v = open_view(home);
    int64_t count = number(v.last);
    close_view(v);
    return (int)count;
}

double wait_for_conversations(const char *home, int count, pid_t program) {
    view v = open_view(home);
    double begun = seconds(CLOCK_MONOTONIC), now;
    int64_t seen = -2;
    for (;;) {
        int64_t current = number(v.version);
        bool is_there = current != seen && number(v.last) >= count;
        now = seconds(CLOCK_MONOTONIC);
        if (is_there) break;
        seen = current;
        siginfo_t information = {0};
        if (waitid(P_PID, (id_t)program, &information, WEXITED | WNOHANG | WNOWAIT) != 0 || information.si_pid != 0) {
            // It may have written between the look and its end.
            if (number(v.last) < count)
                fail("herald ended before it had made %d conversations; see %s", count, in_folder("log"));
            break;
        }
        if (now - begun > LONGEST_SECONDS) fail("herald made no %d conversations in %d s", count, LONGEST_SECONDS);
        usleep(LOOK_MICROSECONDS);
    }
    close_view(v);
    return now;
}
