// Many functions of a script that wait side by side: the memory of each, and the time from the answer that one of them
// waited for until it waits again. Beside it as many coroutines of stock Lua, each of which yields where ours waits; nobody
// asks them what they want, and nothing watches them. Processor time of the thread.
//
//   tasks HERALD FOLDER
//
// Then the whole process: the peak memory of `herald run` with so many calls of time.sleep under way, above that of an empty
// run.
#include "herald.h"
#include "lua_pair.h"

#define TASKS 10000
#define ROUNDS "100"

// What waits is answered by its number.
static int32_t waiting[TASKS];
static int count;

static shim_answer_kind host(void *context, int32_t function, int32_t task, const uint8_t *arguments, size_t length) {
    (void)context, (void)function, (void)arguments, (void)length;
    if (count == TASKS) fail("more tasks wait than were started");
    waiting[count++] = task;
    return shim_answer_wait;
}

// A task's local variables are those of a small function that works on an item.
static const char ours[] =
    "local group = tasks.open()\n"
    "for i = 1, 10000 do\n"
    "  tasks.start(group, i, function(item) local seen = 0 while true do wait() seen = seen + item end end, i)\n"
    "end\n"
    "tasks.next(group)\n";
static const char peer[] =
    "list = {}\n"
    "for i = 1, 10000 do\n"
    "  local f = coroutine.wrap(function(item)\n"
    "    local yield, seen = coroutine.yield, 0 while true do yield() seen = seen + item end\n"
    "  end)\n"
    "  f(i)\n"
    "  list[i] = f\n"
    "end\n";
static const char again[] = "for round = 1, " ROUNDS " do for i = 1, #list do list[i]() end end";

static double peer_memory(lua_State *L) {
    lua_gc(L, LUA_GCCOLLECT);
    return (double)lua_gc(L, LUA_GCCOUNT) * 1024 + lua_gc(L, LUA_GCCOUNTB);
}

// Answers every task that waits, in turn, so many times.
static double time_switches(shim_vm *vm, int turns) {
    static int32_t now[TASKS];
    double begun = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (int turn = 0; turn < turns; turn++) {
        if (count != TASKS) fail("%d tasks wait", count);
        memcpy(now, waiting, sizeof now);
        count = 0;
        for (int i = 0; i < TASKS; i++) {
            shim_answer(vm, shim_answer_nothing, NULL, 0);
            if (shim_resume(vm, now[i]) != shim_status_waiting) fail("a task does not wait again");
        }
    }
    return seconds(CLOCK_THREAD_CPUTIME_ID) - begun;
}

static void measure_states(samples *time, samples *memory) {
    count = 0;
    lua_pair pair = open_pair(host, NULL);
    check_shim(pair.vm, shim_register(pair.vm, "wait", 0, shim_form_waits));
    shim_setup(pair.vm, "local host, globals, internal = ... globals.wait, globals.tasks = host.wait, internal.tasks");
    double before = (double)shim_memory(pair.vm, NULL), peer_before = peer_memory(pair.L);
    if (shim_run(pair.vm, "@bench.lua", (const uint8_t *)ours, sizeof ours - 1) != shim_status_waiting)
        check_shim(pair.vm, shim_status_error);
    time_stock(pair.L, peer);
    add_sample(memory, ((double)shim_memory(pair.vm, NULL) - before) / TASKS, (peer_memory(pair.L) - peer_before) / TASKS);
    int turns = atoi(ROUNDS);
    time_switches(pair.vm, 1);
    double a = time_switches(pair.vm, turns);
    double b = time_stock(pair.L, again);
    add_sample(time, a / TASKS / turns, b / TASKS / turns);
}

static samples measure_process(char *herald) {
    char *empty[] = {herald, "run", "--quiet", "empty.lua", NULL};
    char *sleep[] = {herald, "run", "--quiet", "--limit-requests", "10000", "sleep.lua", NULL};
    write_scripts();
    write_file("sleep.lua",
               "local items = {} for i = 1, 10000 do items[i] = i end\n"
               "parallel(items, function(item) time.sleep(2) end, { limit = #items })\n");
    run(empty, "home", NULL);
    samples s = {0};
    for (int i = 0, n = rounds(5); i < n; i++) {
        double nothing = run(empty, "home", NULL).memory;
        add_sample(&s, (run(sleep, "home", NULL).memory - nothing) / TASKS, 1);
    }
    return s;
}

int main(int argument_count, char **arguments) {
    if (argument_count != 3) fail("usage: tasks HERALD FOLDER");
    folder = arguments[2];
    // First of all: a child's peak memory begins with what its parent had when it was forked.
    samples process = measure_process(arguments[1]);
    samples time = {0}, memory = {0};
    for (int i = 0, n = rounds(9); i < n; i++) measure_states(&time, &memory);
    print_result("tasks.memory", "10,000 script functions waiting: Lua's memory for each", unit_bytes,
                 "coroutine.wrap in lua5.4", &memory);
    print_result("tasks.resident", "10,000 calls of time.sleep waiting: peak memory of herald run for each", unit_bytes, NULL,
                 &process);
    print_result("tasks.switch", "into one of 10,000 waiting functions and out again", unit_seconds,
                 "coroutine.wrap in lua5.4", &time);
    return 0;
}
