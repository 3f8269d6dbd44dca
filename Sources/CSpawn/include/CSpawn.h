#pragma once
#include <spawn.h>

/// Has the child close every file descriptor from `from` on (glibc 2.34), which Swift's view of spawn.h leaves out.
///
/// Returns 0, or an error number.
int spawn_close_from(posix_spawn_file_actions_t *actions, int from);
