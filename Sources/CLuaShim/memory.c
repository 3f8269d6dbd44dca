// Memory of a state: counted against its limit, and freed in one go, since a state that a limit ended is never closed.
#include "internal.h"

#if defined(__has_feature) && __has_feature(address_sanitizer)
#define SHIM_SMALL 0
#else
#define SHIM_SMALL 512
#endif
#define SHIM_CHUNK (64 * 1024)

// The collector is lazy while there is room, and stays ahead of the limit when there is not. Asked for where memory comes
// from the system, which is seldom.
static void set_pace(shim_vm *vm) {
    int pause = vm->used < vm->limits.memory / 4 ? 200 : vm->used < vm->limits.memory / 2 ? 150 : 110;
    if (pause == vm->pause || !vm->L) return;
    vm->pause = pause;
    lua_gc(vm->L, LUA_GCSETPAUSE, pause); // sets a number, no more
}

static void *new_small(shim_vm *vm, size_t class) {
    void *p = vm->free_lists[class];
    if (p) {
        vm->free_lists[class] = *(void **)p;
        return p;
    }
    size_t size = class * 16;
    if ((size_t)(vm->slab_end - vm->slab_at) < size) {
        // A freed block serves its own size only, so a script that goes through the sizes holds more than it uses.
        if (vm->held + SHIM_CHUNK > 2 * vm->limits.memory + SHIM_CHUNK) return NULL;
        uint8_t *chunk = malloc(SHIM_CHUNK);
        if (!chunk) return NULL;
        vm->held += SHIM_CHUNK;
        set_pace(vm);
        *(void **)chunk = vm->slabs;
        vm->slabs = chunk;
        vm->slab_at = chunk + 16;
        vm->slab_end = chunk + SHIM_CHUNK;
    }
    p = vm->slab_at;
    vm->slab_at += size;
    return p;
}

static void free_small(shim_vm *vm, void *p, size_t class) {
    *(void **)p = vm->free_lists[class];
    vm->free_lists[class] = p;
}

static void link_block(shim_vm *vm, block *b) {
    b->next = vm->blocks.next;
    b->previous = &vm->blocks;
    b->next->previous = b;
    vm->blocks.next = b;
}

static void unlink_block(block *b) {
    b->next->previous = b->previous;
    b->previous->next = b->next;
}

static void *new_block(shim_vm *vm, size_t size) {
    if (size <= SHIM_SMALL) return new_small(vm, (size + 15) / 16);
    block *b = malloc(sizeof(block) + size);
    if (!b) return NULL;
    link_block(vm, b);
    set_pace(vm);
    return b + 1;
}

static void free_block(shim_vm *vm, void *p, size_t size) {
    if (size <= SHIM_SMALL) {
        free_small(vm, p, (size + 15) / 16);
    } else {
        block *b = (block *)p - 1;
        unlink_block(b);
        free(b);
    }
}

// Never gives NULL while a script runs: an emergency collection in the middle of the VM has had bugs that crash.
void *shim_allocate(void *ud, void *ptr, size_t osize, size_t nsize) {
    shim_vm *vm = ud;
    if (!ptr) osize = 0; // a type tag, not a size
    if (nsize == 0) {
        if (ptr) free_block(vm, ptr, osize);
        vm->used -= osize;
        return NULL;
    }
    if (nsize > osize && vm->used - osize + nsize > vm->limits.memory) {
        if (vm->running) {
            shim_note_place(vm, vm->current);
            shim_leave(vm, shim_end_memory);
        }
        return NULL;
    }
    void *p;
    if (nsize > osize && shim_refuses(vm)) {
        p = NULL;
    } else if (ptr && osize > SHIM_SMALL && nsize > SHIM_SMALL) {
        block *b = (block *)ptr - 1;
        unlink_block(b);
        block *moved = realloc(b, sizeof(block) + nsize);
        link_block(vm, moved ? moved : b);
        p = moved ? moved + 1 : nsize < osize ? ptr : NULL; // Lua takes it that shrinking cannot fail
    } else if (ptr && osize > 0 && osize <= SHIM_SMALL && nsize <= SHIM_SMALL && (osize + 15) / 16 == (nsize + 15) / 16) {
        p = ptr;
    } else {
        p = new_block(vm, nsize);
        if (p && ptr) {
            memcpy(p, ptr, osize < nsize ? osize : nsize);
            free_block(vm, ptr, osize);
        }
    }
    if (!p) {
        if (vm->running) shim_leave(vm, shim_end_memory);
        return NULL;
    }
    vm->used += nsize - osize;
    if (vm->used > vm->peak) vm->peak = vm->used;
    return p;
}

void shim_free_all(shim_vm *vm) {
    for (block *b = vm->blocks.next, *next; b != &vm->blocks; b = next) {
        next = b->next;
        free(b);
    }
    vm->blocks.next = vm->blocks.previous = &vm->blocks;
    for (void *slab = vm->slabs, *next; slab; slab = next) {
        next = *(void **)slab;
        free(slab);
    }
    vm->slabs = NULL;
}

void shim_collect(lua_State *L) {
    shim_vm *vm = VM(L);
    lua_gc(L, LUA_GCCOLLECT);
    size_t mark = vm->limits.memory / 4 * 3, next = vm->used + vm->limits.memory / 8;
    vm->collect_above = next > mark ? next : mark;
}

void shim_trim(shim_buffer *buffer) {
    buffer->length = 0;
    if (buffer->capacity <= 1 << 20) return;
    free(buffer->bytes);
    buffer->bytes = NULL;
    buffer->capacity = 0;
}

// There is no memory for a buffer: ends a script that runs, so that none goes on with half a text. Where Swift's frames lie
// on the stack nothing may jump over them.
static bool lose(shim_buffer *buffer) {
    shim_vm *vm = buffer->owner;
    if (vm && vm->running && atomic_load(&vm->in_lua)) shim_leave(vm, shim_end_memory);
    return false;
}

bool shim_reserve(shim_buffer *buffer, size_t more) {
    size_t capacity = buffer->capacity ? buffer->capacity : 1024;
    while (capacity - buffer->length < more) {
        if (capacity > SIZE_MAX / 2) return lose(buffer);
        capacity *= 2;
    }
    if (capacity == buffer->capacity) return true;
    uint8_t *bytes = buffer->owner && shim_refuses(buffer->owner) ? NULL : realloc(buffer->bytes, capacity);
    if (!bytes) return lose(buffer);
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}
