/* Class tokens and their weights. Twins: cleanbody.lexicon (class_weights), cleanbody.lexicon.tokens (class_tokens). */

#include "ascii.h"
#include "lexicon.h"

static const char *const CAPSULE = "cleanbody._native.classes";
enum { MOST_CHARACTERS = 1000, MOST_KINDS = 1000 };

typedef struct {
    int32_t first, count; /* weights */
} Weights;
typedef struct {
    int32_t first, second; /* tokens */
    Weights weights;
} Pair;
typedef struct {
    Weights weights;
    int32_t pair, pairs; /* that it is the first token of */
    uint32_t state;      /* a name that begins with it is none of a part */
} Entry;
typedef struct {
    Strings names;
    Entry *entries; /* of the tokens */
    Pair *pairs;
    int32_t *kinds;
    double *weights;
    Py_ssize_t most_kinds, used;
    int32_t pair_count;
} Classes;

static void free_classes(Classes *classes) {
    strings_free(&classes->names);
    PyMem_Free(classes->entries);
    PyMem_Free(classes->pairs);
    PyMem_Free(classes->kinds);
    PyMem_Free(classes->weights);
    PyMem_Free(classes);
}

static void release(PyObject *capsule) { free_classes(PyCapsule_GetPointer(capsule, CAPSULE)); }

/* --- the table ---------------------------------------------------------------------------------------------------- */

static int add_weights(Classes *classes, Weights *weights, PyObject *found, Py_ssize_t room) {
    PyObject *held = PySequence_Fast(found, "classes: pairs of a kind and a weight");
    if (!held) return -1;
    *weights = (Weights){(int32_t)classes->used, (int32_t)PySequence_Fast_GET_SIZE(held)};
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
        if (!PyErr_Occurred() && (kind < 0 || kind >= classes->most_kinds || classes->used >= room))
            PyErr_SetString(PyExc_ValueError, "classes: a kind that there is not");
        if (PyErr_Occurred()) goto failed;
        classes->kinds[classes->used] = (int32_t)kind;
        classes->weights[classes->used++] = weight;
    }
    Py_DECREF(held);
    return 0;
failed:
    Py_DECREF(held);
    return -1;
}

/* A token, or two with a hyphen between them, with its weights. */
static int add_name(Classes *classes, PyObject *name, PyObject *weights, Py_ssize_t room) {
    Py_ssize_t size;
    const char *bytes = PyUnicode_AsUTF8AndSize(name, &size);
    const char *hyphen = bytes ? memchr(bytes, '-', (size_t)size) : NULL;
    if (!bytes) return -1;
    Py_ssize_t half = hyphen ? hyphen - bytes : size;
    int32_t first = strings_add(&classes->names, (const unsigned char *)bytes, half);
    if (first < 0) return -1;
    if (!hyphen) return weights ? add_weights(classes, &classes->entries[first].weights, weights, room) : first;
    int32_t second = strings_add(&classes->names, (const unsigned char *)hyphen + 1, size - half - 1);
    if (second < 0) return -1;
    Pair *pair = &classes->pairs[classes->pair_count++];
    *pair = (Pair){.first = first, .second = second};
    return weights ? add_weights(classes, &pair->weights, weights, room) : first;
}

static int by_first(const void *a, const void *b) {
    int32_t one = ((const Pair *)a)->first, other = ((const Pair *)b)->first;
    return (one > other) - (one < other);
}

static int fill(Classes *classes, PyObject *table, PyObject *states, Py_ssize_t weights) {
    Py_ssize_t count = PyDict_Size(table) + PySequence_Fast_GET_SIZE(states), place = 0;
    PyObject *key, *value;
    classes->entries = PyMem_Calloc(2 * (size_t)count + 1, sizeof *classes->entries);
    classes->pairs = PyMem_Calloc((size_t)count + 1, sizeof *classes->pairs);
    classes->kinds = PyMem_Calloc((size_t)weights + 1, sizeof *classes->kinds);
    classes->weights = PyMem_Calloc((size_t)weights + 1, sizeof *classes->weights);
    if (!classes->entries || !classes->pairs || !classes->kinds || !classes->weights) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(states); i++) {
        int32_t state = add_name(classes, PySequence_Fast_GET_ITEM(states, i), NULL, 0);
        if (state < 0) return -1;
        classes->entries[state].state = 1;
    }
    while (PyDict_Next(table, &place, &key, &value))
        if (add_name(classes, key, value, weights) < 0) return -1;
    qsort(classes->pairs, (size_t)classes->pair_count, sizeof *classes->pairs, by_first);
    for (int32_t i = 0; i < classes->pair_count; i++) {
        Entry *entry = &classes->entries[classes->pairs[i].first];
        if (!entry->pairs++) entry->pair = i;
    }
    return 0;
}

static PyObject *native_classes(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *table, *states, *key, *value;
    Py_ssize_t most_kinds, weights = 0, place = 0;
    if (!PyArg_ParseTuple(args, "O!On:classes", &PyDict_Type, &table, &states, &most_kinds)) return NULL;
    if (most_kinds < 0 || most_kinds > MOST_KINDS)
        return PyErr_Format(PyExc_ValueError, "classes: more than %d kinds", MOST_KINDS);
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

/* A string of names, folded, and bits for its characters: where white space is, where tokens begin and where they end,
   which is at what is no letter, too. */
enum { UNIT = 64, UNITS = MOST_CHARACTERS / UNIT + 1 };
typedef struct {
    unsigned char folded[UNIT * UNITS + 16];
    uint64_t spaces[UNITS], starts[UNITS], ends[UNITS];
    int size;
} Line;

static void copy(unsigned char *out, PyObject *names, Py_ssize_t size) {
    int kind = PyUnicode_KIND(names);
    const void *data = PyUnicode_DATA(names);
    if (PyUnicode_IS_ASCII(names)) {
        memcpy(out, data, (size_t)size);
        return;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        out[i] = (unsigned char)(c < 0x80 ? c : Py_UNICODE_ISSPACE(c) ? ' ' : '-');
    }
}

static inline uint64_t between(uint64_t eight, unsigned first, unsigned last) {
    return (eight + EACH(UINT64_C(0x80) - first)) & ~(eight + EACH(UINT64_C(0x7F) - last)) & EACH(0x80);
}

/* A token begins at the first of letters, and within them at a capital behind a small letter, or between a capital and
   a small letter. */
static void find_tokens(Line *line, const uint64_t *letters, const uint64_t *capitals, int units) {
    uint64_t letter_before = 0, capital_before = 0;
    for (int u = 0; u < units; u++) {
        uint64_t small = letters[u] & ~capitals[u];
        uint64_t next = u + 1 < units ? letters[u + 1] & ~capitals[u + 1] : 0;
        uint64_t behind = letters[u] << 1 | letter_before, behind_capital = capitals[u] << 1 | capital_before;
        uint64_t inner = capitals[u] & behind & (~behind_capital | small >> 1 | next << 63);
        line->starts[u] = (letters[u] & ~behind) | inner;
        line->ends[u] = ~letters[u] | inner;
        letter_before = letters[u] >> 63;
        capital_before = capitals[u] >> 63;
    }
}

static void read_line(Line *line, PyObject *names) {
    uint64_t letters[UNITS], capitals[UNITS], eight;
    Py_ssize_t size = PyUnicode_GET_LENGTH(names);
    line->size = (int)(size < MOST_CHARACTERS ? size : MOST_CHARACTERS);
    copy(line->folded, names, line->size);
    memset(line->folded + line->size, ' ', 16);
    int units = line->size / UNIT + 1;
    for (int u = 0; u < units; u++) {
        int left = line->size - u * UNIT + 1, end = left < UNIT ? left : UNIT; /* with a space behind the line */
        line->spaces[u] = letters[u] = capitals[u] = 0;
        for (int at = 0; at < end; at += 8) {
            memcpy(&eight, line->folded + u * UNIT + at, 8);
            uint64_t upper = between(eight, 'A', 'Z'), spaces = between(eight, 9, 13) | between(eight, 28, ' ');
            letters[u] |= ascii_bits(ascii_letters(eight)) << at;
            capitals[u] |= ascii_bits(upper) << at;
            line->spaces[u] |= ascii_bits(spaces) << at;
            eight |= upper >> 2;
            memcpy(line->folded + u * UNIT + at, &eight, 8);
        }
    }
    find_tokens(line, letters, capitals, units);
}

/* The first bit from `at` on, or the line's size. */
static inline int next_bit(const Line *line, const uint64_t *bits, int at) {
    if (at >= line->size) return line->size;
    int u = at / UNIT, last = line->size / UNIT;
    uint64_t found = bits[u] >> at % UNIT << at % UNIT;
    while (!found && u < last) found = bits[++u];
    at = found ? u * UNIT + low_bit(found) : line->size;
    return at < line->size ? at : line->size;
}

static void count(const Classes *classes, const Weights *weights, double *row) {
    for (int32_t i = weights->first; i < weights->first + weights->count; i++)
        if (classes->weights[i] > row[classes->kinds[i]]) row[classes->kinds[i]] = classes->weights[i];
}

/* The next token of a name from *at on, -1 if it is none that is known; 0 where there is none left. */
static inline int next_token(const Classes *classes, const Line *line, int *at, int end, int32_t *token) {
    int start = next_bit(line, line->starts, *at);
    if (start >= end) return 0;
    *at = next_bit(line, line->ends, start + 1);
    const unsigned char *bytes = line->folded + start;
    Py_ssize_t size = *at - start;
    *token = strings_find(&classes->names, bytes, size, token_hash(bytes, (size_t)size));
    return 1;
}

static const Pair *find_pair(const Classes *classes, int32_t first, int32_t second) {
    if (first < 0 || second < 0) return NULL;
    const Entry *entry = &classes->entries[first];
    for (int32_t i = entry->pair; i < entry->pair + entry->pairs; i++)
        if (classes->pairs[i].second == second) return &classes->pairs[i];
    return NULL;
}

static void weigh_name(const Classes *classes, const Line *line, int at, int end, double *row) {
    int32_t token = -1, next = -1;
    int more = next_token(classes, line, &at, end, &token);
    if (!more || (token >= 0 && classes->entries[token].state)) return;
    while (more) {
        more = next_token(classes, line, &at, end, &next);
        const Pair *pair = more ? find_pair(classes, token, next) : NULL;
        if (pair) {
            count(classes, &pair->weights, row);
            more = next_token(classes, line, &at, end, &next);
        } else if (token >= 0) {
            count(classes, &classes->entries[token].weights, row);
        }
        token = next;
    }
}

static void weigh(const Classes *classes, PyObject *names, double *row) {
    Line line;
    read_line(&line, names);
    for (int end, start = 0; start < line.size; start = end + 1) {
        end = next_bit(&line, line.spaces, start);
        if (end > start) weigh_name(classes, &line, start, end, row);
    }
}

static PyObject *native_class_rows(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *names, *out;
    if (!PyArg_ParseTuple(args, "OO!O:class_rows", &capsule, &PyList_Type, &names, &out)) return NULL;
    const Classes *classes = PyCapsule_GetPointer(capsule, CAPSULE);
    if (!classes) return NULL;
    Views views;
    views.count = 0;
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
"A table of class tokens for `class_rows`: of `table`, by token or pair of tokens (with a hyphen) pairs of a kind and\n"
"a weight, and of the tokens that begin a name which states something; `kinds` is how many kinds there are.");

PyDoc_STRVAR(class_rows_doc,
"class_rows(classes, names, out)\n--\n\n"
"Raise the weights in `out`, a row of them for each string of `names`, to what its class names weigh.");

PyMethodDef lexicon_methods[] = {
    {"classes", native_classes, METH_VARARGS, classes_doc},
    {"class_rows", native_class_rows, METH_VARARGS, class_rows_doc},
    {NULL, NULL, 0, NULL},
};
