/* What the files of the headline share: keys.c, headline.c. */

#ifndef CLEANBODY_HEADLINE_H
#define CLEANBODY_HEADLINE_H

#include "native.h"

/* What letters are without their accents (keys.c), of which Python is asked once a letter. */
typedef struct Accents Accents;
Accents *accents_of(PyObject *capsule); /* NULL and an exception: none */
PyObject *native_accents(PyObject *self, PyObject *plain);
extern const char native_accents_doc[];

/* The words of lines without case and accents, one line behind the other: each word has a zero byte behind it, so that
   two lines, or stretches of words of them, are equal where their bytes are. */
typedef struct {
    size_t begin, size;       /* bytes */
    size_t first, count;      /* words */
} Key;
typedef struct {
    Accents *accents;
    Words split; /* of the line that is read */
    unsigned char *bytes;
    size_t *words; /* where each begins in `bytes` */
    size_t used, room, word_count, word_room;
} Keys;
/* Add the key of the first `chars` characters of a text; -1 and an exception otherwise. */
int keys_add(Keys *keys, PyObject *text, Py_ssize_t chars, Key *key);
/* Forget a key that was the last to be added. */
void keys_drop(Keys *keys, const Key *key);
void keys_free(Keys *keys);
static inline int keys_equal(const Keys *keys, const Key *a, const Key *b) {
    return a->size == b->size && !memcmp(keys->bytes + a->begin, keys->bytes + b->begin, a->size);
}
static inline int keys_starts(const Keys *keys, const Key *key, const Key *with) {
    return key->size >= with->size && !memcmp(keys->bytes + key->begin, keys->bytes + with->begin, with->size);
}

/* The next mark from `at` on that may part a headline from a site's name: 1 if there is one, at [*begin, *end). */
int next_mark(PyObject *text, Py_ssize_t at, Py_ssize_t *begin, Py_ssize_t *end);
enum { MOST_MARKS = 32 };

#endif
