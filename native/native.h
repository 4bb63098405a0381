/* The compiled core: bytes, arrays and nodes in, arrays out, no rule of what is content. The Python twin of each
   function is its specification; tests compare the two. */

#ifndef CLEANBODY_NATIVE_H
#define CLEANBODY_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Functions of the module, a table for each file. */
extern PyMethodDef decide_methods[], ensemble_methods[], headline_methods[], lexicon_methods[], mend_methods[],
    noscript_methods[], place_methods[], plaintext_methods[], scan_methods[], tags_methods[], text_methods[],
    utf8_methods[], walk_methods[], words_methods[];

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

/* Called once, when the module is imported; -1 and an exception where that fails. */
int scan_setup(void);

#endif
