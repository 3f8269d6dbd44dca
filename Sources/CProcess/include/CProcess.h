#pragma once
#include <spawn.h>
#include <stddef.h>

/// Has the child close every file descriptor from `from` on (glibc 2.34), which Swift's view of spawn.h leaves out.
///
/// Returns 0, or an error number.
int spawn_close_from(posix_spawn_file_actions_t *actions, int from);

/// Has blocks of memory of `size` bytes and more mapped by themselves, so that the system gets them back as soon as they are
/// freed (mallopt(3), M_MMAP_THRESHOLD).
///
/// Returns whether the C library does so.
int map_large_blocks(size_t size);
