// Coroutines of a script's own, through which host calls wait, and over which the limits hold.
#include "internal.h"

// liblua 5.4.4 overflows the C stack in chains of coroutine.close: each coroutine counts its nested calls anew. So there
// is a limit to the chain, and what a link may need of the stack (2 MiB) must be left.
#define MAXIMUM_CLOSING 16
#define MAXIMUM_STACK (1 << 20)

static int go_on(lua_State *L, int status, lua_KContext wrap);

// Resumes `co` with the `count` values at the top of the stack. Gives the number of results, or -1 with an error value.
static int resume(lua_State *L, lua_State *co, int count) {
    shim_vm *vm = VM(L);
    if (!lua_checkstack(co, count + 1)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    if (lua_status(co) == LUA_OK && lua_gettop(co) == 0) {
        lua_pushliteral(L, "cannot resume dead coroutine");
        return -1;
    }
    lua_xmove(L, co, count);
    int results = 0;
    bool could_wait = vm->can_wait;
    resumer here = {vm->resumers, L};
    vm->resumers = &here;
    vm->can_wait = could_wait && lua_isyieldable(L);
    shim_make_current(vm, co);
    int status = lua_resume(co, L, count, &results);
    shim_make_current(vm, L);
    vm->can_wait = could_wait;
    vm->resumers = here.outer;
    if (status == LUA_YIELD && vm->host_wait) {
        shim_set_host_waiting(co, true);
        return -2;
    }
    if (status == LUA_OK || status == LUA_YIELD) {
        if (!lua_checkstack(L, results + 1)) {
            lua_pop(co, results);
            lua_pushliteral(L, "too many results to resume");
            return -1;
        }
        lua_xmove(co, L, results);
        return results;
    }
    lua_xmove(co, L, 1);
    return -1;
}

static void reset(lua_State *L, lua_State *co) {
    shim_vm *vm = VM(L);
    shim_make_current(vm, co);
    lua_resetthread(co);
    shim_make_current(vm, L);
}

static int finish(lua_State *L, lua_State *co, int results, lua_KContext wrap) {
    if (results == -2) return lua_yieldk(L, 0, wrap, go_on); // the host is waited for: pass it outward
    if (wrap) {
        if (results >= 0) return results;
        int status = lua_status(co);
        if (status != LUA_OK && status != LUA_YIELD) {
            reset(L, co);
            lua_xmove(co, L, 1);
        }
        if (lua_type(L, -1) == LUA_TSTRING) {
            luaL_where(L, 1);
            lua_insert(L, -2);
            lua_concat(L, 2);
        }
        return lua_error(L);
    }
    lua_pushboolean(L, results >= 0);
    if (results < 0) results = 1;
    lua_insert(L, -(results + 1));
    return results + 1;
}

static lua_State *coroutine_of(lua_State *L, lua_KContext wrap) {
    return lua_tothread(L, wrap ? lua_upvalueindex(1) : 1);
}

static int go_on(lua_State *L, int status, lua_KContext wrap) {
    (void)status;
    lua_State *co = coroutine_of(L, wrap);
    VM(L)->host_wait = false;
    shim_set_host_waiting(co, false);
    return finish(L, co, resume(L, co, 0), wrap);
}

static lua_State *check_coroutine(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

static int co_resume(lua_State *L) {
    lua_State *co = check_coroutine(L);
    if (co == L || shim_is_host_waiting(co) || lua_status(co) == LUA_OK) {
        lua_Debug ar;
        if (co == L || shim_is_host_waiting(co) || lua_getstack(co, 0, &ar)) {
            lua_pushboolean(L, 0);
            lua_pushliteral(L, "cannot resume non-suspended coroutine");
            return 2;
        }
    }
    return finish(L, co, resume(L, co, lua_gettop(L) - 1), 0);
}

static int wrapped(lua_State *L) {
    lua_State *co = coroutine_of(L, 1);
    lua_Debug ar;
    if (co == L || shim_is_host_waiting(co) || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &ar)))
        return luaL_error(L, "cannot resume non-suspended coroutine");
    return finish(L, co, resume(L, co, lua_gettop(L)), 1);
}

static int co_create(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int co_wrap(lua_State *L) {
    co_create(L);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int co_yield(lua_State *L) {
    if (L == shim_base(VM(L))) return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

static int co_isyieldable(lua_State *L) {
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
    lua_pushboolean(L, co != shim_base(VM(L)) && lua_isyieldable(co));
    return 1;
}

static int co_running(lua_State *L) {
    lua_pushthread(L);
    lua_pushboolean(L, L == shim_base(VM(L)));
    return 2;
}

static const char *status_of(lua_State *L, lua_State *co) {
    if (co == L) return "running";
    if (shim_is_host_waiting(co)) return "normal";
    switch (lua_status(co)) {
    case LUA_YIELD: return "suspended";
    case LUA_OK: {
        lua_Debug ar;
        if (lua_getstack(co, 0, &ar)) return "normal";
        return lua_gettop(co) == 0 ? "dead" : "suspended";
    }
    default: return "dead";
    }
}

static int co_status(lua_State *L) {
    lua_pushstring(L, status_of(L, check_coroutine(L)));
    return 1;
}

static int co_close(lua_State *L) {
    shim_vm *vm = VM(L);
    lua_State *co = check_coroutine(L);
    const char *status = status_of(L, co);
    if (strcmp(status, "dead") != 0 && strcmp(status, "suspended") != 0)
        return luaL_error(L, "cannot close a %s coroutine", status);
    ptrdiff_t stack = vm->stack_base - (const char *)__builtin_frame_address(0);
    if (vm->closing >= MAXIMUM_CLOSING || stack > MAXIMUM_STACK) return luaL_error(L, "coroutines are closed inside one another too deep");
    vm->closing++;
    shim_make_current(vm, co);
    int closed = lua_resetthread(co);
    shim_make_current(vm, L);
    vm->closing--;
    if (closed == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

void shim_open_coroutines(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"create", co_create}, {"resume", co_resume}, {"wrap", co_wrap}, {"yield", co_yield},
        {"isyieldable", co_isyieldable}, {"running", co_running}, {"status", co_status}, {"close", co_close},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
}
