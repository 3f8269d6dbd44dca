// Planning an announcement to many groups and applying the plan, on the embedded store: `herald plan` and `herald apply`
// from start to end, each beside a program that makes the same rows with raw statements, in as many commits and as durably
// (rows.c).
//
//   plan HERALD TOOLS FOLDER GROUPS
#include "rows.h"

typedef struct {
    const char *name, *text;
    char **command, **nothing;
    const char *before; // the state folder that it starts from
    counts commits;
    samples rate, processor, memory, above;
} step;

static char *program, *tools;

static void count_commits(step *s) {
    shell("cd '%s' && rm -rf home && cp -r '%s' home", folder, s->before);
    run(s->command, "home", tools);
    s->commits = read_counts();
}

static void measure(step *s, int groups) {
    shell("cd '%s' && rm -rf home && cp -r '%s' home && sync .", folder, s->before);
    cost nothing = run(s->nothing, "home", NULL);
    shell("cd '%s' && rm -rf home copy && cp -r '%s' home && cp -r '%s' copy && sync .", folder, s->before, s->before);
    cost ours = run(s->command, "home", NULL);
    cost peer = make_rows_again("home", "copy", s->commits);
    add_sample(&s->rate, groups / ours.wall, groups / peer.wall);
    add_sample(&s->processor, ours.processor / groups, peer.processor / groups);
    add_sample(&s->memory, ours.memory, peer.memory);
    add_sample(&s->above, ours.memory - nothing.memory, 1);
}

static void print_step(const step *s, int groups) {
    static const char peer[] = "C, raw statements";
    char row[64], what[120];
    snprintf(row, sizeof row, "plan.%d.%s.rate", groups, s->name);
    snprintf(what, sizeof what, "%s %s targets, targets a second", s->text, with_commas(groups));
    print_result(row, what, unit_rate, peer, &s->rate);
    snprintf(row, sizeof row, "plan.%d.%s.processor", groups, s->name);
    snprintf(what, sizeof what, "%s %s targets, processor time a target", s->text, with_commas(groups));
    print_result(row, what, unit_seconds, peer, &s->processor);
    snprintf(row, sizeof row, "plan.%d.%s.memory", groups, s->name);
    snprintf(what, sizeof what, "%s %s targets, peak memory", s->text, with_commas(groups));
    print_result(row, what, unit_bytes, peer, &s->memory);
    snprintf(row, sizeof row, "plan.%d.%s.above", groups, s->name);
    snprintf(what, sizeof what, "%s %s targets, peak memory above that of an empty run", s->text, with_commas(groups));
    print_result(row, what, unit_bytes, NULL, &s->above);
}

int main(int count, char **arguments) {
    if (count != 5) fail("usage: plan HERALD TOOLS FOLDER GROUPS");
    program = arguments[1];
    tools = arguments[2];
    folder = arguments[3];
    int groups = group_count(arguments[4]);
    char *import[] = {program, "groups", "import", "groups.csv", NULL};
    char *empty[] = {program, "run", "--quiet", "empty.lua", NULL};
    char *plan[] = {program, "plan", "make", "--quiet", "announce.lua", NULL};
    char *apply[] = {program, "apply", "--quiet", "last", NULL};
    step planning = {.name = "make", .text = "plan", .command = plan, .nothing = empty, .before = "before"};
    step applying = {.name = "apply", .text = "apply a plan of", .command = apply, .nothing = empty, .before = "planned"};

    write_groups(groups);
    write_scripts();
    run(import, "before", NULL);
    run(empty, "before", NULL);
    // A plan is for the store at one path.
    count_commits(&planning);
    shell("cd '%s' && mv home planned", folder);
    count_commits(&applying);
    for (int i = 0, n = rounds(3); i < n; i++) {
        measure(&planning, groups);
        measure(&applying, groups);
    }
    print_step(&planning, groups);
    print_step(&applying, groups);
    return 0;
}
