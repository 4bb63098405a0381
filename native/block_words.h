/* The words of all blocks of a document (block_words.c). */

#ifndef CLEANBODY_BLOCK_WORDS_H
#define CLEANBODY_BLOCK_WORDS_H

#include "native.h"

enum { MOST_CHARACTERS = 4000 }; /* of a block that are looked at; also in features.block_words */

typedef struct {
    PyObject *texts;   /* a tuple of str */
    Words words;       /* of the first characters of all blocks, one block behind the other */
    uint64_t *hashes;  /* names_hash of each word */
    size_t *first;     /* of each block's words; one more for the end */
    Py_ssize_t rows;
    size_t hash_room, first_room;
} BlockWords;
const BlockWords *block_words_of(PyObject *capsule); /* NULL and an exception: none */

static inline PyObject *block_text(const BlockWords *held, Py_ssize_t i) { return PyTuple_GET_ITEM(held->texts, i); }
/* Whether all of a block's text has been split. */
static inline int block_is_whole(const BlockWords *held, Py_ssize_t i) {
    return PyUnicode_GET_LENGTH(block_text(held, i)) <= MOST_CHARACTERS;
}

/* A hash that is the same in every process: cleanbody.features.block_words.word_hash. No key is in it, so that a page
   can choose what collides: for looking words up in tables of the library's own. */
static inline uint64_t word_hash(const Words *words, const Word *word) {
    static const uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
    const unsigned char *p = words->bytes + word->begin; /* eight bytes more may be read behind every word */
    uint64_t hash = word->size * factor;
    for (size_t left = word->size; left; p += 8) {
        uint64_t eight = load64(p);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        if (left < 8) eight &= ~UINT64_C(0) >> (64 - 8 * left);
        hash = names_mix(hash ^ eight, factor);
        left -= left < 8 ? left : 8;
    }
    return hash;
}

#endif
