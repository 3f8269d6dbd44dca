// Ten thousand tasks of a script that wait for the host, answered one after the other: the memory of each, and the time of
// a switch, which is an answer, the entry into Lua, what the task does until its next host call, and the way out again.
// Beside them as many coroutines of stock Lua, resumed from a loop in Lua. Processor time of the thread.
#include "lua_pair.h"

#define TASKS 10000
#define TURNS 20

static int32_t waiting[TASKS];
static int count;

static shim_answer_kind wait_for_answer(void *context, int32_t function, int32_t task, const uint8_t *arguments, size_t length) {
    (void)context, (void)function, (void)arguments, (void)length;
    if (count == TASKS) fail("more tasks wait than were started");
    waiting[count++] = task;
    return shim_answer_wait;
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
static const char script[] =
    "local group = tasks.open()\n"
    "local function turns() for i = 1, " TEXT(TURNS) " do wait() end end\n"
    "for i = 1, " TEXT(TASKS) " do tasks.start(group, i, turns) end\n"
    "local ended = 0 for _ in tasks.next, group do ended = ended + 1 end\n"
    "tasks.close(group) assert(ended == " TEXT(TASKS) ")";
static const char stock_start[] =
    "local function turns() for i = 1, " TEXT(TURNS) " do coroutine.yield() end end\n"
    "all = {} for i = 1, " TEXT(TASKS) " do all[i] = coroutine.create(turns) coroutine.resume(all[i]) end";
static const char stock_turns[] =
    "local all, resume = all, coroutine.resume\n"
    "for turn = 1, " TEXT(TURNS) " do for i = 1, " TEXT(TASKS) " do assert(resume(all[i])) end end";

static void format_bytes(char *text, size_t size, double bytes) { snprintf(text, size, "%.0f bytes", bytes); }

static size_t stock_memory(lua_State *L) {
    lua_gc(L, LUA_GCCOLLECT);
    return (size_t)lua_gc(L, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB);
}

int main(void) {
    samples memory = {0}, time = {0};
    for (int i = 0, n = rounds(21); i < n && i < 60; i++) {
        lua_pair pair = open_pair(wait_for_answer, NULL);
        check_shim(pair.vm, shim_register(pair.vm, "wait", 0, shim_form_waits));
        shim_setup(pair.vm, "local host, globals, internal = ... globals.wait, globals.tasks = host.wait, internal.tasks");

        count = 0;
        size_t before = shim_memory(pair.vm, NULL);
        shim_status status = shim_run(pair.vm, "@bench.lua", (const uint8_t *)script, strlen(script));
        double ours = (double)(shim_memory(pair.vm, NULL) - before) / TASKS;
        double start = seconds(CLOCK_THREAD_CPUTIME_ID);
        while (status == shim_status_waiting) {
            static int32_t now[TASKS];
            int ready = count;
            memcpy(now, waiting, sizeof now);
            for (int k = count = 0; k < ready; k++) {
                shim_answer(pair.vm, shim_answer_nothing, NULL, 0);
                status = shim_resume(pair.vm, now[k]);
            }
        }
        double end = seconds(CLOCK_THREAD_CPUTIME_ID);
        check_shim(pair.vm, status);

        before = stock_memory(pair.L);
        time_stock(pair.L, stock_start);
        add_sample(&memory, ours, (double)(stock_memory(pair.L) - before) / TASKS);
        double stock = time_stock(pair.L, stock_turns);
        add_sample(&time, (end - start) * 1e9 / TASKS / TURNS, stock * 1e9 / TASKS / TURNS);
        lua_close(pair.L);
    }
    print_row("10,000 waiting tasks: memory of each", "coroutines in stock Lua", &memory, format_bytes);
    print_row("10,000 waiting tasks: a switch, host and back", "coroutine.resume and yield", &time, format_ns);
    return 0;
}
