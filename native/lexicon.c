/* Class tokens and their weights. Twins: cleanbody.lexicon (class_weights), cleanbody.lexicon.tokens (class_tokens). */

#include "native.h"

static const char *const CAPSULE = "cleanbody._native.classes";
enum { MOST_CHARACTERS = 1000, MOST_KINDS = 1000 };

typedef struct {
    int32_t first, count; /* weights; a token that is only half of a pair has none: count is -1 */
    uint32_t state;       /* a name that begins with it is none of a part */
} Entry;
typedef struct {
    Strings names; /* tokens, and pairs of tokens with a hyphen */
    Entry *entries;
    int32_t *kinds;
    double *weights;
    Py_ssize_t most_kinds;
} Classes;

static void free_classes(Classes *classes) {
    strings_free(&classes->names);
    PyMem_Free(classes->entries);
    PyMem_Free(classes->kinds);
    PyMem_Free(classes->weights);
    PyMem_Free(classes);
}

static void release(PyObject *capsule) { free_classes(PyCapsule_GetPointer(capsule, CAPSULE)); }

/* --- the table ---------------------------------------------------------------------------------------------------- */

static int add_weights(Classes *classes, int32_t name, PyObject *pairs, Py_ssize_t *used, Py_ssize_t room) {
    PyObject *held = PySequence_Fast(pairs, "classes: pairs of a kind and a weight");
    if (!held) return -1;
    Entry *entry = &classes->entries[name];
    *entry = (Entry){(int32_t)*used, (int32_t)PySequence_Fast_GET_SIZE(held), entry->state};
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(held); i++) {
        PyObject *pair = PySequence_Fast(PySequence_Fast_GET_ITEM(held, i), "classes: a kind and a weight");
        if (!pair) goto failed;
        Py_ssize_t kind = -1;
        double weight = 0;
        if (PySequence_Fast_GET_SIZE(pair) == 2) {
            kind = PyLong_AsSsize_t(PySequence_Fast_GET_ITEM(pair, 0));
            weight = PyFloat_AsDouble(PySequence_Fast_GET_ITEM(pair, 1));
        }
        Py_DECREF(pair);
        if (!PyErr_Occurred() && (kind < 0 || kind >= classes->most_kinds || *used >= room))
            PyErr_SetString(PyExc_ValueError, "classes: a kind that there is not");
        if (PyErr_Occurred()) goto failed;
        classes->kinds[*used] = (int32_t)kind;
        classes->weights[(*used)++] = weight;
    }
    Py_DECREF(held);
    return 0;
failed:
    Py_DECREF(held);
    return -1;
}

/* The number of a token, made known if it is not. */
static int32_t name_of(Classes *classes, PyObject *token) {
    Py_ssize_t size;
    const char *bytes = PyUnicode_AsUTF8AndSize(token, &size);
    return bytes ? strings_add(&classes->names, (const unsigned char *)bytes, size) : -1;
}

static int fill(Classes *classes, PyObject *table, PyObject *states, Py_ssize_t weights) {
    Py_ssize_t count = PyDict_Size(table) + PySequence_Fast_GET_SIZE(states), place = 0, used = 0;
    PyObject *key, *value;
    classes->entries = PyMem_Calloc((size_t)count + 1, sizeof *classes->entries);
    classes->kinds = PyMem_Calloc((size_t)weights + 1, sizeof *classes->kinds);
    classes->weights = PyMem_Calloc((size_t)weights + 1, sizeof *classes->weights);
    if (!classes->entries || !classes->kinds || !classes->weights) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) classes->entries[i].count = -1;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(states); i++) {
        int32_t name = name_of(classes, PySequence_Fast_GET_ITEM(states, i));
        if (name < 0) return -1;
        classes->entries[name].state = 1;
    }
    while (PyDict_Next(table, &place, &key, &value)) {
        int32_t name = name_of(classes, key);
        if (name < 0 || add_weights(classes, name, value, &used, weights) < 0) return -1;
    }
    return 0;
}

static PyObject *native_classes(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *table, *states, *key, *value;
    Py_ssize_t most_kinds, weights = 0, place = 0;
    if (!PyArg_ParseTuple(args, "O!On:classes", &PyDict_Type, &table, &states, &most_kinds)) return NULL;
    if (most_kinds < 0 || most_kinds > MOST_KINDS) return PyErr_Format(PyExc_ValueError, "classes: more than %d kinds", MOST_KINDS);
    while (PyDict_Next(table, &place, &key, &value)) {
        Py_ssize_t size = PyObject_Size(value);
        if (size < 0) return NULL;
        weights += size;
    }
    if (!(states = PySequence_Fast(states, "classes: a sequence of tokens"))) return NULL;
    PyObject *capsule = NULL;
    Classes *classes = PyMem_Calloc(1, sizeof *classes);
    if (classes) {
        classes->most_kinds = most_kinds;
        if (fill(classes, table, states, weights) == 0) capsule = PyCapsule_New(classes, CAPSULE, release);
        if (!capsule) free_classes(classes);
    } else {
        PyErr_NoMemory();
    }
    Py_DECREF(states);
    return capsule;
}

/* --- reading names ------------------------------------------------------------------------------------------------ */

/* The tokens of one name, in lower case, parted by hyphens. */
typedef struct {
    unsigned char bytes[2 * MOST_CHARACTERS];
    int32_t start[MOST_CHARACTERS], end[MOST_CHARACTERS], count;
} Tokens;

static inline int is_lower(Py_UCS4 c) { return c >= 'a' && c <= 'z'; }
static inline int is_upper(Py_UCS4 c) { return c >= 'A' && c <= 'Z'; }

/* Where the token that starts at a letter ends: capitals but for the one that begins a word, or a word. */
static Py_ssize_t token_end(int kind, const void *data, Py_ssize_t i, Py_ssize_t end) {
    Py_ssize_t start = i;
    while (i < end && is_upper(PyUnicode_READ(kind, data, i))) i++;
    int word = i < end && is_lower(PyUnicode_READ(kind, data, i));
    if (i - start > 1) return word ? i - 1 : i;
    while (i < end && is_lower(PyUnicode_READ(kind, data, i))) i++;
    return i;
}

static void count(const Classes *classes, int32_t name, double *row) {
    const Entry *entry = &classes->entries[name];
    for (int32_t i = 0; i < entry->count; i++) {
        int32_t at = entry->first + i;
        if (classes->weights[at] > row[classes->kinds[at]]) row[classes->kinds[at]] = classes->weights[at];
    }
}

static void read_name(Tokens *tokens, int kind, const void *data, Py_ssize_t i, Py_ssize_t end) {
    int32_t used = 0;
    tokens->count = 0;
    while (i < end) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (!is_lower(c) && !is_upper(c)) {
            i++;
            continue;
        }
        tokens->start[tokens->count] = used;
        for (Py_ssize_t last = token_end(kind, data, i, end); i < last; i++)
            tokens->bytes[used++] = (unsigned char)(PyUnicode_READ(kind, data, i) | 0x20);
        tokens->end[tokens->count++] = used;
        tokens->bytes[used++] = '-';
    }
}

static int32_t find(const Classes *classes, const Tokens *tokens, int32_t first, int32_t last) {
    const unsigned char *bytes = tokens->bytes + tokens->start[first];
    Py_ssize_t size = tokens->end[last] - tokens->start[first];
    return strings_find(&classes->names, bytes, size, strings_hash(bytes, size));
}

static void weigh_name(const Classes *classes, const Tokens *tokens, double *row) {
    for (int32_t i = 0; i < tokens->count; i++) {
        int32_t name = find(classes, tokens, i, i), pair = -1;
        if (!i && name >= 0 && classes->entries[name].state) return;
        if (i + 1 < tokens->count) pair = find(classes, tokens, i, i + 1);
        if (pair >= 0 && classes->entries[pair].count >= 0) {
            count(classes, pair, row);
            i++;
        } else if (name >= 0) {
            count(classes, name, row);
        }
    }
}

static void weigh(const Classes *classes, PyObject *names, double *row) {
    Tokens tokens;
    int kind = PyUnicode_KIND(names);
    const void *data = PyUnicode_DATA(names);
    Py_ssize_t size = PyUnicode_GET_LENGTH(names), start = 0;
    if (size > MOST_CHARACTERS) size = MOST_CHARACTERS;
    for (Py_ssize_t i = 0; i <= size; i++) {
        if (i < size && !Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, i))) continue;
        if (i > start) {
            read_name(&tokens, kind, data, start, i);
            weigh_name(classes, &tokens, row);
        }
        start = i + 1;
    }
}

static PyObject *native_class_rows(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *names, *out;
    if (!PyArg_ParseTuple(args, "OO!O:class_rows", &capsule, &PyList_Type, &names, &out)) return NULL;
    const Classes *classes = PyCapsule_GetPointer(capsule, CAPSULE);
    if (!classes) return NULL;
    Views views = {.count = 0};
    Py_ssize_t rows = PyList_GET_SIZE(names), kinds = classes->most_kinds;
    if (rows > PY_SSIZE_T_MAX / 8 / (kinds + 1)) return PyErr_NoMemory();
    double *row = views_get(&views, out, sizeof(double), rows * kinds, 1);
    for (Py_ssize_t i = 0; row && i < rows; i++) {
        PyObject *name = PyList_GET_ITEM(names, i);
        if (PyUnicode_Check(name))
            weigh(classes, name, row + i * kinds);
        else
            row = (PyErr_SetString(PyExc_TypeError, "class_rows: names are strings"), NULL);
    }
    views_release(&views);
    if (!row) return NULL;
    Py_RETURN_NONE;
}

PyDoc_STRVAR(classes_doc,
"classes(table, states, kinds)\n--\n\n"
"A table of class tokens for `class_rows`: of `table`, by token or pair of tokens (with a hyphen) pairs of a kind and a\n"
"weight, and of the tokens that begin a name which states something; `kinds` is how many kinds there are.");

PyDoc_STRVAR(class_rows_doc,
"class_rows(classes, names, out)\n--\n\n"
"Raise the weights in `out`, a row of them for each string of `names`, to what its class names weigh.");

PyMethodDef lexicon_methods[] = {
    {"classes", native_classes, METH_VARARGS, classes_doc},
    {"class_rows", native_class_rows, METH_VARARGS, class_rows_doc},
    {NULL, NULL, 0, NULL},
};
