// Running herald in a folder of its own: what a command costs, and the groups and scripts that it is given.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "harness.h"

#include <sys/types.h>

/// What a process cost from its start to its end.
typedef struct {
    double wall, processor; // seconds
    double memory;          // bytes, at the peak
} cost;

/// Where everything of a benchmark lies; set once at its start.
extern const char *folder;

/// The path of a file in the folder; good until the fourth path after it.
const char *in_folder(const char *name);

/// Starts a program in the folder, with the state folder `home` in it; what it says is kept in the file `log`. With the folder
/// of the compiled tools its commits and allocations are counted (commits.c, allocations.c).
pid_t start_process(char *const arguments[], const char *home, const char *tools);
/// Waits for the end of a program, which must be a good one; `begun` is when it was started.
cost end_process(pid_t child, char *const arguments[], double begun);
/// Runs a program to its end.
cost run(char *const arguments[], const char *home, const char *tools);

/// What was counted in the last run that was.
typedef struct {
    int graph, ledger; // how often each log was made durable
    double allocations;
} counts;
counts read_counts(void);

__attribute__((format(printf, 1, 2))) void shell(const char *format, ...);
void write_file(const char *name, const char *text);
/// Writes `groups.csv`: so many Microsoft 365 groups with ids in no order, always the same.
void write_groups(int count);
/// Writes `announce.lua`, which announces to all groups, and `empty.lua`, which does nothing.
void write_scripts(void);
/// Reads a number of groups, which an argument gives.
int group_count(const char *text);
/// Writes a number with commas, as people read it; good until the fourth number after it.
const char *with_commas(int number);
