// How cost grows with the number of groups: importing them, announcing to all of them in one run, and planning that, on the
// embedded store. What an empty run costs on the same store, and importing one group, is taken off, so that the start does not count.
//
//   growth HERALD FOLDER GROUPS…      from the fewest to the most
//
// Each size is measured in rounds; the larger they are the fewer. At the end stands, for each cost, the highest that a group
// had at any size beside the lowest; memory is compared from 10,000 groups on.
#include "herald.h"

#include <sqlite3.h>
#include <sys/stat.h>

enum {
    import_clock, import_processor, import_file,
    announce_clock, announce_processor, announce_memory, announce_store, announce_ledger,
    plan_clock, plan_processor, plan_memory, plan_ledger,
    measure_count
};

static const struct {
    const char *row, *what;
    unit unit;
    bool is_whole; // of the process, not of a group
} measures[measure_count] = {
    [import_clock] = {"import.clock", "groups import, time by the clock a group", unit_seconds, false},
    [import_processor] = {"import.processor", "groups import, processor time a group", unit_seconds, false},
    [import_file] = {"import.file", "groups import, bytes of the store a group", unit_bytes, false},
    [announce_clock] = {"announce.clock", "announce, time by the clock a group", unit_seconds, false},
    [announce_processor] = {"announce.processor", "announce, processor time a group", unit_seconds, false},
    [announce_memory] = {"announce.memory", "announce, peak memory above that of an empty run", unit_bytes, true},
    [announce_store] = {"announce.store", "announce, bytes of the store a group", unit_bytes, false},
    [announce_ledger] = {"announce.ledger", "announce, bytes of the ledger a group", unit_bytes, false},
    [plan_clock] = {"plan.clock", "plan, time by the clock a group", unit_seconds, false},
    [plan_processor] = {"plan.processor", "plan, processor time a group", unit_seconds, false},
    [plan_memory] = {"plan.memory", "plan, peak memory above that of an empty run", unit_bytes, true},
    [plan_ledger] = {"plan.ledger", "plan, bytes of the ledger a group", unit_bytes, false},
};

#define MAXIMUM_SIZES 8
#define LEAST_FOR_MEMORY 10000

// The size of a file once its log is in it.
static double file_size(const char *home, const char *name) {
    char path[4200];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", in_folder(home), name);
    if (stat(path, &status) != 0) return 0;
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL) != SQLITE_OK)
        fail("%s: %s", path, sqlite3_errmsg(db));
    sqlite3_close(db);
    if (stat(path, &status) != 0) fail("%s is gone", path);
    return (double)status.st_size;
}

static void measure(const char *herald, int groups, double *figures) {
    char *program = (char *)herald;
    char *import[] = {program, "groups", "import", "groups.csv", NULL};
    char *import_one[] = {program, "groups", "import", "one.csv", NULL};
    char *empty[] = {program, "run", "--quiet", "empty.lua", NULL};
    char *announce[] = {program, "run", "--quiet", "announce.lua", NULL};
    char *plan[] = {program, "plan", "make", "--quiet", "announce.lua", NULL};

    shell("cd '%s' && rm -rf home && sync .", folder);
    run(empty, "home", NULL);
    cost nothing = run(import_one, "home", NULL);
    double store = file_size("home", "graph.sqlite");
    cost imported = run(import, "home", NULL);
    double filled = file_size("home", "graph.sqlite"), ledger = file_size("home", "ledger.sqlite");
    shell("cd '%s' && rm -rf before && cp -r home before && sync .", folder);
    cost planned = run(plan, "home", NULL);
    figures[plan_ledger] = (file_size("home", "ledger.sqlite") - ledger) / groups;
    shell("cd '%s' && rm -rf home && mv before home && sync .", folder);
    cost idle = run(empty, "home", NULL);
    cost announced = run(announce, "home", NULL);

    figures[import_clock] = (imported.wall - nothing.wall) / groups;
    figures[import_processor] = (imported.processor - nothing.processor) / groups;
    figures[import_file] = (filled - store) / groups;
    figures[announce_clock] = (announced.wall - idle.wall) / groups;
    figures[announce_processor] = (announced.processor - idle.processor) / groups;
    figures[announce_memory] = announced.memory - idle.memory;
    figures[announce_store] = (file_size("home", "graph.sqlite") - filled) / groups;
    figures[announce_ledger] = (file_size("home", "ledger.sqlite") - ledger) / groups;
    figures[plan_clock] = (planned.wall - idle.wall) / groups;
    figures[plan_processor] = (planned.processor - idle.processor) / groups;
    figures[plan_memory] = planned.memory - idle.memory;
}

int main(int count, char **arguments) {
    int size_count = count - 3;
    if (size_count < 1 || size_count > MAXIMUM_SIZES) fail("usage: growth HERALD FOLDER GROUPS…");
    folder = arguments[2];
    write_scripts();
    write_groups(1);
    shell("cd '%s' && mv groups.csv one.csv", folder);
    double lowest[measure_count] = {0}, highest[measure_count] = {0};
    for (int size = 0; size < size_count; size++) {
        int groups = group_count(arguments[size + 3]);
        write_groups(groups);
        static samples taken[measure_count];
        memset(taken, 0, sizeof taken);
        for (int i = 0, n = rounds(groups > 300000 ? 1 : groups > 30000 ? 3 : 7); i < n; i++) {
            double figures[measure_count];
            measure(arguments[1], groups, figures);
            for (int m = 0; m < measure_count; m++) add_sample(&taken[m], figures[m], 1);
        }
        for (int m = 0; m < measure_count; m++) {
            double median = quantile(taken[m].ours, taken[m].count, 0.5);
            if (!measures[m].is_whole || groups >= LEAST_FOR_MEMORY) {
                bool is_first = highest[m] == 0 && lowest[m] == 0;
                if (is_first || median < lowest[m]) lowest[m] = median;
                if (is_first || median > highest[m]) highest[m] = median;
            }
            char row[64], what[120];
            snprintf(row, sizeof row, "growth.%s.%d", measures[m].row, groups);
            snprintf(what, sizeof what, "%s groups: %s", with_commas(groups), measures[m].what);
            print_result(row, what, measures[m].unit, NULL, &taken[m]);
        }
    }
    for (int m = 0; m < measure_count; m++) {
        if (lowest[m] == 0) continue;
        samples s = {.count = 1, .ours = {highest[m]}, .peer = {lowest[m]}};
        char row[64], what[120];
        snprintf(row, sizeof row, "growth.%s", measures[m].row);
        snprintf(what, sizeof what, "%s: the highest of all sizes", measures[m].what);
        print_result(row, what, measures[m].unit, "the lowest", &s);
    }
    return 0;
}
