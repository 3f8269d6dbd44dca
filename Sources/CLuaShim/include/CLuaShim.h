// Lua, as Swift may see it: bytes and status codes.
//
// C owns the Lua state. No Lua type shows here, because most functions of Lua's API may raise, and a raise over a Swift
// frame leaks what the frame holds and skips its `defer` blocks without a sign. A Swift callback takes bytes and answers
// bytes; what is to be raised or waited for is done here, after Swift has returned.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// One script's Lua state with its limits. Used from one thread at a time, but for `shim_stop`.
typedef struct shim_vm shim_vm;

/// Why a state was ended for good.
typedef enum __attribute__((enum_extensibility(closed))) : int32_t {
    shim_end_none,
    shim_end_memory,
    shim_end_cpu,
    /// All the processor time that the script may use is used up.
    shim_end_total_cpu,
    shim_end_wall,
    shim_end_output,
    shim_end_requests,
    shim_end_stopped,
} shim_end;

/// How an entry into Lua came back.
typedef enum __attribute__((enum_extensibility(closed))) : int32_t {
    shim_status_done,
    /// Host calls wait: answer one with `shim_answer` and go on with `shim_resume`.
    shim_status_waiting,
    /// An error was raised; `shim_text` gives it as JSON: {"kind","message","script","line","traceback","code",…}.
    shim_status_error,
    /// A limit ended the state; `shim_ended` says which. Nothing more can be run in it.
    shim_status_ended,
} shim_status;

/// What a host call answers.
typedef enum __attribute__((enum_extensibility(closed))) : int32_t {
    /// nil.
    shim_answer_nothing,
    /// No value at all; where one is looked for, Lua takes nil.
    shim_answer_none,
    /// One value, as JSON.
    shim_answer_value,
    /// A string, as its bytes.
    shim_answer_text,
    /// nil, a Boolean or a number, as it is.
    shim_answer_scalar,
    /// An error to be raised, as a JSON object with `code` and `message`.
    shim_answer_error,
    /// The task waits until `shim_resume`.
    shim_answer_wait,
} shim_answer_kind;

/// How a host function takes its arguments, and when it answers.
typedef enum __attribute__((enum_extensibility(closed))) : int32_t {
    /// As JSON; at once.
    shim_form_json,
    /// As JSON; its task waits.
    shim_form_waits,
    /// As they are, each of them nil, a Boolean, a number or a string; at once.
    shim_form_scalars,
    /// It takes none, and ignores what it is given; at once. It is called as one that takes scalars.
    shim_form_bare,
} shim_form;

typedef enum __attribute__((enum_extensibility(closed))) : int32_t {
    shim_scalar_nothing,
    shim_scalar_boolean,
    shim_scalar_integer,
    shim_scalar_number,
    shim_scalar_text,
    /// A table, a function or the like.
    shim_scalar_other,
} shim_scalar_kind;

/// A value of Lua's that crosses as it is.
typedef struct {
    shim_scalar_kind kind;
    /// Of an integer, or 0 or 1 of a Boolean.
    int64_t integer;
    double number;
    /// Of a text, until the call returns.
    const uint8_t *_Nullable bytes;
    size_t length;
} shim_scalar;

/// The most arguments of a function that takes scalars; what stands behind them is ignored.
#define SHIM_SCALARS 4

typedef struct {
    /// The most memory that Lua may hold, in bytes.
    size_t memory;
    /// The most processor time between two host calls, in nanoseconds.
    int64_t cpu;
    /// The most processor time in all, in nanoseconds; 0 for as much as it takes. It is sampled by `shim_watch`.
    int64_t total_cpu;
    /// The most bytes of one JSON text.
    size_t json;
    /// For tests: the n-th request for memory is refused as if the system had none; 0: never.
    uint64_t fail_at;
} shim_limits;

/// A host call: `arguments` is a JSON array, or empty if there are none. `task` tells the pieces of a script apart that run
/// side by side; the script itself is 0. It gives what it answers, whose bytes it has handed to `shim_answer`, and calls
/// nothing else of the state but `shim_stop`.
typedef shim_answer_kind (*shim_call)(void *_Nullable context, int32_t function, int32_t task, const uint8_t *arguments,
                                      size_t length);
/// A host call whose arguments are scalars. It does not wait; what it answers plainly it puts into `answer`.
typedef shim_answer_kind (*shim_scalar_call)(void *_Nullable context, int32_t function, const shim_scalar *arguments,
                                             int32_t count, shim_scalar *answer);
/// What a task waits for is no longer wanted; it is to be answered all the same. Calls nothing of the state.
typedef void (*shim_cancel)(void *_Nullable context, int32_t task);

/// Whom a state calls.
typedef struct {
    shim_call call;
    shim_scalar_call call_scalars;
    shim_cancel cancel;
    void *_Nullable context;
} shim_host;

/// Makes a state; NULL if there is no memory for it.
shim_vm *_Nullable shim_open(shim_limits limits, shim_host host);
/// Frees the state and all that it holds; runs no Lua code.
void shim_close(shim_vm *vm);

/// Registers a host function under a name.
shim_status shim_register(shim_vm *vm, const char *name, int32_t function, shim_form form);
/// Runs a trusted chunk with `host, globals, internal` as its arguments.
shim_status shim_prelude(shim_vm *vm, const char *name, const uint8_t *source, size_t length);
/// Loads a script's text and runs it in a coroutine of its own.
shim_status shim_run(shim_vm *vm, const char *name, const uint8_t *source, size_t length);
/// Goes on with a task whose host call has just been answered, and with what becomes ready by it.
shim_status shim_resume(shim_vm *vm, int32_t task);

/// Answers the host call that is under way, or the one that is resumed next; the bytes are copied.
shim_answer_kind shim_answer(shim_vm *vm, shim_answer_kind kind, const uint8_t *_Nullable bytes, size_t length);

/// The text of the last error, as JSON; valid until the next call.
const uint8_t *shim_text(shim_vm *vm, size_t *length);
/// Why the state was ended.
shim_end shim_ended(const shim_vm *vm);
/// The script and the line that ran when the state was ended; "" where that is not known.
const char *shim_ended_at(const shim_vm *vm, int32_t *line);
/// Bytes that Lua holds now, and the most that it ever held.
size_t shim_memory(const shim_vm *vm, size_t *_Nullable peak);

/// Ends the state from any thread, as soon as it runs Lua code. A waiting script is left to its caller.
void shim_stop(shim_vm *vm, shim_end reason);
/// Called now and then from another thread: ends the state if it has used up its processor time.
///
/// The answer is what ended it if it cannot be ended: it hangs in a loop of liblua's own, where no hook fires, and its thread
/// never comes back.
shim_end shim_watch(shim_vm *vm);

#pragma clang assume_nonnull end
