// What runs side by side: the script itself is the first task, `parallel` starts others. Each is a coroutine that is
// resumed from the entry into C, never from another one, so that a host call of any of them waits alone.
#include "internal.h"

// A set of tasks that one coroutine has started and waits for.
struct shim_group {
    int32_t owner;  // the task that opened it; -1: the slot is free
    int32_t unfinished;
    int32_t finished, last_finished; // tasks whose end has not been fetched, oldest first
    bool is_awaited;
};

enum { task_free, task_ready, task_waiting, task_joining, task_finished };

struct shim_task {
    lua_State *L; // anchored in the table at `ref_tasks`
    lua_Integer index;
    int32_t group;
    int32_t next; // in the list that it stands in: ready ones, finished ones, or free slots
    int arguments; // on its stack, for its first resume
    uint8_t state;
    bool cancelled, failed;
};

static void grow(shim_vm *vm, void **items, int32_t *capacity, size_t size) {
    int32_t larger = *capacity ? *capacity * 2 : 16;
    void *moved = shim_refuses(vm) ? NULL : realloc(*items, (size_t)larger * size);
    if (!moved) return;
    memset((uint8_t *)moved + (size_t)*capacity * size, 0, (size_t)(larger - *capacity) * size);
    *items = moved;
    *capacity = larger;
}

static int32_t new_task(shim_vm *vm, lua_State *T, int arguments) {
    int32_t slot = 0;
    if (vm->free_task > 0) {
        slot = vm->free_task;
        vm->free_task = vm->tasks[slot].next;
    } else {
        if (vm->task_count == vm->task_capacity) grow(vm, (void **)&vm->tasks, &vm->task_capacity, sizeof(shim_task));
        if (vm->task_count == vm->task_capacity) shim_leave(vm, shim_end_memory);
        slot = vm->task_count++;
    }
    vm->tasks[slot] = (shim_task){.L = T, .arguments = arguments, .next = -1};
    return slot;
}

static void make_ready(shim_vm *vm, int32_t slot) {
    shim_task *task = &vm->tasks[slot];
    task->state = task_ready;
    task->next = -1;
    if (vm->last_ready >= 0) vm->tasks[vm->last_ready].next = slot;
    else vm->first_ready = slot;
    vm->last_ready = slot;
}

static void free_task(lua_State *L, int32_t slot) {
    shim_vm *vm = VM(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_tasks);
    lua_pushnil(L);
    lua_rawseti(L, -2, slot + 1);
    lua_pop(L, 1);
    vm->tasks[slot].state = task_free;
    vm->tasks[slot].L = NULL;
    vm->tasks[slot].next = vm->free_task;
    vm->free_task = slot;
}

static void free_group(shim_vm *vm, int32_t g) {
    vm->groups[g].owner = -1;
    vm->groups[g].finished = vm->free_group;
    vm->free_group = g;
}

// A script's own task is the first, and what an earlier script has left is forgotten.
void shim_first_task(lua_State *L, lua_State *T) {
    shim_vm *vm = VM(L);
    vm->task_count = 0;
    vm->group_count = 0;
    vm->free_task = 0; // the first slot is never free
    vm->free_group = -1;
    vm->first_ready = vm->last_ready = -1;
    lua_createtable(L, 1, 0);
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, 1);
    lua_rawseti(L, LUA_REGISTRYINDEX, vm->ref_tasks);
    make_ready(vm, new_task(vm, T, 0));
}

lua_State *shim_base(const shim_vm *vm) {
    return vm->task_count > 0 ? vm->tasks[vm->task].L : NULL;
}

void shim_wait_for_host(shim_vm *vm) {
    vm->tasks[vm->task].state = task_waiting;
    vm->host_wait = true;
}

bool shim_answered(shim_vm *vm, int32_t slot) {
    if (slot < 0 || slot >= vm->task_count || vm->tasks[slot].state != task_waiting) return false;
    // Before all that are ready: the answer lies in the state until its task has taken it.
    shim_task *task = &vm->tasks[slot];
    task->state = task_ready;
    task->next = vm->first_ready;
    vm->first_ready = slot;
    if (vm->last_ready < 0) vm->last_ready = slot;
    return true;
}

// MARK: Running

// Keeps the outcome on the task's stack until its group fetches it, and wakes who waits for it.
static void finish(shim_vm *vm, int32_t slot, bool failed) {
    shim_task *task = &vm->tasks[slot];
    task->state = task_finished;
    task->failed = failed;
    task->next = -1;
    shim_group *group = &vm->groups[task->group];
    if (group->last_finished >= 0) vm->tasks[group->last_finished].next = slot;
    else group->finished = slot;
    group->last_finished = slot;
    group->unfinished--;
    if (!group->is_awaited) return;
    group->is_awaited = false;
    make_ready(vm, group->owner);
}

// Runs what a coroutine was to close; the error value, if there is one, stays at the top of its stack.
static void close_task(shim_vm *vm, lua_State *T) {
    shim_make_current(vm, T);
    vm->can_wait = false;
    lua_resetthread(T);
    shim_make_current(vm, vm->L);
}

// Forgets the groups of a task that has been cancelled, and what their tasks came to.
static void drop_groups(shim_vm *vm, int32_t owner) {
    for (int32_t g = 0; g < vm->group_count; g++) {
        if (vm->groups[g].owner != owner) continue;
        for (int32_t slot = vm->groups[g].finished, next; slot >= 0; slot = next) {
            next = vm->tasks[slot].next;
            free_task(vm->L, slot);
        }
        free_group(vm, g);
    }
}

static bool owns_unfinished(shim_vm *vm, int32_t slot) {
    for (int32_t g = 0; g < vm->group_count; g++) {
        if (vm->groups[g].owner == slot && vm->groups[g].unfinished > 0) {
            vm->groups[g].is_awaited = true;
            return true;
        }
    }
    return false;
}

// Resumes tasks until none is ready. Gives how the script ended, or LUA_YIELD while it waits.
int shim_run_tasks(shim_vm *vm) {
    while (vm->first_ready >= 0) {
        int32_t slot = vm->first_ready;
        shim_task *task = &vm->tasks[slot];
        vm->first_ready = task->next;
        if (vm->first_ready < 0) vm->last_ready = -1;
        lua_State *T = task->L;
        vm->task = slot;
        if (task->cancelled) {
            if (owns_unfinished(vm, slot)) {
                task->state = task_joining;
            } else {
                drop_groups(vm, slot);
                close_task(vm, T);
                finish(vm, slot, true);
            }
            continue;
        }
        vm->host_wait = false;
        vm->can_wait = true;
        vm->resumers = NULL;
        shim_make_current(vm, T);
        int results = 0, arguments = task->arguments;
        task->arguments = 0;
        int status = lua_resume(T, vm->L, arguments, &results);
        shim_make_current(vm, vm->L);
        if (status == LUA_YIELD && vm->host_wait) continue;
        if (slot == 0) return status;
        if (status == LUA_OK) {
            lua_settop(T, results > 0 ? lua_gettop(T) - results + 1 : 0);
        } else {
            close_task(vm, T);
        }
        finish(vm, slot, status != LUA_OK);
    }
    return LUA_YIELD;
}

// MARK: What `parallel` is made of

static shim_group *group_at(lua_State *L) {
    lua_Integer g = luaL_checkinteger(L, 1);
    luaL_argcheck(L, g >= 0 && g < VM(L)->group_count, 1, "no group");
    return &VM(L)->groups[g];
}

// open() → group
static int open_group(lua_State *L) {
    shim_vm *vm = VM(L);
    if (!shim_can_wait(L)) return shim_refuse_to_wait(L, "parallel");
    int32_t g = vm->free_group;
    if (g >= 0) {
        vm->free_group = vm->groups[g].finished;
    } else {
        if (vm->group_count == vm->group_capacity) grow(vm, (void **)&vm->groups, &vm->group_capacity, sizeof(shim_group));
        if (vm->group_count == vm->group_capacity) shim_leave(vm, shim_end_memory);
        g = vm->group_count++;
    }
    vm->groups[g] = (shim_group){.owner = vm->task, .finished = -1, .last_finished = -1};
    lua_pushinteger(L, g);
    return 1;
}

// start(group, index, function, item)
static int start(lua_State *L) {
    shim_vm *vm = VM(L);
    group_at(L);
    int32_t g = (int32_t)lua_tointeger(L, 1);
    lua_settop(L, 4);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_tasks);
    lua_State *T = lua_newthread(L);
    int32_t slot = new_task(vm, T, 2);
    vm->tasks[slot].group = g;
    vm->tasks[slot].index = lua_tointeger(L, 2);
    vm->groups[g].unfinished++;
    make_ready(vm, slot);
    lua_rawseti(L, 5, slot + 1);
    lua_pushvalue(L, 3);
    lua_pushvalue(L, 4);
    lua_pushvalue(L, 2);
    lua_xmove(L, T, 3);
    return 0;
}

static int fetch(lua_State *L, shim_group *group) {
    shim_vm *vm = VM(L);
    int32_t slot = group->finished;
    shim_task *task = &vm->tasks[slot];
    group->finished = task->next;
    if (group->finished < 0) group->last_finished = -1;
    lua_pushinteger(L, task->index);
    lua_pushboolean(L, !task->failed);
    if (lua_gettop(task->L) > 0) {
        lua_settop(task->L, task->failed ? lua_gettop(task->L) : 1);
        lua_xmove(task->L, L, 1);
    } else {
        lua_pushnil(L);
    }
    free_task(L, slot);
    return 3;
}

static int after_join(lua_State *L, int status, lua_KContext context) {
    (void)status;
    (void)context;
    return fetch(L, group_at(L));
}

// next(group) → index, done, value: of a task that has ended; waits for one. nil if there is none.
static int next_finished(lua_State *L) {
    shim_vm *vm = VM(L);
    shim_group *group = group_at(L);
    if (group->finished >= 0) return fetch(L, group);
    if (group->unfinished == 0) return 0;
    if (!shim_can_wait(L)) return shim_refuse_to_wait(L, "parallel");
    group->is_awaited = true;
    vm->tasks[vm->task].state = task_joining;
    vm->host_wait = true;
    return lua_yieldk(L, 0, 0, after_join);
}

static void cancel_group(shim_vm *vm, int32_t g) {
    for (int32_t slot = 1; slot < vm->task_count; slot++) {
        shim_task *task = &vm->tasks[slot];
        if (task->group != g || task->cancelled) continue;
        if (task->state == task_free || task->state == task_finished) continue;
        task->cancelled = true;
        if (task->state == task_waiting) vm->host.cancel(vm->host.context, slot);
        if (task->state != task_joining) continue;
        for (int32_t inner = 0; inner < vm->group_count; inner++) {
            if (vm->groups[inner].owner == slot) cancel_group(vm, inner);
        }
    }
}

// cancel(group): its tasks end where they wait, and what they were to close is closed.
static int cancel(lua_State *L) {
    group_at(L);
    cancel_group(VM(L), (int32_t)lua_tointeger(L, 1));
    return 0;
}

// close(group): all its tasks have been fetched.
static int close_group(lua_State *L) {
    shim_vm *vm = VM(L);
    shim_group *group = group_at(L);
    if (group->unfinished > 0 || group->finished >= 0 || group->owner < 0) return 0;
    free_group(vm, (int32_t)lua_tointeger(L, 1));
    return 0;
}

void shim_open_tasks(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"open", open_group}, {"start", start}, {"next", next_finished}, {"cancel", cancel}, {"close", close_group},
        {NULL, NULL},
    };
    shim_vm *vm = VM(L);
    lua_createtable(L, 0, 0);
    vm->ref_tasks = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_rawgeti(L, LUA_REGISTRYINDEX, vm->ref_internal);
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "tasks");
    lua_pop(L, 1);
}
