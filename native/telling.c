/* Words by which a site speaks of itself and to its readers. Twin: cleanbody.features.telling. */

#include "block_words.h"
#include "columns.h"

static const char *const CAPSULE = "cleanbody._native.telling";
enum { STEM = 6, MOST_TELLING = 8 }; /* also in features.tokens and features.telling */
enum { SHARE, COUNT, ADDRESS, COLUMNS };

typedef struct {
    Names names;
    uint32_t site;      /* how many of them, the first, are the site's; the others are address */
    uint64_t sieve[512]; /* a bit for the end of each name's hash: most words have another, told at once */
} Telling;

static void release(PyObject *capsule) {
    Telling *telling = PyCapsule_GetPointer(capsule, CAPSULE);
    if (telling) names_free(&telling->names);
    PyMem_Free(telling);
}

static int add_all(Telling *telling, PyObject *words) {
    PyObject *iterator = PyObject_GetIter(words), *word = NULL;
    while (iterator && (word = PyIter_Next(iterator))) {
        Py_ssize_t size = 0;
        const unsigned char *bytes = (const unsigned char *)PyUnicode_AsUTF8AndSize(word, &size);
        if (bytes) {
            uint64_t hash = names_hash(bytes, (size_t)size);
            telling->sieve[hash >> 6 & 511] |= UINT64_C(1) << (hash & 63);
            names_add_hashed(&telling->names, hash, bytes, (size_t)size);
        }
        Py_DECREF(word);
        if (PyErr_Occurred()) break;
    }
    Py_XDECREF(iterator);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *native_telling(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *site, *address, *capsule = NULL;
    if (!PyArg_ParseTuple(args, "OO", &site, &address)) return NULL;
    Telling *telling = PyMem_Calloc(1, sizeof *telling);
    if (!telling) return PyErr_NoMemory();
    if (add_all(telling, site) == 0) {
        telling->site = telling->names.count;
        if (add_all(telling, address) == 0) capsule = PyCapsule_New(telling, CAPSULE, release);
    }
    if (!capsule) {
        names_free(&telling->names);
        PyMem_Free(telling);
    }
    return capsule;
}

/* The number of a name; -1 where it is none. */
static inline int64_t find(const Telling *telling, const unsigned char *bytes, size_t size) {
    uint64_t hash = names_hash(bytes, size);
    if (!(telling->sieve[hash >> 6 & 511] >> (hash & 63) & 1)) return -1;
    return names_find_hashed(&telling->names, hash, bytes, size);
}

/* Bytes of a word's first characters. */
static size_t stem_size(const unsigned char *bytes, const Word *word) {
    if (word->chars <= STEM) return word->size;
    size_t size = 0;
    for (int chars = 0; chars <= STEM; size++) chars += (bytes[size] & 0xC0) != 0x80;
    return size - 1;
}

static void fill_row(const Telling *telling, const BlockWords *held, Py_ssize_t row, double **columns) {
    const Word *previous = NULL; /* the character of a script without spaces that stands before */
    double site = 0.0, address = 0.0, words = (double)(held->first[row + 1] - held->first[row]);
    for (size_t i = held->first[row]; i < held->first[row + 1]; i++) {
        const Word *word = &held->words.items[i];
        const unsigned char *bytes = held->words.bytes + word->begin;
        int64_t id = -1;
        if (word->chars == 1 && words_is_spaceless(&held->words, word)) {
            /* the two with the zero between them: no word has one */
            if (previous) id = find(telling, held->words.bytes + previous->begin, previous->size + 1 + word->size);
            previous = word;
        } else {
            id = find(telling, bytes, stem_size(bytes, word));
            previous = NULL;
        }
        if (id >= 0) *(id < telling->site ? &site : &address) += 1.0;
    }
    columns[SHARE][row] = site / or_one(words);
    columns[COUNT][row] = smaller(site, MOST_TELLING);
    columns[ADDRESS][row] = address / or_one(words);
}

static PyObject *native_telling_columns(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *blocks, *table, *tuple;
    if (!PyArg_ParseTuple(args, "OOO!", &blocks, &table, &PyTuple_Type, &tuple)) return NULL;
    const BlockWords *held = block_words_of(blocks);
    const Telling *telling = held ? PyCapsule_GetPointer(table, CAPSULE) : NULL;
    if (!telling) return NULL;
    if (PyTuple_GET_SIZE(tuple) != COLUMNS) return PyErr_Format(PyExc_ValueError, "telling_columns: %d columns", COLUMNS);
    PyObject *result = NULL;
    double *columns[COLUMNS];
    Views views;
    views.count = 0;
    for (int k = 0; k < COLUMNS; k++)
        if (!(columns[k] = views_get(&views, PyTuple_GET_ITEM(tuple, k), sizeof(double), held->rows, 1))) goto done;
    for (Py_ssize_t i = 0; i < held->rows; i++) fill_row(telling, held, i, columns);
    result = Py_NewRef(Py_None);
done:
    views_release(&views);
    return result;
}

PyDoc_STRVAR(telling_doc,
"telling(site, address)\n--\n\n"
"Words and stems as telling_columns looks them up; pairs of spaceless characters with a zero between them.");
PyDoc_STRVAR(telling_columns_doc,
"telling_columns(block_words, telling, columns)\n--\n\n"
"See cleanbody.features.telling.");
PyMethodDef telling_methods[] = {
    {"telling", native_telling, METH_VARARGS, telling_doc},
    {"telling_columns", native_telling_columns, METH_VARARGS, telling_columns_doc},
    {NULL, NULL, 0, NULL},
};
