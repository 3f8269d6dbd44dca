// What the files of the shim share. Lua types stay behind this header.
#pragma once
#include "CLuaShim.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "CJSON.h"

// AddressSanitizer has to see every block; ThreadSanitizer's shadow stack overflows under longjmp.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#pragma clang attribute push(__attribute__((disable_sanitizer_instrumentation)), apply_to = function)
#endif
#endif

// A buffer that grows by malloc and belongs to the state, so that no error can leak it.
typedef struct {
    uint8_t *bytes;
    size_t length, capacity;
    struct shim_vm *owner;
} shim_buffer;

// A member of an object that is being encoded.
typedef struct {
    uint64_t prefix;  // the first eight bytes of its name, as a number that sorts as they do
    const char *text; // its name
    size_t length;
    int slot;         // where its value lies on the Lua stack
} shim_member;

// A coroutine that runs another one.
typedef struct resumer {
    const struct resumer *outer;
    lua_State *L;
} resumer;

typedef struct shim_task shim_task;   // tasks.c
typedef struct shim_group shim_group;

typedef struct block {
    struct block *next, *previous;
} block;

#define SHIM_CLASSES 33 // blocks of up to 512 bytes, in steps of 16

struct shim_vm {
    lua_State *L;      // the main thread: runs preludes, never a script
    lua_State *volatile current; // the innermost coroutine that runs, for the signal handler
    shim_limits limits;
    shim_host host;

    // tasks.c: the script is the first, at 0
    shim_task *tasks;
    shim_group *groups;
    int32_t task, task_count, task_capacity, free_task, first_ready, last_ready;
    int32_t group_count, group_capacity, free_group;

    // memory
    size_t used, peak, collect_above;
    size_t held;               // in chunks for small blocks
    int pause;                 // of the collector
    uint64_t requests;         // for memory, so far
    block blocks;              // the large blocks
    void *slabs;               // chunks that small blocks are cut from, newest first
    uint8_t *slab_at, *slab_end;
    void *free_lists[SHIM_CLASSES];

    // limits
    sigjmp_buf escape;
    bool running;              // escape is set, and Lua code may be on the stack
    shim_end ended;
    char ended_script[128];    // the script's name where a limit struck, and the line
    int ended_line;
    _Atomic int stop;          // a shim_end that another thread wants
    _Atomic int in_lua;        // Lua code is running now: the watchdog may signal the thread
    _Atomic uint64_t stretch;  // counts entries and host calls: from each on, processor time is counted anew
    uint64_t watched_stretch;  // the watchdog's: the stretch that it saw last, and the time when it first did
    int64_t watched_since;
    int64_t watched_at, total; // the watchdog's: the thread's time at its last look, and the sum while Lua code ran
    int64_t stopping_since;    // the watchdog's: the thread's time when it first saw that a stop was wanted
    pthread_mutex_t presence;  // held while the thread is signalled, which may end once it has left
    pthread_t thread;
    clockid_t clock;

    // host calls
    shim_buffer arguments, answer, text, scratch;
    shim_member *members;      // of the objects being encoded, outermost first
    size_t member_count, member_capacity;
    shim_answer_kind answer_kind;
    shim_scalar scalars[SHIM_SCALARS], scalar; // arguments; an answer
    bool host_wait;            // the coroutine that just yielded waits for the host, or for other tasks
    const resumer *resumers;   // of the coroutine that runs, innermost first
    bool can_wait;             // every coroutine from the task's to the one that runs can yield
    int closing;               // nested coroutine.close
    const char *stack_base;    // of the C stack, where it was entered

    // registry references
    const void *array_mark, *object_mark, *null; // of tables and values, to compare with
    int ref_array, ref_object, ref_error, ref_host, ref_internal, ref_globals, ref_private, ref_null,
        ref_tasks;
};

// Each coroutine knows the state, and whether it waits for the host: then no other code may resume or close it.
static inline uintptr_t *shim_extra(lua_State *L) { return lua_getextraspace(L); }
#define VM(L) ((shim_vm *)(*shim_extra(L) & ~(uintptr_t)1))
static inline bool shim_is_host_waiting(lua_State *L) { return *shim_extra(L) & 1; }
static inline void shim_set_host_waiting(lua_State *L, bool waits) {
    *shim_extra(L) = (*shim_extra(L) & ~(uintptr_t)1) | waits;
}

// vm.c
_Noreturn void shim_leave(shim_vm *vm, shim_end reason);
void shim_hook(lua_State *L, lua_Debug *ar);
void shim_note_place(shim_vm *vm, lua_State *L); // errors.c; allocates nothing
void shim_make_current(shim_vm *vm, lua_State *L);
void shim_check_stop(shim_vm *vm);
// For loops in C: ends the state if a stop is wanted, and notes the line that called.
void shim_stop_in(lua_State *L);
static inline void shim_check_stop_in(lua_State *L) {
    if (atomic_load_explicit(&VM(L)->stop, memory_order_relaxed)) shim_stop_in(L);
}
// No clock is read here, which would cost as much as the whole call: the watchdog reads it.
static inline void shim_new_stretch(shim_vm *vm) {
    uint64_t stretch = atomic_load_explicit(&vm->stretch, memory_order_relaxed);
    atomic_store_explicit(&vm->stretch, stretch + 1, memory_order_relaxed);
}
bool shim_reserve(shim_buffer *buffer, size_t more);
static inline bool shim_put(shim_buffer *buffer, const void *bytes, size_t length) {
    if (buffer->capacity - buffer->length < length && !shim_reserve(buffer, length)) return false;
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return true;
}
// The longest beginning of a text that has `most` bytes at most and does not end within a character.
static inline size_t shim_whole_characters(const void *text, size_t length, size_t most) {
    if (length <= most) return length;
    while (most > 0 && (((const uint8_t *)text)[most] & 0xC0) == 0x80) most--;
    return most;
}
// Whether this request for memory is the one that a test wants refused.
static inline bool shim_refuses(shim_vm *vm) {
    return ++vm->requests == vm->limits.fail_at;
}
// Allocator
void *shim_allocate(void *ud, void *ptr, size_t osize, size_t nsize);
void shim_free_all(shim_vm *vm);
void shim_collect(lua_State *L);
// A script that makes garbage fast must not meet the limit: at host calls and before large strings, one is made when
// memory is three quarters full, but not again before an eighth of the limit has been allocated on top.
static inline bool shim_is_near(lua_State *L, size_t wanted) {
    shim_vm *vm = VM(L);
    return vm->used + wanted >= vm->collect_above;
}
static inline void shim_collect_if_near(lua_State *L, size_t wanted) {
    if (shim_is_near(L, wanted)) shim_collect(L);
}
// Gives a buffer's memory back if it is more than is worth keeping.
void shim_trim(shim_buffer *buffer);

// encode.c, decode.c: they raise Lua errors that name the path, so they run only below a protected call.
void shim_encode(lua_State *L, int index, shim_buffer *out, int pretty);
void shim_encode_arguments(lua_State *L, int first, int count, shim_buffer *out);
enum { shim_null_keep = 1, shim_bigint_string = 2, shim_duplicates_error = 4 };
void shim_decode(lua_State *L, const uint8_t *text, size_t length, int options);
void shim_open_bridge(lua_State *L);

// host.c
void shim_push_function(lua_State *L, const char *name, int32_t function, shim_form form);
void shim_open_host(lua_State *L);
bool shim_can_wait(lua_State *L);
int shim_refuse_to_wait(lua_State *L, const char *name);

// errors.c
void shim_open_errors(lua_State *L);
// Turns the table at the top into an error object, with the place of the nearest script frame.
void shim_finish_error(lua_State *L);
void shim_push_error(lua_State *L, const char *code, const char *message);
int shim_describe_error(lua_State *L);
int shim_message_handler(lua_State *L);
const char *shim_fail_place(lua_State *L, int *line);

// sandbox.c
void shim_open_sandbox(lua_State *L);
void shim_push_text(lua_State *L, int index);

// strings.c, patterns.c, tables.c
void shim_replace_strings(lua_State *L);
void shim_replace_patterns(lua_State *L);
void shim_open_tables(lua_State *L, int stock);

// coroutines.c
void shim_open_coroutines(lua_State *L);

// pairs.c
void shim_replace_pairs(lua_State *L);
int shim_three_results(lua_State *L, int status, lua_KContext context);

// tasks.c
void shim_open_tasks(lua_State *L);
void shim_first_task(lua_State *L, lua_State *T);
lua_State *shim_base(const shim_vm *vm); // the coroutine of the task that runs
void shim_wait_for_host(shim_vm *vm);
bool shim_answered(shim_vm *vm, int32_t task);
int shim_run_tasks(shim_vm *vm);
