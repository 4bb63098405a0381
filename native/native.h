/* The compiled core: bytes, arrays and nodes in, arrays out, no rule of what is content. The Python twin of each
   function is its specification; tests compare the two. */

#ifndef CLEANBODY_NATIVE_H
#define CLEANBODY_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Functions of the module, each in the file of its room. */
PyObject *native_score(PyObject *self, PyObject *args);       /* ensemble.c */
PyObject *native_is_harmless(PyObject *self, PyObject *args); /* scan.c */
PyObject *native_is_utf8(PyObject *self, PyObject *data);     /* utf8.c */

PyObject *native_tags(PyObject *self, PyObject *table);       /* tags.c */

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
