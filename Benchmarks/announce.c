// Announcing to many groups on the embedded store, ledger and all: `herald run` from its start to its end, beside a program
// that makes the same rows with raw statements, in as many commits and as durably (rows.c).
//
//   announce HERALD TOOLS FOLDER GROUPS
//
// Each round runs herald on a fresh copy of a store that has the groups and a ledger that has a run, then makes what it
// wrote once more in another copy.
#include "rows.h"

int main(int count, char **arguments) {
    if (count != 5) fail("usage: announce HERALD TOOLS FOLDER GROUPS");
    folder = arguments[3];
    int groups = group_count(arguments[4]);
    char *import[] = {arguments[1], "groups", "import", "groups.csv", NULL};
    char *announce[] = {arguments[1], "run", "--quiet", "announce.lua", NULL};
    char *empty[] = {arguments[1], "run", "--quiet", "empty.lua", NULL};

    write_groups(groups);
    write_scripts();
    run(import, "before", NULL);
    run(empty, "before", NULL);
    shell("cp -r '%s' '%s'", in_folder("before"), in_folder("home"));
    run(empty, "home", arguments[2]);
    double allocations = read_counts().allocations;
    shell("cd '%s' && rm -rf home && cp -r before home", folder);
    run(announce, "home", arguments[2]);
    counts commits = read_counts();
    allocations = (commits.allocations - allocations) / groups;

    samples each = {.count = 1, .ours = {allocations}}, rate = {0}, processor = {0}, memory = {0}, above = {0};
    for (int i = 0, n = rounds(3); i < n; i++) {
        shell("cd '%s' && rm -rf home copy && cp -r before home && cp -r before copy && sync .", folder);
        cost nothing = run(empty, "home", NULL);
        shell("cd '%s' && rm -rf home && cp -r before home && sync .", folder);
        cost ours = run(announce, "home", NULL);
        cost peer = make_rows_again("home", "copy", commits);
        add_sample(&rate, groups / ours.wall, groups / peer.wall);
        add_sample(&processor, ours.processor / groups, peer.processor / groups);
        add_sample(&memory, ours.memory, peer.memory);
        add_sample(&above, ours.memory - nothing.memory, 1);
    }
    static const char peer[] = "C, raw statements";
    char row[64], what[120];
    snprintf(row, sizeof row, "announce.%d.rate", groups);
    snprintf(what, sizeof what, "announce to %s groups, groups a second", with_commas(groups));
    print_result(row, what, unit_rate, peer, &rate);
    snprintf(row, sizeof row, "announce.%d.processor", groups);
    snprintf(what, sizeof what, "announce to %s groups, processor time a group", with_commas(groups));
    print_result(row, what, unit_seconds, peer, &processor);
    snprintf(row, sizeof row, "announce.%d.memory", groups);
    snprintf(what, sizeof what, "announce to %s groups, peak memory", with_commas(groups));
    print_result(row, what, unit_bytes, peer, &memory);
    snprintf(row, sizeof row, "announce.%d.above", groups);
    snprintf(what, sizeof what, "announce to %s groups, peak memory above that of an empty run", with_commas(groups));
    print_result(row, what, unit_bytes, NULL, &above);
    snprintf(row, sizeof row, "announce.%d.allocations", groups);
    snprintf(what, sizeof what, "announce to %s groups, allocations a group", with_commas(groups));
    print_result(row, what, unit_number, NULL, &each);
    print_note("announce to %s groups: %d durable writes of the store's log and %d of the ledger's, commits and checkpoints",
               with_commas(groups), commits.graph, commits.ledger);
    return 0;
}
