// The floor of creating conversations: the rows that the server has written, inserted again with prepared statements into a
// copy of the store as it was before, with the same schema, indexes and settings, and with as many commits as asked for.
//
//   insert STORE COPY COMMITS
//
// Prints the seconds it took, on the wall and of the processor. It parses nothing, checks nothing and answers nobody.
#define _GNU_SOURCE
#include "harness.h"

#include <sqlite3.h>

// As Sources/Storage sets them for every file.
#define PRAGMAS                                                                                                  \
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -16384;" \
    "PRAGMA wal_autocheckpoint = 8192;"
#define MAXIMUM_TABLES 64

typedef struct {
    char name[256];
    int columns, rows, next;
    sqlite3_value **values;
    sqlite3_stmt *insert;
} table;

static void execute(sqlite3 *db, const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail("%s: %s", sql, message);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) fail("%s: %s", sql, sqlite3_errmsg(db));
    return statement;
}

// Reads the rows that the copy lacks.
static void read_table(table *t, sqlite3 *from, sqlite3 *to) {
    char sql[1024];
    snprintf(sql, sizeof sql, "SELECT coalesce(max(rowid), 0) FROM \"%s\"", t->name);
    sqlite3_stmt *select = prepare(to, sql);
    sqlite3_int64 before = sqlite3_step(select) == SQLITE_ROW ? sqlite3_column_int64(select, 0) : 0;
    sqlite3_finalize(select);
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" WHERE rowid > %lld ORDER BY rowid", t->name, before);
    select = prepare(from, sql);
    t->columns = sqlite3_column_count(select);
    int room = 0;
    while (sqlite3_step(select) == SQLITE_ROW) {
        if (t->rows == room) {
            room = room ? room * 2 : 1024;
            t->values = realloc(t->values, (size_t)room * (size_t)t->columns * sizeof *t->values);
            if (!t->values) fail("no memory for %s", t->name);
        }
        for (int c = 0; c < t->columns; c++)
            t->values[t->rows * t->columns + c] = sqlite3_value_dup(sqlite3_column_value(select, c));
        t->rows++;
    }
    sqlite3_finalize(select);
    int length = snprintf(sql, sizeof sql, "INSERT INTO \"%s\" VALUES (", t->name);
    for (int c = 0; c < t->columns; c++) length += snprintf(sql + length, sizeof sql - (size_t)length, c ? ", ?" : "?");
    snprintf(sql + length, sizeof sql - (size_t)length, ")");
    t->insert = prepare(to, sql);
}

int main(int count, char **arguments) {
    if (count != 4) fail("usage: insert STORE COPY COMMITS");
    int commits = atoi(arguments[3]);
    sqlite3 *from, *to;
    if (commits < 1 || sqlite3_open_v2(arguments[1], &from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        fail("%s cannot be read", arguments[1]);
    if (sqlite3_open_v2(arguments[2], &to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
        fail("%s cannot be written", arguments[2]);
    execute(to, PRAGMAS);
    // Virtual tables and what keeps them are left out: triggers fill them.
    sqlite3_stmt *schema = prepare(
        from, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0 "
              "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'grdb_%'");
    static table tables[MAXIMUM_TABLES];
    int number = 0;
    while (sqlite3_step(schema) == SQLITE_ROW) {
        if (number == MAXIMUM_TABLES) fail("more than %d tables", MAXIMUM_TABLES);
        snprintf(tables[number++].name, sizeof tables[0].name, "%s", (const char *)sqlite3_column_text(schema, 0));
    }
    sqlite3_finalize(schema);
    for (int i = 0; i < number; i++) read_table(&tables[i], from, to);
    double wall = seconds(CLOCK_MONOTONIC), processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int commit = 1; commit <= commits; commit++) {
        execute(to, "BEGIN IMMEDIATE");
        for (int i = 0; i < number; i++) {
            table *t = &tables[i];
            int end = (int)((long long)t->rows * commit / commits);
            for (; t->next < end; t->next++) {
                for (int c = 0; c < t->columns; c++)
                    sqlite3_bind_value(t->insert, c + 1, t->values[t->next * t->columns + c]);
                if (sqlite3_step(t->insert) != SQLITE_DONE) fail("%s: %s", t->name, sqlite3_errmsg(to));
                sqlite3_reset(t->insert);
            }
        }
        execute(to, "COMMIT");
    }
    printf("%.6f %.6f\n", seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - processor);
    return 0;
}
