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

/// The number of bytes from `p` that are printable ASCII other than `"` and `\`: they need neither checking nor
/// escaping in either direction. Eight at a time.
static inline size_t json_plain_length(const uint8_t *p, const uint8_t *end) {
    const uint8_t *s = p;
    while (end - s >= 8) {
        uint64_t w;
        memcpy(&w, s, 8);
        const uint64_t ones = 0x0101010101010101ULL, high = 0x8080808080808080ULL;
        uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
        uint64_t bad = w | (w - ones * 0x20) | (quote - ones) | (slash - ones);
        if (bad & high) break; // may be a false alarm after a borrow; the byte loop decides
        s += 8;
    }
    while (s < end && *s >= 0x20 && *s < 0x80 && *s != '"' && *s != '\\') s++;
    return (size_t)(s - p);
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

/// The double nearest to the digits [p, end), which are a number of RFC 8259.
static inline double json_parse_double(const uint8_t *p, size_t n) {
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

/// Writes an integer in decimal; returns the end of what was written.
static inline uint8_t *json_put_integer(uint8_t *out, int64_t value) {
    uint8_t digits[20];
    int n = 0;
    uint64_t v = value < 0 ? ~(uint64_t)value + 1 : (uint64_t)value;
    do digits[n++] = (uint8_t)('0' + v % 10); while (v /= 10);
    if (value < 0) *out++ = '-';
    while (n > 0) *out++ = digits[--n];
    return out;
}

/// Writes the shortest decimal that reads back as the same finite double, with a fraction or an exponent so that it
/// stays a float: 1.0, 0.1, 1e+300, -0.0. Returns the end of what was written.
static inline uint8_t *json_put_double(uint8_t *out, double value) {
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

#pragma clang assume_nonnull end
