// The state and its limits. A limit does not raise: it jumps to the entry into C and the state is never run again, so that
// no pcall, message handler, __close or __gc of a script's sees it.
#include "internal.h"

#include <signal.h>

// MARK: Limits

static _Thread_local shim_vm *volatile running_vm; // set while this thread is inside Lua

_Noreturn void shim_leave(shim_vm *vm, shim_end reason) {
    // A script gives its chunks what names it likes; people see this one.
    for (char *p = vm->ended_script; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F) *p = '?';
    }
    vm->ended = reason;
    siglongjmp(vm->escape, 1);
}

static int64_t cpu_time(shim_vm *vm) {
    struct timespec t;
    clock_gettime(vm->clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void shim_check_stop(shim_vm *vm) {
    int stop = atomic_load_explicit(&vm->stop, memory_order_relaxed);
    if (stop) shim_leave(vm, (shim_end)stop);
}

void shim_stop_in(lua_State *L) {
    shim_note_place(VM(L), L);
    shim_check_stop(VM(L));
}

// Set by the signal handler only, so that no instruction pays for it before a limit is near.
void shim_hook(lua_State *L, lua_Debug *ar) {
    (void)ar;
    shim_check_stop_in(L);
}

static void set_hook(lua_State *L) {
    lua_sethook(L, shim_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1);
}

// A hook is set on one coroutine; whoever becomes the current one while a stop is wanted needs it, too.
void shim_make_current(shim_vm *vm, lua_State *L) {
    vm->current = L;
    atomic_signal_fence(memory_order_seq_cst); // before the look at `stop`: the signal may come in between
    if (atomic_load_explicit(&vm->stop, memory_order_relaxed)) set_hook(L);
}

static void on_signal(int number) {
    (void)number;
    shim_vm *vm = running_vm;
    if (vm && vm->current && atomic_load(&vm->stop)) set_hook(vm->current);
}

static int signal_number(void) { return SIGRTMIN + 4; }

static void install_handler(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(signal_number(), &action, NULL);
}

void shim_stop(shim_vm *vm, shim_end reason) {
    int none = shim_end_none;
    atomic_compare_exchange_strong(&vm->stop, &none, (int)reason);
    pthread_mutex_lock(&vm->presence);
    if (atomic_load(&vm->in_lua)) pthread_kill(vm->thread, signal_number());
    pthread_mutex_unlock(&vm->presence);
}

// Processor time that a state may use after it was told to stop, before it is taken to hang: 1 s.
#define MAXIMUM_STOPPING 1000000000

shim_end shim_watch(shim_vm *vm) {
    bool in_lua = atomic_load(&vm->in_lua);
    // Not before the thread is known, nor for a state that has not been in Lua since the last look.
    if (!in_lua && vm->watched_at == 0) return shim_end_none;
    int64_t now = cpu_time(vm), since = vm->watched_at;
    vm->watched_at = in_lua ? now : 0;
    if (!in_lua) return shim_end_none;
    if (since != 0) vm->total += now - since;
    if (atomic_load(&vm->stop) == shim_end_none) {
        bool is_used_up = vm->limits.total_cpu > 0 && vm->total > vm->limits.total_cpu;
        uint64_t stretch = atomic_load_explicit(&vm->stretch, memory_order_relaxed);
        if (stretch != vm->watched_stretch && !is_used_up) {
            vm->watched_stretch = stretch;
            vm->watched_since = now;
            return shim_end_none;
        }
        if (!is_used_up && now - vm->watched_since <= vm->limits.cpu) return shim_end_none;
        shim_stop(vm, is_used_up ? shim_end_total_cpu : shim_end_cpu);
    }
    if (vm->stopping_since == 0) vm->stopping_since = now;
    if (now - vm->stopping_since > MAXIMUM_STOPPING) return (shim_end)atomic_load(&vm->stop);
    // Again at each turn until the state has ended: the signal may have come while another coroutine was current.
    shim_stop(vm, shim_end_cpu);
    return shim_end_none;
}

// MARK: Entries

// A thread that was made by a worker of Dispatch has inherited a mask that blocks every signal.
static void unblock_signal(void) {
    static _Thread_local bool is_unblocked;
    if (is_unblocked) return;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal_number());
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    is_unblocked = true;
}

static void enter(shim_vm *vm, lua_State *L) {
    unblock_signal();
    vm->thread = pthread_self();
    pthread_getcpuclockid(vm->thread, &vm->clock);
    vm->current = L;
    running_vm = vm;
    vm->running = true;
    vm->can_wait = false;
    vm->closing = 0;
    vm->resumers = NULL;
    vm->stack_base = __builtin_frame_address(0);
    shim_new_stretch(vm);
    atomic_store(&vm->in_lua, 1);
    // A stop that came before the thread could be signalled.
    if (atomic_load(&vm->stop)) set_hook(L);
}

static void leave(shim_vm *vm) {
    pthread_mutex_lock(&vm->presence);
    atomic_store(&vm->in_lua, 0);
    pthread_mutex_unlock(&vm->presence);
    vm->running = false;
    running_vm = NULL;
    vm->current = NULL;
}

// Runs a function under protection from errors and limits; its one argument is `data`.
static shim_status protect(shim_vm *vm, lua_CFunction f, void *data) {
    if (vm->ended) return shim_status_ended;
    if (sigsetjmp(vm->escape, 0)) {
        leave(vm);
        return shim_status_ended;
    }
    lua_State *L = vm->L;
    enter(vm, L);
    lua_pushcfunction(L, shim_message_handler);
    lua_pushcfunction(L, f);
    lua_pushlightuserdata(L, data);
    int status = lua_pcall(L, 1, 0, 1);
    if (status != LUA_OK) {
        // The handler has made a description of the error; turning it into text may raise again.
        lua_pushcfunction(L, shim_describe_error);
        lua_insert(L, 2);
        if (lua_pcall(L, 1, 0, 0) != LUA_OK) vm->text.length = 0;
    }
    lua_settop(L, 0);
    leave(vm);
    return status == LUA_OK ? shim_status_done : shim_status_error;
}

static int open_all(lua_State *L) {
    shim_open_bridge(L);
    shim_open_errors(L);
    shim_open_host(L);
    shim_open_sandbox(L);
    shim_open_tasks(L);
    return 0;
}

static int panic(lua_State *L) {
    (void)L;
    fputs("herald: Lua raised an error outside a protected call\n", stderr);
    return 0; // Lua aborts
}

shim_vm *shim_open(shim_limits limits, shim_host host) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install_handler);
    shim_vm *vm = calloc(1, sizeof *vm);
    if (!vm) return NULL;
    pthread_mutex_init(&vm->presence, NULL);
    vm->blocks.next = vm->blocks.previous = &vm->blocks;
    vm->limits = limits;
    vm->collect_above = limits.memory / 4 * 3;
    vm->host = host;
    vm->arguments.owner = vm->answer.owner = vm->text.owner = vm->scratch.owner = vm;
    vm->L = lua_newstate(shim_allocate, vm);
    if (!vm->L || !shim_reserve(&vm->arguments, 1)) {
        shim_close(vm);
        return NULL;
    }
    *shim_extra(vm->L) = (uintptr_t)vm;
    lua_atpanic(vm->L, panic);
    lua_gc(vm->L, LUA_GCINC, vm->pause = 200, 400, 0);
    if (protect(vm, open_all, NULL) == shim_status_error) {
        shim_close(vm);
        return NULL;
    }
    return vm;
}

void shim_close(shim_vm *vm) {
    // No lua_close: it would run a script's __gc and __close without limits. All its memory is known here.
    shim_free_all(vm);
    pthread_mutex_destroy(&vm->presence);
    free(vm->arguments.bytes);
    free(vm->answer.bytes);
    free(vm->text.bytes);
    free(vm->scratch.bytes);
    free(vm->members);
    free(vm->tasks);
    free(vm->groups);
    free(vm);
}

typedef struct {
    const char *name;
    const uint8_t *source;
    size_t length;
    int32_t function;
    shim_form form;
} chunk;

static int do_register(lua_State *L) {
    chunk *c = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, VM(L)->ref_host);
    shim_push_function(L, c->name, c->function, c->form);
    lua_setfield(L, -2, c->name);
    return 0;
}

shim_status shim_register(shim_vm *vm, const char *name, int32_t function, shim_form form) {
    chunk c = {.name = name, .function = function, .form = form};
    return protect(vm, do_register, &c);
}

static void load(lua_State *L, const chunk *c, int environment) {
    if (luaL_loadbufferx(L, (const char *)c->source, c->length, c->name, "t") != LUA_OK) {
        // What exceeds the compiler itself has been through the message handler, and names no place.
        if (lua_istable(L, -1)) {
            lua_getfield(L, -1, "message");
            lua_pushfstring(L, "%s cannot be compiled: %s", c->name + (*c->name == '@' || *c->name == '='), lua_tostring(L, -1));
        }
        shim_push_error(L, "syntax", lua_tostring(L, -1));
        lua_error(L);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, environment);
    lua_setupvalue(L, -2, 1);
}

static int do_prelude(lua_State *L) {
    chunk *c = lua_touserdata(L, 1);
    shim_vm *vm = VM(L);
    load(L, c, vm->ref_private);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_host);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_globals);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_internal);
    lua_call(L, 3, 0);
    return 0;
}

shim_status shim_prelude(shim_vm *vm, const char *name, const uint8_t *source, size_t length) {
    chunk c = {.name = name, .source = source, .length = length};
    return protect(vm, do_prelude, &c);
}

static int do_load(lua_State *L) {
    chunk *c = lua_touserdata(L, 1);
    shim_vm *vm = VM(L);
    lua_State *T = lua_newthread(L);
    load(L, c, vm->ref_globals);
    lua_xmove(L, T, 1);
    shim_first_task(L, T);
    return 0;
}

// Describes the error at the top of a coroutine whose stack still stands, so that the traceback can be read from it, and
// runs what it was to close.
static void describe(shim_vm *vm, lua_State *T) {
    lua_State *L = vm->L;
    lua_pushcfunction(L, shim_message_handler);
    lua_xmove(T, L, 1);
    lua_pushlightuserdata(L, T);
    vm->text.length = 0;
    if (lua_pcall(L, 2, 1, 0) == LUA_OK) {
        lua_pushcfunction(L, shim_describe_error);
        lua_insert(L, 1);
        if (lua_pcall(L, 1, 0, 0) != LUA_OK) vm->text.length = 0;
    }
    lua_settop(L, 0);
    shim_make_current(vm, T);
    vm->can_wait = false;
    lua_resetthread(T);
}

// Runs what is ready; `answered` is the task whose host call has been answered, or -1.
static shim_status step(shim_vm *vm, int32_t answered) {
    if (vm->ended) return shim_status_ended;
    if (sigsetjmp(vm->escape, 0)) {
        leave(vm);
        return shim_status_ended;
    }
    enter(vm, vm->L);
    shim_check_stop(vm);
    shim_status answer = shim_status_waiting;
    if (answered < 0 || shim_answered(vm, answered)) {
        int status = shim_run_tasks(vm);
        if (status == LUA_OK) {
            lua_settop(shim_base(vm), 0);
            answer = shim_status_done;
        } else if (status != LUA_YIELD) {
            describe(vm, shim_base(vm));
            answer = shim_status_error;
        }
    }
    leave(vm);
    return answer;
}

shim_status shim_run(shim_vm *vm, const char *name, const uint8_t *source, size_t length) {
    chunk c = {.name = name, .source = source, .length = length};
    shim_status status = protect(vm, do_load, &c);
    return status == shim_status_done ? step(vm, -1) : status;
}

shim_status shim_resume(shim_vm *vm, int32_t task) { return step(vm, task); }

shim_answer_kind shim_answer(shim_vm *vm, shim_answer_kind kind, const uint8_t *bytes, size_t length) {
    vm->answer.length = 0;
    if (length > 0 && !shim_put(&vm->answer, bytes, length)) {
        // No script takes a lost answer for nil: it ends before it goes on.
        kind = shim_answer_nothing;
        shim_stop(vm, shim_end_memory);
    }
    return vm->answer_kind = kind;
}

const uint8_t *shim_text(shim_vm *vm, size_t *length) {
    *length = vm->text.length;
    return vm->text.bytes ? vm->text.bytes : (const uint8_t *)"";
}

shim_end shim_ended(const shim_vm *vm) { return vm->ended; }

const char *shim_ended_at(const shim_vm *vm, int32_t *line) {
    *line = vm->ended_line;
    return vm->ended_script;
}

size_t shim_memory(const shim_vm *vm, size_t *peak) {
    if (peak) *peak = vm->peak;
    return vm->used;
}
