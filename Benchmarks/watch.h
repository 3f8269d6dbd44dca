// Looking on at a store while herald writes into it.
#pragma once
#include "herald.h"

/// Waits until the store in a state folder has at least so many conversations that another process can read, and gives the
/// time; a program that ends before, or a wait of five minutes, is a failure.
double wait_for_conversations(const char *home, int count, pid_t program);
/// How many conversations the store in a state folder has.
int count_conversations(const char *home);
