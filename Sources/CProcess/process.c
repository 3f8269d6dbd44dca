#define _GNU_SOURCE
#include "CProcess.h"

#include <malloc.h>

int spawn_close_from(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

int map_large_blocks(size_t size) { return mallopt(M_MMAP_THRESHOLD, (int)size); }
