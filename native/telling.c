/* Words by which a site speaks of itself and to its readers. Twin: cleanbody.features.telling. */

#include "block_words.h"
#include "columns.h"

static const char *const CAPSULE = "cleanbody._native.telling";
enum { STEM = 6, MOST_TELLING = 8, WHOLE = 9 }; /* also in features.tokens and features.telling */
enum { KINDS = 14, MOST_KINDS = 16 };        /* lexicon.PHRASE_KINDS; of a row, which is added as a whole */
enum { SHARE, COUNT, ADDRESS, SPEAKS, COLUMNS = SPEAKS + KINDS };
enum { SIEVE = 1024 };

/* What is known of a word. */
typedef struct {
    uint8_t site, address, kinds[MOST_KINDS];
} Told;

typedef struct {
    Names names;
    Told *told; /* of each name */
    size_t room;
    uint64_t sieve[SIEVE]; /* a bit for the end of each name's hash: most words have another, told at once */
} Telling;

static void telling_free(Telling *telling) {
    names_free(&telling->names);
    PyMem_Free(telling->told);
    PyMem_Free(telling);
}

static void release(PyObject *capsule) {
    Telling *telling = PyCapsule_GetPointer(capsule, CAPSULE);
    if (telling) telling_free(telling);
}

static inline size_t sieve_at(uint64_t hash) { return (size_t)(hash >> 6 & (SIEVE - 1)); }

/* What is known of a word, to be added to; NULL and an exception. */
static Told *add(Telling *telling, PyObject *word) {
    Py_ssize_t size = 0;
    const unsigned char *bytes = (const unsigned char *)PyUnicode_AsUTF8AndSize(word, &size);
    if (!bytes) return NULL;
    uint64_t hash = names_hash(bytes, (size_t)size);
    int64_t id = names_add_hashed(&telling->names, hash, bytes, (size_t)size);
    if (id < 0) return NULL;
    if ((size_t)id >= telling->room) {
        size_t room = 2 * telling->room + 1024;
        Told *told = PyMem_Realloc(telling->told, room * sizeof *told);
        if (!told) {
            PyErr_NoMemory();
            return NULL;
        }
        memset(told + telling->room, 0, (room - telling->room) * sizeof *told);
        telling->told = told;
        telling->room = room;
    }
    telling->sieve[sieve_at(hash)] |= UINT64_C(1) << (hash & 63);
    return &telling->told[id];
}

static int add_all(Telling *telling, PyObject *words, int site) {
    PyObject *iterator = PyObject_GetIter(words), *word = NULL;
    while (iterator && (word = PyIter_Next(iterator))) {
        Told *told = add(telling, word);
        if (told) *(site ? &told->site : &told->address) = 1;
        Py_DECREF(word);
        if (!told) break;
    }
    Py_XDECREF(iterator);
    return PyErr_Occurred() ? -1 : 0;
}

static int add_kinds(Telling *telling, PyObject *kinds) {
    PyObject *word, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(kinds, &position, &word, &value)) {
        Py_ssize_t size = 0;
        const char *digits = PyUnicode_AsUTF8AndSize(value, &size);
        Told *told = digits ? add(telling, word) : NULL;
        if (!told) return -1;
        for (Py_ssize_t k = 0; k < size; k++) {
            if (k == KINDS || digits[k] < '0' || digits[k] > '9') {
                PyErr_SetString(PyExc_ValueError, "telling: a word's kinds are no digits, or too many");
                return -1;
            }
            told->kinds[k] = (uint8_t)(digits[k] - '0');
        }
    }
    return 0;
}

static PyObject *native_telling(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *site, *address, *kinds, *capsule = NULL;
    if (!PyArg_ParseTuple(args, "OOO!", &site, &address, &PyDict_Type, &kinds)) return NULL;
    Telling *telling = PyMem_Calloc(1, sizeof *telling);
    if (!telling) return PyErr_NoMemory();
    if (add_all(telling, site, 1) == 0 && add_all(telling, address, 0) == 0 && add_kinds(telling, kinds) == 0)
        capsule = PyCapsule_New(telling, CAPSULE, release);
    if (!capsule) telling_free(telling);
    return capsule;
}

/* What is known of a word; NULL: nothing. */
static inline const Told *find(const Telling *telling, const unsigned char *bytes, size_t size) {
    uint64_t hash = names_hash(bytes, size);
    if (!(telling->sieve[sieve_at(hash)] >> (hash & 63) & 1)) return NULL;
    int64_t id = names_find_hashed(&telling->names, hash, bytes, size);
    return id < 0 ? NULL : &telling->told[id];
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
    double words = or_one((double)(held->first[row + 1] - held->first[row]));
    uint32_t site = 0, address = 0, kinds[MOST_KINDS] = {0};
    for (size_t i = held->first[row]; i < held->first[row + 1]; i++) {
        const Word *word = &held->words.items[i];
        const unsigned char *bytes = held->words.bytes + word->begin;
        const Told *told = NULL;
        if (word->chars == 1 && words_is_spaceless(&held->words, word)) {
            /* the two with the zero between them: no word has one */
            if (previous) told = find(telling, held->words.bytes + previous->begin, previous->size + 1 + word->size);
            previous = word;
        } else {
            told = find(telling, bytes, stem_size(bytes, word));
            previous = NULL;
        }
        if (!told) continue;
        site += told->site;
        address += told->address;
        for (int k = 0; k < MOST_KINDS; k++) kinds[k] += told->kinds[k];
    }
    columns[SHARE][row] = site / words;
    columns[COUNT][row] = smaller(site, MOST_TELLING);
    columns[ADDRESS][row] = address / words;
    for (int k = 0; k < KINDS; k++) columns[SPEAKS + k][row] = kinds[k] / (WHOLE * words);
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
"telling(site, address, kinds)\n--\n\n"
"Words and stems as telling_columns looks them up, pairs of spaceless characters with a zero between them; the\n"
"digits of `Lexicon.kind_words` for some.");
PyDoc_STRVAR(telling_columns_doc,
"telling_columns(block_words, telling, columns)\n--\n\n"
"See cleanbody.features.telling.");
PyMethodDef telling_methods[] = {
    {"telling", native_telling, METH_VARARGS, telling_doc},
    {"telling_columns", native_telling_columns, METH_VARARGS, telling_columns_doc},
    {NULL, NULL, 0, NULL},
};
