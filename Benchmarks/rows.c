// The rows of a finished command, read a few hundred groups' worth at a time from its files with the clock stopped, and
// inserted into files of the same schema that hold what there was before. What herald makes durable is made durable: effects
// as planned, then the rows of the store, then the effects' outcomes, in as many commits as herald made, in WAL mode with
// synchronous=FULL and with the same caches. It renders nothing, checks nothing and asks for nothing.
#include "rows.h"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// As Sources/Storage sets them for every file.
#define PRAGMAS                                                                                                  \
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;" \
    "PRAGMA wal_autocheckpoint = 8192;"

static sqlite3 *open_file(const char *path, bool is_written) {
    sqlite3 *db;
    int flags = is_written ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
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

#define MAXIMUM_TABLES 64
#define MAXIMUM_NAME 64

// Lists a file's tables that have rows by number, in the order in which they were made, so that what is referred to comes
// first; without what keeps virtual tables, which triggers fill.
static int list_tables(sqlite3 *db, const char *but, char names[MAXIMUM_TABLES][MAXIMUM_NAME]) {
    char sql[512];
    snprintf(sql, sizeof sql,
             "SELECT s.name FROM sqlite_schema AS s JOIN pragma_table_list AS l ON l.name = s.name AND l.schema = 'main' "
             "WHERE l.type = 'table' AND l.wr = 0 AND s.name NOT IN (%s) AND s.name NOT LIKE 'sqlite_%%' "
             "AND s.name NOT LIKE 'grdb_%%' ORDER BY s.rowid",
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

static int64_t last_row(sqlite3 *db, const char *name) {
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT max(rowid) FROM \"%s\"", name);
    return number(db, sql);
}

static void open_files(const char *real, const char *copy, const char *name, sqlite3 **from, sqlite3 **to) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.sqlite", in_folder(real), name);
    *from = open_file(path, false);
    snprintf(path, sizeof path, "%s/%s.sqlite", in_folder(copy), name);
    *to = open_file(path, true);
    execute(*to, PRAGMAS);
}

// A table's rows beyond those that the copy has, made in so many steps.
typedef struct {
    table rows;
    int64_t before, last;
} growth;

static growth make_growth(sqlite3 *from, sqlite3 *to, const char *name, const char *columns, const char *insert) {
    return (growth){
        .rows = make_table(from, to, name, columns, insert),
        .before = last_row(to, name),
        .last = last_row(from, name),
    };
}

static void read_step(growth *g, int step, int steps) {
    int64_t count = g->last - g->before;
    read_rows(&g->rows, g->before + count * step / steps, g->before + count * (step + 1) / steps);
}

static void insert_rows(growth *g) {
    for (int row = 0; row < g->rows.rows; row++) insert_row(&g->rows, row);
}

// Inserts a table's rows, or updates them, a step in a commit of its own.
static void make_step(sqlite3 *db, growth *g, int step, int steps) {
    read_step(g, step, steps);
    start_clock();
    execute(db, "BEGIN IMMEDIATE");
    insert_rows(g);
    execute(db, "COMMIT");
    stop_clock();
}

#define EFFECT_PLANNED                                                                                               \
    "id, key, runID, announcementID, target, targetName, requestHash, method, path, body, sharedHash, sharedAt, 0 AS state"
#define EFFECT_SETTLED "state, status, answer, location, code, message, settledAt, id"
#define SETTLE                                                                                                       \
    "UPDATE effect SET state = ?1, status = ?2, answer = ?3, location = ?4, code = ?5, message = ?6, settledAt = ?7 " \
    "WHERE id = ?8"

// What the store gets in one commit: one group after the other, as herald makes them. The first table is the
// conversations', and the others have as many rows for each of them.
static void make_store_step(sqlite3 *db, growth *store, int count) {
    start_clock();
    execute(db, "BEGIN IMMEDIATE");
    int groups = store[0].rows.rows;
    for (int row = 0; row < groups; row++) {
        for (int i = 0; i < count; i++) {
            int first = (int)((int64_t)store[i].rows.rows * row / groups);
            int last = (int)((int64_t)store[i].rows.rows * (row + 1) / groups);
            for (int each = first; each < last; each++) insert_row(&store[i].rows, each);
        }
    }
    execute(db, "COMMIT");
    stop_clock();
}

static void finish(growth *g) {
    sqlite3_finalize(g->rows.select);
    sqlite3_finalize(g->rows.insert);
}

static void close_file(sqlite3 *db) {
    if (sqlite3_close(db) != SQLITE_OK) fail("the peer's file cannot be closed");
}

static void make_rows(const char *real, const char *copy, counts commits) {
    sqlite3 *graph_from, *graph, *ledger_from, *ledger;
    open_files(real, copy, "graph", &graph_from, &graph);
    open_files(real, copy, "ledger", &ledger_from, &ledger);

    char names[MAXIMUM_TABLES][MAXIMUM_NAME];
    growth store[MAXIMUM_TABLES], few[MAXIMUM_TABLES];
    // Only tables that grew, the conversations' first.
    int store_count = 0, few_count = 0;
    for (int i = 0, n = list_tables(graph_from, "''", names); i < n; i++) {
        growth g = make_growth(graph_from, graph, names[i], "*", NULL);
        if (g.last > g.before) store[store_count++] = g;
        else finish(&g);
    }
    for (int i = 0, n = list_tables(ledger_from, "'effect', 'planItem'", names); i < n; i++)
        few[few_count++] = make_growth(ledger_from, ledger, names[i], "*", NULL);
    growth items = make_growth(ledger_from, ledger, "planItem", "*", NULL);
    growth planned = make_growth(ledger_from, ledger, "effect", EFFECT_PLANNED, NULL);
    growth settled = make_growth(ledger_from, ledger, "effect", EFFECT_SETTLED, SETTLE);
    bool is_sent = planned.last > planned.before;
    if (!is_sent && items.last == items.before) fail("herald's files hold no rows to make again");

    for (int i = 0; i < few_count; i++) read_rows(&few[i].rows, few[i].before, few[i].last);
    start_clock();
    execute(ledger, "BEGIN IMMEDIATE");
    for (int i = 0; i < few_count; i++) insert_rows(&few[i]);
    execute(ledger, "COMMIT");
    stop_clock();

    if (items.last > items.before)
        for (int n = 0; n < commits.ledger; n++) make_step(ledger, &items, n, commits.ledger);
    if (is_sent) {
        // Half of the ledger's commits plan, the other half settle.
        int halves = commits.ledger / 2 > 0 ? commits.ledger / 2 : 1, settlements = 0;
        for (int n = 0; n < halves; n++) make_step(ledger, &planned, n, halves);
        for (int n = 0; n < commits.graph; n++) {
            for (int i = 0; i < store_count; i++) read_step(&store[i], n, commits.graph);
            make_store_step(graph, store, store_count);
            for (; settlements < (int64_t)halves * (n + 1) / commits.graph; settlements++)
                make_step(ledger, &settled, settlements, halves);
        }
    }
    for (int i = 0; i < few_count; i++) finish(&few[i]);
    for (int i = 0; i < store_count; i++) finish(&store[i]);
    finish(&items);
    finish(&planned);
    finish(&settled);
    start_clock();
    close_file(graph);
    close_file(ledger);
    stop_clock();
    close_file(graph_from);
    close_file(ledger_from);
}

static const char *const files[] = {"graph", "ledger"};

// The last rows that a copy has of each table.
typedef int64_t last_rows[2][MAXIMUM_TABLES];

static void note_last_rows(const char *copy, last_rows before) {
    for (int f = 0; f < 2; f++) {
        char names[MAXIMUM_TABLES][MAXIMUM_NAME];
        sqlite3 *from, *db;
        open_files(copy, copy, files[f], &from, &db);
        for (int i = 0, n = list_tables(db, "''", names); i < n; i++) before[f][i] = last_row(db, names[i]);
        close_file(db);
        close_file(from);
    }
}

// The same rows, or nothing that was measured means anything. What was there before, which a command may have changed, is
// left out.
static void check_rows(const char *real, const char *copy, last_rows before) {
    for (int f = 0; f < 2; f++) {
        char sql[8192], names[MAXIMUM_TABLES][MAXIMUM_NAME];
        sqlite3 *from, *db;
        open_files(real, copy, files[f], &from, &db);
        snprintf(sql, sizeof sql, "ATTACH '%s/%s.sqlite' AS real", in_folder(real), files[f]);
        execute(db, sql);
        int count = list_tables(db, "''", names);
        for (int i = 0; i < count; i++) {
            snprintf(sql, sizeof sql,
                     "SELECT count(*) FROM (SELECT * FROM real.\"%s\" WHERE rowid > %lld EXCEPT SELECT * FROM main.\"%s\")",
                     names[i], (long long)before[f][i], names[i]);
            int64_t missing = number(db, sql);
            if (missing != 0) fail("%lld rows of %s.%s were not made again", (long long)missing, files[f], names[i]);
        }
        close_file(db);
        close_file(from);
    }
}

cost make_rows_again(const char *real, const char *copy, counts commits) {
    last_rows before;
    note_last_rows(copy, before);
    int ends[2];
    fflush(stdout);
    if (pipe(ends) != 0) fail("no pipe");
    pid_t child = fork();
    if (child < 0) fail("no process for the peer");
    if (child == 0) {
        close(ends[0]);
        make_rows(real, copy, commits);
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
    check_rows(real, copy, before);
    return c;
}
