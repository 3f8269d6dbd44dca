// The one strict lexer for JSON (RFC 8259), for the bridge to Lua (C) and for the readers of the model (Swift).
//
// It knows tokens, not grammar: who calls it says where a comma or a colon belongs. It allocates nothing, reads only
// [start, end), and refuses what RFC 8259 refuses: control characters and invalid UTF-8 in strings, lone surrogates,
// leading zeros, NaN and Infinity, numbers that no double can hold.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma clang assume_nonnull begin

typedef enum __attribute__((enum_extensibility(closed))) : int32_t {
    json_kind_end,           // nothing but white space is left
    json_kind_null,
    json_kind_true,
    json_kind_false,
    json_kind_integer,       // no fraction, no exponent, fits int64: `integer`
    json_kind_big_integer,   // no fraction, no exponent, beyond int64: `number` is the nearest double
    json_kind_double,        // `number`
    json_kind_string,        // the text between the quotes; `escaped` says whether it holds a backslash
    json_kind_open_object,
    json_kind_close_object,
    json_kind_open_array,
    json_kind_close_array,
    json_kind_comma,
    json_kind_colon,
    json_kind_invalid,       // `fault` says why, `text` points at the offending byte
} json_kind;

typedef enum __attribute__((enum_extensibility(closed))) : int32_t {
    json_fault_none,
    json_fault_byte,         // a byte that starts no token
    json_fault_literal,      // t, f or n, but not true, false, null
    json_fault_number,       // not a number of RFC 8259
    json_fault_range,        // a number whose magnitude exceeds every double
    json_fault_unterminated, // the text ends inside a string
    json_fault_control,      // a control character in a string that is not escaped
    json_fault_escape,       // a backslash with what may not follow it
    json_fault_surrogate,    // \ud800-\udfff without its partner
    json_fault_utf8,         // not UTF-8
} json_fault;

typedef struct {
    const uint8_t *start;
    const uint8_t *at;
    const uint8_t *end;
} json_lexer;

typedef struct {
    json_kind kind;
    json_fault fault;
    int32_t escaped;
    const uint8_t *text;
    size_t length;
    int64_t integer;
    double number;
} json_token;

/// What the fault is, for a person, without a place.
static inline const char *json_fault_text(json_fault fault) {
    switch (fault) {
    case json_fault_none: return "no fault";
    case json_fault_byte: return "unexpected character";
    case json_fault_literal: return "expected true, false or null";
    case json_fault_number: return "malformed number";
    case json_fault_range: return "number out of range";
    case json_fault_unterminated: return "unterminated string";
    case json_fault_control: return "control character in string must be escaped";
    case json_fault_escape: return "malformed escape in string";
    case json_fault_surrogate: return "lone surrogate in string";
    case json_fault_utf8: return "invalid UTF-8 in string";
    }
    return "malformed JSON";
}

/// The length of the UTF-8 sequence at `p`, or 0 if it is not one (Unicode 15, table 3-7).
static inline size_t json_utf8_length(const uint8_t *p, const uint8_t *end) {
    uint8_t a = p[0];
    size_t left = (size_t)(end - p);
    if (a < 0x80) return 1;
    if (a < 0xC2) return 0;
    if (a < 0xE0) return left >= 2 && (p[1] & 0xC0) == 0x80 ? 2 : 0;
    if (a < 0xF0) {
        if (left < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80) return 0;
        if ((a == 0xE0 && p[1] < 0xA0) || (a == 0xED && p[1] > 0x9F)) return 0;
        return 3;
    }
    if (a > 0xF4 || left < 4) return 0;
    if ((p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80 || (p[3] & 0xC0) != 0x80) return 0;
    if ((a == 0xF0 && p[1] < 0x90) || (a == 0xF4 && p[1] > 0x8F)) return 0;
    return 4;
}

/// The high bits of those of eight bytes that are no printable ASCII other than `"` and `\`: 0 if all are. The lowest that
/// is set is right; those above it may be false, after a borrow.
static inline uint64_t json_not_plain(uint64_t w) {
    const uint64_t ones = 0x0101010101010101ULL, high = 0x8080808080808080ULL;
    uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
    return (w | (w - ones * 0x20) | (quote - ones) | (slash - ones)) & high;
}

static inline int json_is_plain(uint8_t c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/// The number of bytes from `p` that are printable ASCII other than `"` and `\`: they need neither checking nor
/// escaping in either direction. Eight at a time.
static inline size_t json_plain_length(const uint8_t *p, const uint8_t *end) {
    const uint8_t *s = p;
    for (; end - s >= 8; s += 8) {
        uint64_t w;
        memcpy(&w, s, 8);
        uint64_t other = json_not_plain(w);
        if (other) return (size_t)(s - p) + (size_t)__builtin_ctzll(other) / 8;
    }
    while (s < end && json_is_plain(*s)) s++;
    return (size_t)(s - p);
}

/// Copies a text if it is all such bytes; false if not. The last word may overlap the one before it.
static inline int json_copy_plain(uint8_t *out, const uint8_t *text, size_t n) {
    uint64_t w;
    if (n >= 8) {
        for (size_t i = 0;; i = i + 16 <= n ? i + 8 : n - 8) {
            memcpy(&w, text + i, 8);
            if (json_not_plain(w)) return 0;
            memcpy(out + i, &w, 8);
            if (i + 8 == n) return 1;
        }
    }
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, text, 4);
        memcpy(&last, text + n - 4, 4);
        if (json_not_plain((uint64_t)last << 32 | first)) return 0;
        memcpy(out, &first, 4);
        memcpy(out + n - 4, &last, 4);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        if (!json_is_plain(text[i])) return 0;
        out[i] = text[i];
    }
    return 1;
}

static inline int json_hex4(const uint8_t *p) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        uint8_t c = p[i];
        int d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (d < 0) return -1;
        v = v << 4 | d;
    }
    return v;
}

static inline json_kind json_refuse(json_lexer *lexer, json_token *token, const uint8_t *at, json_fault fault) {
    lexer->at = at;
    token->kind = json_kind_invalid;
    token->fault = fault;
    token->text = at;
    token->length = at < lexer->end ? 1 : 0;
    return json_kind_invalid;
}

static inline json_kind json_scan_string(json_lexer *lexer, json_token *token) {
    const uint8_t *p = lexer->at + 1, *end = lexer->end;
    token->text = p;
    token->escaped = 0;
    for (;;) {
        p += json_plain_length(p, end);
        if (p == end) return json_refuse(lexer, token, p, json_fault_unterminated);
        uint8_t c = *p;
        if (c == '"') break;
        if (c >= 0x80) {
            size_t n = json_utf8_length(p, end);
            if (n == 0) return json_refuse(lexer, token, p, json_fault_utf8);
            p += n;
        } else if (c == '\\') {
            token->escaped = 1;
            if (end - p < 2) return json_refuse(lexer, token, end, json_fault_unterminated);
            switch (p[1]) {
            case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
                p += 2;
                break;
            case 'u': {
                int v = end - p >= 6 ? json_hex4(p + 2) : -1;
                if (v < 0) return json_refuse(lexer, token, p, json_fault_escape);
                if (v >= 0xDC00 && v <= 0xDFFF) return json_refuse(lexer, token, p, json_fault_surrogate);
                if (v >= 0xD800 && v <= 0xDBFF) {
                    int w = end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? json_hex4(p + 8) : -1;
                    if (w < 0xDC00 || w > 0xDFFF) return json_refuse(lexer, token, p, json_fault_surrogate);
                    p += 6;
                }
                p += 6;
                break;
            }
            default:
                return json_refuse(lexer, token, p, json_fault_escape);
            }
        } else {
            return json_refuse(lexer, token, p, json_fault_control);
        }
    }
    token->length = (size_t)(p - token->text);
    lexer->at = p + 1;
    return token->kind = json_kind_string;
}

/// The powers of five that 64 bits hold. With them, most numbers are converted by exact integers, between decimal and
/// binary and back, and the C library is asked for the rest.
#define JSON_LARGEST_POWER 27
static const uint64_t json_fives[JSON_LARGEST_POWER + 1] = {
    1ULL, 5ULL, 25ULL, 125ULL, 625ULL, 3125ULL, 15625ULL, 78125ULL, 390625ULL, 1953125ULL, 9765625ULL, 48828125ULL,
    244140625ULL, 1220703125ULL, 6103515625ULL, 30517578125ULL, 152587890625ULL, 762939453125ULL, 3814697265625ULL,
    19073486328125ULL, 95367431640625ULL, 476837158203125ULL, 2384185791015625ULL, 11920928955078125ULL,
    59604644775390625ULL, 298023223876953125ULL, 1490116119384765625ULL, 7450580596923828125ULL,
};

/// The double nearest to the digits of a number of RFC 8259, if it has at most 19 of them and is not too large or too
/// small; false if not.
static inline int json_parse_exactly(const uint8_t *p, const uint8_t *end, double *value) {
    int negative = *p == '-', digits = 0, has_point = 0, exponent = 0;
    uint64_t v = 0;
    for (p += negative; p < end && (*p | 0x20) != 'e'; p++) {
        if (*p == '.') {
            has_point = 1;
            continue;
        }
        if (v > 0 || *p != '0') digits++;
        if (digits > 19) return 0;
        v = v * 10 + (uint64_t)(*p - '0');
        exponent -= has_point;
    }
    if (p < end) {
        int written = 0, is_small = p[1] == '-';
        for (p += 1 + (p[1] == '-' || p[1] == '+'); p < end; p++) {
            if (written > 1000) return 0;
            written = written * 10 + (*p - '0');
        }
        exponent += is_small ? -written : written;
    }
    if (exponent > JSON_LARGEST_POWER || exponent < -JSON_LARGEST_POWER || v == 0) return 0;
    // v * 10^exponent = wide * 2^binary, exactly, but for the remainder of the division.
    unsigned __int128 wide = v;
    int binary = exponent, rest = 0;
    if (exponent < 0) {
        uint64_t five = json_fives[-exponent];
        int shift = 64 + __builtin_clzll(v);
        wide <<= shift;
        binary -= shift;
        rest = wide % five != 0;
        wide /= five;
    } else {
        wide *= json_fives[exponent];
    }
    uint64_t high = (uint64_t)(wide >> 64);
    if (high > 0) { // to 64 bits; what falls off only tells a tie from what is above it
        int shift = 64 - __builtin_clzll(high);
        rest |= (wide & (((unsigned __int128)1 << shift) - 1)) != 0;
        wide >>= shift;
        binary += shift;
    }
    double size = __builtin_ldexp((double)((uint64_t)wide | (uint64_t)rest), binary);
    *value = negative ? -size : size;
    return 1;
}

/// The double nearest to the digits [p, end), which are a number of RFC 8259.
static inline double json_parse_double(const uint8_t *p, size_t n) {
    double value;
    if (json_parse_exactly(p, p + n, &value)) return value;
    char small[64];
    if (n < sizeof small) {
        memcpy(small, p, n);
        small[n] = 0;
        return strtod(small, NULL);
    }
    char *large = (char *)malloc(n + 1);
    if (large == NULL) return __builtin_inf();
    memcpy(large, p, n);
    large[n] = 0;
    double d = strtod(large, NULL);
    free(large);
    return d;
}

static inline json_kind json_scan_number(json_lexer *lexer, json_token *token) {
    const uint8_t *p = lexer->at, *end = lexer->end, *first = p;
    int negative = *p == '-';
    if (negative) p++;
    if (p == end || *p < '0' || *p > '9') return json_refuse(lexer, token, p, json_fault_number);
    const uint8_t *digits = p;
    uint64_t v = 0;
    int overflow = 0;
    while (p < end && *p >= '0' && *p <= '9') {
        uint64_t d = (uint64_t)(*p - '0');
        if (v > (UINT64_MAX - d) / 10) overflow = 1;
        v = v * 10 + d;
        p++;
    }
    if (*digits == '0' && p - digits > 1) return json_refuse(lexer, token, digits, json_fault_number);
    int whole = 1;
    if (p < end && *p == '.') {
        whole = 0;
        const uint8_t *fraction = ++p;
        while (p < end && *p >= '0' && *p <= '9') p++;
        if (p == fraction) return json_refuse(lexer, token, p, json_fault_number);
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        whole = 0;
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        const uint8_t *exponent = p;
        while (p < end && *p >= '0' && *p <= '9') p++;
        if (p == exponent) return json_refuse(lexer, token, p, json_fault_number);
    }
    token->text = first;
    token->length = (size_t)(p - first);
    lexer->at = p;
    if (whole && !overflow) {
        if (negative && v == 0) { // -0 is a float: int64 has no negative zero
            token->number = -0.0;
            return token->kind = json_kind_double;
        }
        if (v <= (uint64_t)INT64_MAX || (negative && v == (uint64_t)INT64_MAX + 1)) {
            token->integer = negative ? (int64_t)(~v + 1) : (int64_t)v;
            token->number = (double)token->integer;
            return token->kind = json_kind_integer;
        }
    }
    token->number = json_parse_double(first, token->length);
    if (__builtin_isinf(token->number)) return json_refuse(lexer, token, first, json_fault_range);
    return token->kind = whole ? json_kind_big_integer : json_kind_double;
}

/// Reads the next token, skipping white space before it.
static inline json_kind json_next(json_lexer *lexer, json_token *token) {
    const uint8_t *p = lexer->at, *end = lexer->end;
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')) p++;
    lexer->at = p;
    token->text = p;
    token->length = 1;
    token->fault = json_fault_none;
    if (p == end) {
        token->length = 0;
        return token->kind = json_kind_end;
    }
    switch (*p) {
    case '{': lexer->at++; return token->kind = json_kind_open_object;
    case '}': lexer->at++; return token->kind = json_kind_close_object;
    case '[': lexer->at++; return token->kind = json_kind_open_array;
    case ']': lexer->at++; return token->kind = json_kind_close_array;
    case ',': lexer->at++; return token->kind = json_kind_comma;
    case ':': lexer->at++; return token->kind = json_kind_colon;
    case '"': return json_scan_string(lexer, token);
    case 't':
        if (end - p < 4 || memcmp(p, "true", 4) != 0) return json_refuse(lexer, token, p, json_fault_literal);
        lexer->at += token->length = 4;
        return token->kind = json_kind_true;
    case 'f':
        if (end - p < 5 || memcmp(p, "false", 5) != 0) return json_refuse(lexer, token, p, json_fault_literal);
        lexer->at += token->length = 5;
        return token->kind = json_kind_false;
    case 'n':
        if (end - p < 4 || memcmp(p, "null", 4) != 0) return json_refuse(lexer, token, p, json_fault_literal);
        lexer->at += token->length = 4;
        return token->kind = json_kind_null;
    case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
        return json_scan_number(lexer, token);
    default:
        return json_refuse(lexer, token, p, json_fault_byte);
    }
}

/// Writes the text of a string token, its escapes resolved, to `out` (room for `length` bytes is enough); returns the
/// number of bytes written. The token must come from `json_next`, which has checked it.
static inline size_t json_unescape(const uint8_t *p, size_t length, uint8_t *out) {
    const uint8_t *end = p + length;
    uint8_t *o = out;
    while (p < end) {
        if (*p != '\\') {
            *o++ = *p++;
            continue;
        }
        uint8_t c = p[1];
        p += 2;
        switch (c) {
        case 'b': *o++ = '\b'; break;
        case 'f': *o++ = '\f'; break;
        case 'n': *o++ = '\n'; break;
        case 'r': *o++ = '\r'; break;
        case 't': *o++ = '\t'; break;
        case 'u': {
            uint32_t v = (uint32_t)json_hex4(p);
            p += 4;
            if (v >= 0xD800 && v <= 0xDBFF) {
                v = 0x10000 + ((v - 0xD800) << 10) + ((uint32_t)json_hex4(p + 2) - 0xDC00);
                p += 6;
            }
            if (v < 0x80) {
                *o++ = (uint8_t)v;
            } else if (v < 0x800) {
                *o++ = (uint8_t)(0xC0 | v >> 6);
                *o++ = (uint8_t)(0x80 | (v & 0x3F));
            } else if (v < 0x10000) {
                *o++ = (uint8_t)(0xE0 | v >> 12);
                *o++ = (uint8_t)(0x80 | (v >> 6 & 0x3F));
                *o++ = (uint8_t)(0x80 | (v & 0x3F));
            } else {
                *o++ = (uint8_t)(0xF0 | v >> 18);
                *o++ = (uint8_t)(0x80 | (v >> 12 & 0x3F));
                *o++ = (uint8_t)(0x80 | (v >> 6 & 0x3F));
                *o++ = (uint8_t)(0x80 | (v & 0x3F));
            }
            break;
        }
        default: *o++ = c; break;
        }
    }
    return (size_t)(o - out);
}

/// The most bytes that `json_put_string` writes for a text of `n` bytes.
#define JSON_STRING_ROOM(n) (6 * (size_t)(n) + 2)

/// Writes a text as a JSON string, quotes included, to `out`, which has `JSON_STRING_ROOM(n)` bytes. Returns the end of
/// what was written, or NULL if the text is not UTF-8, with the offset of the first bad byte in `bad`. Escapes only
/// what RFC 8259 section 7 requires.
static inline uint8_t *_Nullable json_put_string(uint8_t *out, const uint8_t *text, size_t n, size_t *bad) {
    static const char hex[] = "0123456789abcdef";
    const uint8_t *p = text, *end = text + n;
    *out++ = '"';
    while (p < end) {
        size_t plain = json_plain_length(p, end);
        memcpy(out, p, plain);
        out += plain;
        p += plain;
        if (p == end) break;
        uint8_t c = *p;
        if (c >= 0x80) {
            size_t width = json_utf8_length(p, end);
            if (width == 0) {
                *bad = (size_t)(p - text);
                return NULL;
            }
            memcpy(out, p, width);
            out += width;
            p += width;
            continue;
        }
        p++;
        *out++ = '\\';
        switch (c) {
        case '"': case '\\': *out++ = c; break;
        case '\b': *out++ = 'b'; break;
        case '\f': *out++ = 'f'; break;
        case '\n': *out++ = 'n'; break;
        case '\r': *out++ = 'r'; break;
        case '\t': *out++ = 't'; break;
        default:
            memcpy(out, "u00", 3);
            out[3] = (uint8_t)hex[c >> 4];
            out[4] = (uint8_t)hex[c & 15];
            out += 5;
        }
    }
    *out++ = '"';
    return out;
}

/// Room enough for every number that `json_put_integer` and `json_put_double` write.
#define JSON_NUMBER_ROOM 32

/// Writes an integer in decimal, two digits at a time; returns the end of what was written.
static inline uint8_t *json_put_unsigned(uint8_t *out, uint64_t value) {
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
                                "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
                                "9899";
    uint8_t digits[20];
    int n = 20;
    for (; value >= 100; value /= 100) memcpy(digits + (n -= 2), pairs + 2 * (value % 100), 2);
    if (value >= 10) memcpy(digits + (n -= 2), pairs + 2 * value, 2);
    else digits[--n] = (uint8_t)('0' + value);
    for (; n < 20; n++) *out++ = digits[n];
    return out;
}

/// Writes an integer in decimal; returns the end of what was written.
static inline uint8_t *json_put_integer(uint8_t *out, int64_t value) {
    if (value < 0) *out++ = '-';
    return json_put_unsigned(out, value < 0 ? ~(uint64_t)value + 1 : (uint64_t)value);
}

/// The shortest digits that read back as the same double, and of those the nearest: value = digits * 10^exponent. Only for
/// what is from about 1e-11 to 2^53, for which exact integers of 128 bits are enough; false for the rest.
///
/// What reads back as the double lies between the middles to its neighbours. In units of the power of ten that is next
/// below the width of that interval, it holds one multiple of ten at most, and one integer at least.
static inline int json_shortest(double value, uint64_t *digits, int *exponent) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    int binary = (int)(bits >> 52 & 0x7FF) - 1075;
    uint64_t fraction = bits & 0xFFFFFFFFFFFFFULL, m = fraction | 1ULL << 52;
    if (binary > 0 || binary < -89) return 0;
    // The neighbour below a power of two is half as far away. 1262611 / 2^22 is log10(2), 524031 / 2^22 is log10(4/3).
    int is_power = fraction == 0;
    int power = -((binary * 1262611 - (is_power ? 524031 : 0)) >> 22);
    if (power > JSON_LARGEST_POWER) return 0;
    // All in units of 2^(binary + power - 2) / 10^power.
    int unit = 2 - binary - power;
    uint64_t five = json_fives[power];
    unsigned __int128 middle = (unsigned __int128)five * (4 * m);
    unsigned __int128 low = middle - (is_power ? five : 2 * (unsigned __int128)five), high = middle + 2 * (unsigned __int128)five;
    if (m & 1) { // a tie is read as the even neighbour
        low++;
        high--;
    }
    uint64_t below = (uint64_t)(middle >> unit), tens = below / 10;
    int has_low = (unsigned __int128)tens * 10 << unit >= low;
    if (has_low || (unsigned __int128)(tens + 1) * 10 << unit <= high) {
        tens += !has_low;
        *exponent = 1 - power;
        if (tens % 100000000 == 0) {
            tens /= 100000000;
            *exponent += 8;
        }
        for (; tens % 10 == 0; tens /= 10) ++*exponent;
        *digits = tens;
        return 1;
    }
    *exponent = -power;
    has_low = (unsigned __int128)below << unit >= low;
    int has_high = (unsigned __int128)(below + 1) << unit <= high;
    if (has_low && has_high) {
        unsigned __int128 rest = middle - ((unsigned __int128)below << unit), half = (unsigned __int128)1 << (unit - 1);
        has_low = rest < half || (rest == half && !(below & 1));
    }
    *digits = below + !has_low;
    return 1;
}

/// Writes the shortest decimal that reads back as the same finite double, with a fraction or an exponent so that it
/// stays a float: 1.0, 0.1, 1e+300, -0.0. Where exact integers do not reach, it is what the first of 15, 16 and 17 digits
/// gives that reads back. Returns the end of what was written.
static inline uint8_t *json_put_double(uint8_t *out, double value) {
    uint64_t digits;
    int exponent;
    if (!json_shortest(value, &digits, &exponent)) {
        char text[JSON_NUMBER_ROOM];
        int n = 0;
        for (int precision = 15; precision <= 17; precision++) {
            n = snprintf(text, sizeof text, "%.*g", precision, value);
            if (strtod(text, NULL) == value) break;
        }
        memcpy(out, text, (size_t)n);
        out += n;
        if (memchr(text, '.', (size_t)n) == NULL && memchr(text, 'e', (size_t)n) == NULL) {
            *out++ = '.';
            *out++ = '0';
        }
        return out;
    }
    if (value < 0) *out++ = '-';
    uint8_t text[20];
    int n = (int)(json_put_unsigned(text, digits) - text), point = n + exponent; // digits before the point
    if (point > (n > 15 ? n : 15) || point < -3) {
        *out++ = text[0];
        if (n > 1) *out++ = '.';
        for (int i = 1; i < n; i++) *out++ = text[i];
        *out++ = 'e';
        *out++ = point > 0 ? '+' : '-';
        int size = point > 0 ? point - 1 : 1 - point;
        *out++ = (uint8_t)('0' + size / 10); // of what comes here, no exponent has three digits
        *out++ = (uint8_t)('0' + size % 10);
        return out;
    }
    if (point <= 0) *out++ = '0';
    for (int i = 0; i < point; i++) *out++ = i < n ? text[i] : '0';
    *out++ = '.';
    for (int i = point; i < 0; i++) *out++ = '0';
    if (point >= n) *out++ = '0';
    for (int i = point > 0 ? point : 0; i < n; i++) *out++ = text[i];
    return out;
}

#pragma clang assume_nonnull end
