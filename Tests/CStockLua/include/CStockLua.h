// Lua as the system's library has it, with all its own functions: what tests compare the sandbox's with.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Runs a chunk in a state of its own with the stock libraries. Gives the texts that it passed to `emit`, one
/// after the other, or with `failed` the message of the error that ended it; to be freed by the caller.
uint8_t *_Nullable stock_lua_run(const char *name, const uint8_t *source, size_t length, size_t *size, int32_t *failed);

#pragma clang assume_nonnull end
