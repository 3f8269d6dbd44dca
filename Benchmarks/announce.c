// Announcing to many groups on the embedded store, ledger and all: `herald run` from its start to its end, beside this
// program, which makes the same rows in two files of the same schema with raw prepared statements.
//
//   announce HERALD COMMITS.SO FOLDER GROUPS
//
// Each round runs herald on a fresh copy of a store that has the groups, then copies what it wrote: this program reads a
// few hundred groups' rows from the finished files at a time, with the clock stopped, and inserts them into files that
// have the same groups and the schema of the real ones, read from `sqlite_master`. It makes what herald makes durable: the
// effects as planned, then the rows of the store, then the effects' outcomes, in as many commits as herald made
// (`commits.c` counts them in a run that is not measured), in WAL mode with synchronous=FULL and with the same caches.
// It renders nothing, checks nothing and asks for nothing: it is the floor.
#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// As Sources/Storage sets them for every file.
#define PRAGMAS                                                                                                  \
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;" \
    "PRAGMA wal_autocheckpoint = 8192;"

typedef struct {
    double wall, processor; // seconds
    double memory;          // bytes, at the peak
} cost;

static const char *folder;

static const char *in_folder(const char *name) {
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

// MARK: Running herald

// Runs a program to its end in the folder; what it says is kept in the file `log`.
static cost run(char *const arguments[], const char *home, const char *preload) {
    double start = seconds(CLOCK_MONOTONIC);
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) fail("no process for %s: %s", arguments[0], strerror(errno));
    if (child == 0) {
        int log = open(in_folder("log"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || chdir(folder) != 0) _exit(126);
        setenv("HERALD_HOME", home, 1);
        if (preload) {
            setenv("LD_PRELOAD", preload, 1);
            setenv("BENCH_COMMITS", in_folder("commits"), 1);
        }
        execv(arguments[0], arguments);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) != child) fail("%s was lost", arguments[0]);
    if (status != 0) fail("%s %s ended with status %d; see %s", arguments[0], arguments[1], status, in_folder("log"));
    return (cost){
        .wall = seconds(CLOCK_MONOTONIC) - start,
        .processor = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6,
        .memory = (double)usage.ru_maxrss * 1024,
    };
}

static void shell(const char *format, ...) {
    char command[16384];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (system(command) != 0) fail("this failed: %s", command);
}

static void write_inputs(int groups) {
    FILE *file = fopen(in_folder("groups.csv"), "w");
    if (!file) fail("%s cannot be written", in_folder("groups.csv"));
    fputs("id,displayName,mail,mailNickname,visibility,groupTypes\n", file);
    uint64_t random = 0x9E3779B97F4A7C15;
    for (int i = 0; i < groups; i++) {
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
    fclose(file);
    file = fopen(in_folder("announce.lua"), "w");
    if (!file) fail("%s cannot be written", in_folder("announce.lua"));
    fputs("announce {\n"
          "  name  = 'wellness',\n"
          "  to    = csv.read 'groups.csv',\n"
          "  topic = 'Take your wellness days and rest',\n"
          "  body  = html '<p>Hello {{displayName}},</p><p>Contoso cares about you: Rest and Recharge</p>',\n"
          "  participants = { { name = 'Adele Vance', address = 'AdeleV@contoso.com' } },\n"
          "}\n",
          file);
    fclose(file);
    file = fopen(in_folder("empty.lua"), "w");
    if (!file) fail("%s cannot be written", in_folder("empty.lua"));
    fclose(file);
}

// MARK: The peer

static sqlite3 *open_file(const char *path, bool is_new) {
    sqlite3 *db;
    int flags = is_new ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) fail("%s: %s", path, sqlite3_errmsg(db));
    return db;
}

static void execute(sqlite3 *db, const char *sql) {
    char *message;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail("%s: %s", sql, message);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) fail("%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

static int64_t number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = prepare(db, sql);
    int64_t value = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return value;
}

typedef struct {
    int type, length;
    sqlite3_int64 integer;
    size_t bytes; // where a text or a blob lies in the batch
} cell;

// The rows of one table that a batch makes.
typedef struct {
    sqlite3_stmt *select, *insert;
    int columns, rows;
    size_t capacity;
    cell *cells;
    uint8_t *bytes;
    size_t length, room;
} table;

// Selects a range of rows in the order in which they were made; inserts `columns` of them.
static table make_table(sqlite3 *from, sqlite3 *to, const char *name, const char *columns, const char *insert) {
    char sql[4096];
    table t = {0};
    snprintf(sql, sizeof sql, "SELECT %s FROM \"%s\" WHERE rowid > ?1 AND rowid <= ?2 ORDER BY rowid", columns, name);
    t.select = prepare(from, sql);
    t.columns = sqlite3_column_count(t.select);
    if (!insert) {
        int n = snprintf(sql, sizeof sql, "INSERT INTO \"%s\" (%s", name, sqlite3_column_name(t.select, 0));
        for (int i = 1; i < t.columns; i++)
            n += snprintf(sql + n, sizeof sql - (size_t)n, ", %s", sqlite3_column_name(t.select, i));
        n += snprintf(sql + n, sizeof sql - (size_t)n, ") VALUES (?");
        for (int i = 1; i < t.columns; i++) n += snprintf(sql + n, sizeof sql - (size_t)n, ", ?");
        snprintf(sql + n, sizeof sql - (size_t)n, ")");
        insert = sql;
    }
    t.insert = prepare(to, insert);
    return t;
}

// Reads rows into memory; not measured.
static void read_rows(table *t, int64_t after, int64_t last) {
    t->rows = 0;
    t->length = 0;
    sqlite3_bind_int64(t->select, 1, after);
    sqlite3_bind_int64(t->select, 2, last);
    while (sqlite3_step(t->select) == SQLITE_ROW) {
        size_t first = (size_t)t->rows * (size_t)t->columns;
        if (first + (size_t)t->columns > t->capacity) {
            t->capacity = 2 * t->capacity + (size_t)t->columns;
            t->cells = realloc(t->cells, t->capacity * sizeof *t->cells);
            if (!t->cells) fail("no memory");
        }
        for (int i = 0; i < t->columns; i++) {
            cell *c = &t->cells[first + (size_t)i];
            c->type = sqlite3_column_type(t->select, i);
            c->integer = sqlite3_column_int64(t->select, i);
            if (c->type != SQLITE_TEXT && c->type != SQLITE_BLOB) continue;
            const void *bytes = sqlite3_column_blob(t->select, i);
            c->length = sqlite3_column_bytes(t->select, i);
            c->bytes = t->length;
            if (t->length + (size_t)c->length + 1 > t->room) {
                t->room = 2 * t->room + (size_t)c->length + 1;
                t->bytes = realloc(t->bytes, t->room);
                if (!t->bytes) fail("no memory");
            }
            if (c->length > 0) memcpy(t->bytes + t->length, bytes, (size_t)c->length);
            t->length += (size_t)c->length + 1;
        }
        t->rows++;
    }
    sqlite3_reset(t->select);
}

static void insert_row(table *t, int row) {
    for (int i = 0; i < t->columns; i++) {
        const cell *c = &t->cells[(size_t)row * (size_t)t->columns + (size_t)i];
        switch (c->type) {
        case SQLITE_NULL: sqlite3_bind_null(t->insert, i + 1); break;
        case SQLITE_INTEGER: sqlite3_bind_int64(t->insert, i + 1, c->integer); break;
        case SQLITE_TEXT:
            sqlite3_bind_text(t->insert, i + 1, (char *)t->bytes + c->bytes, c->length, SQLITE_STATIC);
            break;
        default: sqlite3_bind_blob(t->insert, i + 1, t->bytes + c->bytes, c->length, SQLITE_STATIC);
        }
    }
    if (sqlite3_step(t->insert) != SQLITE_DONE)
        fail("a row of the peer's: %s", sqlite3_errmsg(sqlite3_db_handle(t->insert)));
    sqlite3_reset(t->insert);
}

static double measured_wall, measured_processor, wall_start, processor_start;

static void start_clock(void) {
    wall_start = seconds(CLOCK_MONOTONIC);
    processor_start = seconds(CLOCK_THREAD_CPUTIME_ID);
}

static void stop_clock(void) {
    measured_processor += seconds(CLOCK_THREAD_CPUTIME_ID) - processor_start;
    measured_wall += seconds(CLOCK_MONOTONIC) - wall_start;
}

#define MAXIMUM_TABLES 32
#define MAXIMUM_NAME 64

// Lists a file's tables in the order in which they were made, so that what is referred to comes first.
static int list_tables(sqlite3 *db, const char *but, char names[MAXIMUM_TABLES][MAXIMUM_NAME]) {
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN (%s) AND name NOT LIKE 'sqlite_%%' "
             "AND name NOT LIKE 'grdb_%%' ORDER BY rowid",
             but);
    sqlite3_stmt *statement = prepare(db, sql);
    int count = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        if (count == MAXIMUM_TABLES) fail("too many tables");
        snprintf(names[count++], MAXIMUM_NAME, "%s", (const char *)sqlite3_column_text(statement, 0));
    }
    sqlite3_finalize(statement);
    return count;
}

// Makes the tables of a finished file in a new one, in which the statements of `rows` then put what was there before.
static sqlite3 *make_copy(const char *real, const char *copy, sqlite3 **from, const char *rows) {
    *from = open_file(real, false);
    sqlite3 *db = open_file(copy, true);
    execute(db, PRAGMAS);
    sqlite3_stmt *schema = prepare(*from, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid");
    while (sqlite3_step(schema) == SQLITE_ROW) {
        const char *sql = (const char *)sqlite3_column_text(schema, 0);
        if (!strstr(sql, "sqlite_sequence")) execute(db, sql);
    }
    sqlite3_finalize(schema);
    char sql[8192];
    snprintf(sql, sizeof sql, "ATTACH '%s' AS real; BEGIN; %s COMMIT; DETACH real; PRAGMA wal_checkpoint(TRUNCATE);", real,
             rows);
    execute(db, sql);
    return db;
}

#define EFFECT_PLANNED "id, key, runID, announcementID, target, requestHash, method, path, body, 0 AS state"
#define EFFECT_SETTLED "state, status, answer, code, message, settledAt, id"
#define SETTLE                                                                                                \
    "UPDATE effect SET state = ?1, status = ?2, answer = ?3, code = ?4, message = ?5, settledAt = ?6 WHERE id = ?7"

// Makes all rows of a finished run again; run in a process of its own.
static void make_rows(const char *real, const char *copy, int graph_commits, int ledger_commits) {
    char paths[4][4096];
    snprintf(paths[0], sizeof paths[0], "%s/graph.sqlite", real);
    snprintf(paths[1], sizeof paths[1], "%s/graph.sqlite", copy);
    snprintf(paths[2], sizeof paths[2], "%s/ledger.sqlite", real);
    snprintf(paths[3], sizeof paths[3], "%s/ledger.sqlite", copy);
    sqlite3 *graph_from, *ledger_from;
    sqlite3 *graph = make_copy(paths[0], paths[1], &graph_from,
                               "INSERT INTO user SELECT * FROM real.user;"
                               "INSERT INTO \"group\" SELECT * FROM real.\"group\";");
    sqlite3 *ledger = make_copy(paths[2], paths[3], &ledger_from, "");

    char names[2][MAXIMUM_TABLES][MAXIMUM_NAME];
    // The groups are there already; the effects are made twice, as planned and as settled.
    int store_count = list_tables(graph_from, "'user', 'group'", names[0]);
    int run_count = list_tables(ledger_from, "'effect'", names[1]);
    table store[MAXIMUM_TABLES], runs[MAXIMUM_TABLES];
    int64_t counts[MAXIMUM_TABLES];
    for (int i = 0; i < store_count; i++) {
        char sql[128];
        store[i] = make_table(graph_from, graph, names[0][i], "*", NULL);
        snprintf(sql, sizeof sql, "SELECT max(rowid) FROM \"%s\"", names[0][i]);
        counts[i] = number(graph_from, sql);
    }
    for (int i = 0; i < run_count; i++) {
        runs[i] = make_table(ledger_from, ledger, names[1][i], "*", NULL);
        read_rows(&runs[i], 0, INT64_MAX);
    }
    table planned = make_table(ledger_from, ledger, "effect", EFFECT_PLANNED, NULL);
    table settled = make_table(ledger_from, ledger, "effect", EFFECT_SETTLED, SETTLE);
    int64_t effects = number(ledger_from, "SELECT max(id) FROM effect");
    if (effects == 0 || counts[0] == 0) fail("herald's files hold no rows to make again");

    start_clock();
    execute(ledger, "BEGIN");
    for (int i = 0; i < run_count; i++)
        for (int row = 0; row < runs[i].rows; row++) insert_row(&runs[i], row);
    execute(ledger, "COMMIT");
    stop_clock();

    // Half of the ledger's commits plan, the other half settle.
    int halves = ledger_commits / 2 > 0 ? ledger_commits / 2 : 1;
    for (int n = 0; n < halves; n++) {
        read_rows(&planned, effects * n / halves, effects * (n + 1) / halves);
        start_clock();
        execute(ledger, "BEGIN");
        for (int row = 0; row < planned.rows; row++) insert_row(&planned, row);
        execute(ledger, "COMMIT");
        stop_clock();
    }
    int settlements = 0;
    for (int n = 0; n < graph_commits; n++) {
        for (int i = 0; i < store_count; i++)
            read_rows(&store[i], counts[i] * n / graph_commits, counts[i] * (n + 1) / graph_commits);
        start_clock();
        execute(graph, "BEGIN");
        // One group after the other, as herald makes them; the first table is the conversations', and the others have as
        // many rows for each of them.
        for (int row = 0; row < store[0].rows; row++) {
            for (int i = 0; i < store_count; i++) {
                int first = (int)((int64_t)store[i].rows * row / store[0].rows);
                int last = (int)((int64_t)store[i].rows * (row + 1) / store[0].rows);
                for (int each = first; each < last; each++) insert_row(&store[i], each);
            }
        }
        execute(graph, "COMMIT");
        stop_clock();
        for (; settlements < (int64_t)halves * (n + 1) / graph_commits; settlements++) {
            read_rows(&settled, effects * settlements / halves, effects * (settlements + 1) / halves);
            start_clock();
            execute(ledger, "BEGIN");
            for (int row = 0; row < settled.rows; row++) insert_row(&settled, row);
            execute(ledger, "COMMIT");
            stop_clock();
        }
    }
    start_clock();
    sqlite3_stmt *statement;
    while ((statement = sqlite3_next_stmt(graph, NULL))) sqlite3_finalize(statement);
    while ((statement = sqlite3_next_stmt(ledger, NULL))) sqlite3_finalize(statement);
    if (sqlite3_close(graph) != SQLITE_OK || sqlite3_close(ledger) != SQLITE_OK) fail("the peer's files cannot be closed");
    stop_clock();
}

// The same rows, or nothing that was measured means anything.
static void check_rows(const char *real, const char *copy) {
    static const char *const files[] = {"graph", "ledger"};
    for (int f = 0; f < 2; f++) {
        char sql[8192], names[MAXIMUM_TABLES][MAXIMUM_NAME];
        snprintf(sql, sizeof sql, "%s/%s.sqlite", copy, files[f]);
        sqlite3 *db = open_file(sql, true);
        snprintf(sql, sizeof sql, "ATTACH '%s/%s.sqlite' AS real", real, files[f]);
        execute(db, sql);
        int count = list_tables(db, "''", names);
        for (int i = 0; i < count; i++) {
            snprintf(sql, sizeof sql,
                     "SELECT count(*) FROM (SELECT * FROM real.\"%s\" EXCEPT SELECT * FROM main.\"%s\")", names[i], names[i]);
            int64_t missing = number(db, sql);
            if (missing != 0) fail("%lld rows of %s.%s were not made again", (long long)missing, files[f], names[i]);
        }
        sqlite3_close(db);
    }
}

// Makes the rows in a child, so that its memory is measured alone.
static cost run_peer(const char *real, const char *copy, int graph_commits, int ledger_commits) {
    int ends[2];
    fflush(stdout);
    if (pipe(ends) != 0) fail("no pipe");
    pid_t child = fork();
    if (child < 0) fail("no process for the peer");
    if (child == 0) {
        make_rows(real, copy, graph_commits, ledger_commits);
        cost c = {.wall = measured_wall, .processor = measured_processor};
        _exit(write(ends[1], &c, sizeof c) == sizeof c ? 0 : 1);
    }
    close(ends[1]);
    cost c;
    ssize_t n = read(ends[0], &c, sizeof c);
    close(ends[0]);
    int status;
    struct rusage usage;
    wait4(child, &status, 0, &usage);
    if (n != sizeof c || status != 0) fail("the peer could not make the rows");
    c.memory = (double)usage.ru_maxrss * 1024;
    check_rows(real, copy);
    return c;
}

// MARK: The table

static double group_count;

static void format_rate(char *text, size_t size, double wall) {
    snprintf(text, size, "%.1f s, %.0f groups/s", wall, group_count / wall);
}
static void format_each(char *text, size_t size, double processor) {
    snprintf(text, size, "%.1f µs a group", processor / group_count * 1e6);
}
static void format_memory(char *text, size_t size, double bytes) { snprintf(text, size, "%.1f MiB", bytes / 1048576); }

int main(int count, char **arguments) {
    if (count != 5) fail("usage: announce HERALD COMMITS.SO FOLDER GROUPS");
    folder = arguments[3];
    int groups = atoi(arguments[4]);
    if (groups < 1) fail("'%s' is no number of groups", arguments[4]);
    group_count = groups;
    char home[4096], template[4096], copy[4096];
    snprintf(template, sizeof template, "%s/imported", folder);
    snprintf(home, sizeof home, "%s/home", folder);
    snprintf(copy, sizeof copy, "%s/copy", folder);
    char *import[] = {arguments[1], "groups", "import", "groups.csv", NULL};
    char *announce[] = {arguments[1], "run", "--quiet", "announce.lua", NULL};
    char *empty[] = {arguments[1], "run", "--quiet", "empty.lua", NULL};

    write_inputs(groups);
    run(import, template, NULL);
    shell("rm -rf '%s' && cp -r '%s' '%s'", home, template, home);
    run(announce, home, arguments[2]);
    int graph_commits = 0, ledger_commits = 0;
    FILE *file = fopen(in_folder("commits"), "r");
    if (!file || fscanf(file, "%d %d", &graph_commits, &ledger_commits) != 2 || graph_commits < 1 || ledger_commits < 1)
        fail("herald's commits could not be counted");
    fclose(file);

    samples wall = {0}, processor = {0}, memory = {0}, idle = {0};
    for (int i = 0, n = rounds(3); i < n; i++) {
        shell("rm -rf '%s' '%s' && cp -r '%s' '%s' && mkdir '%s' && sync '%s'", home, copy, template, home, copy, folder);
        cost nothing = run(empty, home, NULL);
        cost ours = run(announce, home, NULL);
        cost peer = run_peer(home, copy, graph_commits, ledger_commits);
        add_sample(&wall, ours.wall, peer.wall);
        add_sample(&processor, ours.processor, peer.processor);
        add_sample(&memory, ours.memory, peer.memory);
        add_sample(&idle, ours.memory, nothing.memory);
    }
    char what[120];
    snprintf(what, sizeof what, "announce to %d groups, time by the clock", groups);
    print_row(what, "C, raw statements", &wall, format_rate);
    snprintf(what, sizeof what, "announce to %d groups, processor time", groups);
    print_row(what, "C, raw statements", &processor, format_each);
    snprintf(what, sizeof what, "announce to %d groups, peak memory", groups);
    print_row(what, "C, raw statements", &memory, format_memory);
    snprintf(what, sizeof what, "announce to %d groups, peak memory", groups);
    print_row(what, "herald run of an empty script", &idle, format_memory);
    print_note("%d durable writes of the store's log and %d of the ledger's in a run, commits and checkpoints",
               graph_commits, ledger_commits);
    return 0;
}
