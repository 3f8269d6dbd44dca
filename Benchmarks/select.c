// The floor of reading: a query of those that a request makes, over and over through prepared statements in one process, with
// every column of every row read. Nothing is parsed, checked, put into JSON or answered to anybody.
//
//   select STORE SECONDS thread GROUP THREAD | posts THREAD | topic GROUP BEGINNING
//
// Prints the seconds of processor time that a query took.
#include "harness.h"

#include <sqlite3.h>

static const struct {
    const char *name, *sql;
    int arguments;
} queries[] = {
    {"thread",
     "SELECT t.*, c.topic FROM thread AS t JOIN conversation AS c ON c.id = t.conversationID "
     "WHERE t.groupID = ?1 AND t.id = ?2",
     2},
    {"posts", "SELECT * FROM post WHERE threadID = ?1 ORDER BY createdAt DESC, id DESC LIMIT 20", 1},
    {"topic",
     "SELECT * FROM conversation WHERE groupID = ?1 AND substr(topic, 1, length(?2)) = ?2 "
     "ORDER BY deliveredAt DESC, id DESC LIMIT 20",
     2},
};

int main(int count, char **arguments) {
    if (count < 5) fail("usage: select STORE SECONDS QUERY ARGUMENT…");
    sqlite3 *db;
    if (sqlite3_open_v2(arguments[1], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) fail("%s cannot be read", arguments[1]);
    double length = atof(arguments[2]);
    sqlite3_stmt *statement = NULL;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        if (strcmp(queries[i].name, arguments[3]) != 0) continue;
        if (count != 4 + queries[i].arguments) fail("select: %s takes %d arguments", arguments[3], queries[i].arguments);
        if (sqlite3_prepare_v2(db, queries[i].sql, -1, &statement, NULL) != SQLITE_OK) fail("%s", sqlite3_errmsg(db));
    }
    if (!statement) fail("select: there is no query '%s'", arguments[3]);
    for (int i = 4; i < count; i++) sqlite3_bind_text(statement, i - 3, arguments[i], -1, SQLITE_STATIC);
    double begun = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_PROCESS_CPUTIME_ID);
    size_t bytes = 0;
    int rows = 0, turns = 0;
    do {
        rows = 0;
        while (sqlite3_step(statement) == SQLITE_ROW) {
            for (int i = 0, n = sqlite3_column_count(statement); i < n; i++)
                if (sqlite3_column_text(statement, i)) bytes += (size_t)sqlite3_column_bytes(statement, i);
            rows++;
        }
        sqlite3_reset(statement);
        turns++;
    } while (seconds(CLOCK_MONOTONIC) - begun < length);
    if (rows == 0 || bytes == 0) fail("select: the query '%s' finds nothing", arguments[3]);
    printf("%.9f\n", (seconds(CLOCK_PROCESS_CPUTIME_ID) - used) / turns);
    return 0;
}
