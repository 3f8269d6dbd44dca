// Makes a result of what a shell script measured: a line of figures a round on standard input, two of whose columns are
// Herald's figure and its peer's.
//
//   result ROW WHAT UNIT OURS [PEER-COLUMN PEER]      UNIT is s, B, /s, B/s or number; columns count from 1
//
// A column may be two with a slash between them, whose quotient it is.
#include "harness.h"

static double column(const char *name, const double *figures, int count) {
    char *rest;
    long n = strtol(name, &rest, 10);
    if (n < 1 || n > count) fail("result: there is no column '%s' among %d", name, count);
    return *rest == '/' ? figures[n - 1] / column(rest + 1, figures, count) : figures[n - 1];
}

int main(int count, char **arguments) {
    static const char *const names[] = {"s", "B", "/s", "B/s", "number"};
    if (count != 5 && count != 7) fail("usage: result ROW WHAT UNIT OURS [PEER-COLUMN PEER] <FIGURES");
    int number = 0;
    while (number <= unit_number && strcmp(names[number], arguments[3]) != 0) number++;
    if (number > unit_number) fail("result: '%s' is no unit", arguments[3]);
    samples s = {0};
    char line[1024];
    while (fgets(line, sizeof line, stdin)) {
        double figures[16];
        int n = 0;
        for (char *at = line, *end; n < 16; at = end) {
            figures[n] = strtod(at, &end);
            if (end == at) break;
            n++;
        }
        if (n > 0) add_sample(&s, column(arguments[4], figures, n), count == 7 ? column(arguments[5], figures, n) : 1);
    }
    print_result(arguments[1], arguments[2], (unit)number, count == 7 ? arguments[6] : NULL, &s);
    return 0;
}
