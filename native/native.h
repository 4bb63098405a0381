/* The compiled core: bytes, arrays and nodes in, arrays out, no rule of what is content. The Python twin of each
   function is its specification; tests compare the two. */

#ifndef CLEANBODY_NATIVE_H
#define CLEANBODY_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Functions of the module, a table for each file. */
extern PyMethodDef context_methods[], decide_methods[], ensemble_methods[], headline_methods[], lexicon_methods[],
    place_methods[], plaintext_methods[], region_methods[], scan_methods[], second_methods[], tags_methods[],
    text_methods[], tree_methods[], utf8_methods[], walk_methods[], words_methods[];

/* Buffers of arrays (views.c): begin with `Views views = {.count = 0};`, and release on every way out. */
enum { MAX_VIEWS = 256 };
typedef struct {
    Py_buffer items[MAX_VIEWS];
    int count;
} Views;
/* The items of an array: at least `least` of `itemsize` bytes each; NULL and an exception otherwise. */
void *views_get(Views *views, PyObject *array, Py_ssize_t itemsize, Py_ssize_t least, int writable);
/* `count` columns of doubles of a tuple or list, at least `rows` long, into `out`; -1 and an exception otherwise. */
int views_columns(Views *views, PyObject *columns, Py_ssize_t count, Py_ssize_t rows, double **out, int writable);
void views_release(Views *views);

/* A table of element names (tags.c). */
enum { MAX_TAGS = 400, TAG_SLOTS = 1024, MAX_TAG_NAME = 23 };
typedef struct {
    int16_t slots[TAG_SLOTS]; /* number of a name + 1, or 0 */
    uint32_t flags[MAX_TAGS];
    unsigned char sizes[MAX_TAGS];
    char names[MAX_TAGS][MAX_TAG_NAME + 1];
} Tags;
const Tags *tags_of(PyObject *capsule);                                           /* NULL and an exception: none */
int tags_find(const Tags *tags, const unsigned char *name, Py_ssize_t size);      /* its number, or -1 */
int same_name(const unsigned char *a, const unsigned char *b, Py_ssize_t size);   /* but for the case */

/* Strings that are found by their bytes (strings.c); all zero is an empty table. For words of the library's own: whoever
   writes a page could choose words that share a slot, so they are looked up but never added. */
typedef struct {
    uint32_t hash, at, size;
} String;
typedef struct {
    int32_t *slots; /* number of a string + 1, or 0 */
    String *items;
    unsigned char *bytes;
    Py_ssize_t used, room;
    uint32_t mask;
    int32_t count;
} Strings;
#define STRINGS_SEED 14695981039346656037u
#define STRINGS_STEP(hash, byte) (((hash) ^ (byte)) * 1099511628211u)
uint64_t strings_hash(const unsigned char *data, Py_ssize_t size);
int32_t strings_find(const Strings *strings, const unsigned char *data, Py_ssize_t size, uint64_t hash); /* or -1 */
int32_t strings_add(Strings *strings, const unsigned char *data, Py_ssize_t size); /* -1 and an exception: no memory */
void strings_free(Strings *strings);

/* Called once, when the module is imported; -1 and an exception where that fails. */
int scan_setup(void);
void columns_setup(void);

#endif
