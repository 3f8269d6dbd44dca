// Makes the rows that herald made, once more, with raw prepared statements: the floor of what a command writes.
#pragma once
#include "herald.h"

/// Makes every row that the files in `real` have beyond those in `copy`, in as many commits as herald made; both are state
/// folders in the benchmark's folder. A process of its own does it, so that its memory is measured alone. The rows are
/// checked afterwards: all of them, and as they are there.
cost make_rows_again(const char *real, const char *copy, counts commits);
