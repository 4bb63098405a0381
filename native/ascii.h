/* Eight characters of ASCII in a word, and what they are: in the results the highest bit of each byte tells. */

#ifndef CLEANBODY_ASCII_H
#define CLEANBODY_ASCII_H

#include "native.h"

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static inline uint64_t ascii_letters(uint64_t eight) {
    uint64_t lower = eight | EACH(0x20);
    return (lower + EACH(0x80 - 'a')) & ~(lower + EACH(0x7F - 'z')) & EACH(0x80);
}
static inline uint64_t ascii_digits(uint64_t eight) {
    return (eight + EACH(0x80 - '0')) & ~(eight + EACH(0x7F - '9')) & EACH(0x80);
}
static inline uint64_t ascii_equal(uint64_t eight, unsigned char c) {
    return ~((eight ^ EACH((uint64_t)c)) + EACH(0x7F)) & EACH(0x80);
}
/* The highest bits of the bytes side by side, that of the first character lowest. */
static inline uint64_t ascii_bits(uint64_t high) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    high = __builtin_bswap64(high);
#endif
    return (high >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

#endif
