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

#endif
