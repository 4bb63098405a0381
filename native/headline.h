/* What the files of the headline share: keys.c, pieces.c, unnamed.c, copies.c, headline.c. */

#ifndef CLEANBODY_HEADLINE_H
#define CLEANBODY_HEADLINE_H

#include "block_words.h"

/* What letters are without their accents (keys.c), of which Python is asked once a letter. */
typedef struct Accents Accents;
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
    size_t *words;    /* where each begins in `bytes` */
    uint64_t *hashes; /* names_hash of each */
    size_t used, room, word_count, word_room;
} Keys;
/* Add the key of the first `chars` characters of a text; -1 and an exception otherwise. */
int keys_add(Keys *keys, PyObject *text, Py_ssize_t chars, Key *key);
/* The same of a block's text. */
int keys_add_block(Keys *keys, const BlockWords *blocks, Py_ssize_t i, Key *key);
/* Forget a key that was the last to be added. */
void keys_drop(Keys *keys, const Key *key);
/* Begin with the memory that `keys_end` left with the accents; -1 and an exception: they are none. */
int keys_begin(Keys *keys, PyObject *accents);
void keys_end(Keys *keys);
static inline int keys_equal(const Keys *keys, const Key *a, const Key *b) {
    return a->size == b->size && !memcmp(keys->bytes + a->begin, keys->bytes + b->begin, a->size);
}
static inline int keys_starts(const Keys *keys, const Key *key, const Key *with) {
    return key->size >= with->size && !memcmp(keys->bytes + key->begin, keys->bytes + with->begin, with->size);
}

/* The next mark from `at` on that may part a headline from a site's name: 1 if there is one, at [*begin, *end). */
int next_mark(PyObject *text, Py_ssize_t at, Py_ssize_t *begin, Py_ssize_t *end);
enum { MOST_MARKS = 32 };

/* A text that may be the headline. */
typedef struct {
    Key key;
    PyObject *source;    /* borrowed: what gave it */
    Py_ssize_t distinct; /* words */
    int rank;            /* how far it stands behind the most trusted; -1: not known */
    int joined;          /* its lines are to be joined */
    int whole;           /* a line is it */
} Title;

typedef struct {
    Py_ssize_t block;
    Key key;
    Py_ssize_t title; /* that it is a copy of, or -1 */
} Line;

typedef struct {
    const BlockWords *blocks;
    PyObject *candidates, *is_date;
    const double *words, *link_share;
    const unsigned char *prose, *kind, *level, *flags;
    double *copy, *joined, *near, *is_headline, *distance, *has;
    Py_ssize_t n, first_prose;
    int heading, item, markup, has_copy;
    Keys keys;
    Line *lines;
    Title *titles;
    Py_ssize_t line_count, title_count;
    PyObject *wordless; /* the first candidate without a word */
} Page;

/* Also in features.keys and features.headline, and in page.Flag. */
enum { MOST_CRUMBS = 8, MOST_SITE = 7, LEAST_WORDS = 3, HIDDEN = 1, NOSCRIPT = 2 };

static inline PyObject *text_of(const Page *page, Py_ssize_t i) { return block_text(page->blocks, i); }
static inline const unsigned char *bytes_of(const Page *page, const Key *key) { return page->keys.bytes + key->begin; }

static inline Py_ssize_t next_prose(const Page *page, Py_ssize_t from, Py_ssize_t to) {
    if (to > page->n) to = page->n;
    for (; from < to; from++)
        if (page->prose[from]) return from;
    return -1;
}

static inline int is_h1(const Page *page, Py_ssize_t i) {
    return page->kind[i] == page->heading && page->level[i] == 1;
}

/* The title that has a key, or -1. */
static inline Py_ssize_t title_of(const Page *page, const Key *key) {
    for (Py_ssize_t i = 0; i < page->title_count; i++)
        if (keys_equal(&page->keys, &page->titles[i].key, key)) return i;
    return -1;
}

/* Whether a line ends as one that was cut short. */
int is_cut(PyObject *text);
/* Call `use` with the key of what stands before each of a text's marks, until it is not 0: that; -1: an exception. */
int each_head(Page *page, PyObject *text, int (*use)(Page *, const Key *, void *), void *with);
/* Call `use` with the key of each piece of a text between its marks, until it is not 0: that. */
int each_piece(Page *page, PyObject *text, int (*use)(Page *, const Key *, void *), void *with);
/* Put the headline that no candidate names before them; -1 and an exception otherwise. */
int add_found(Page *page);
/* Compare all lines with all titles; -1 and an exception otherwise. */
int find_copies(Page *page);

#endif
