/* The containers of a document in numbers. Twin: cleanbody.features.tree, and card_columns of structure. Strings are
   hashed as Python does, with the process's secret; numbers are sorted, not hashed: no page can choose class names that
   share a slot. */

#include "columns.h"

/* Strings numbered from 0 in order of first sight. */
typedef struct {
    PyObject **keys;
    Py_hash_t *hashes;
    int32_t *slots; /* number of a string + 1, or 0 */
    int32_t count;
    size_t mask;
} Numbered;

static int grow(Numbered *n) {
    size_t slots = n->slots ? 2 * (n->mask + 1) : 256;
    int32_t *made = PyMem_Calloc(slots, sizeof *made);
    PyObject **keys = PyMem_Realloc(n->keys, slots / 2 * sizeof *keys);
    if (keys) n->keys = keys;
    Py_hash_t *hashes = PyMem_Realloc(n->hashes, slots / 2 * sizeof *hashes);
    if (hashes) n->hashes = hashes;
    if (!made || !keys || !hashes) {
        PyMem_Free(made);
        PyErr_NoMemory();
        return -1;
    }
    for (int32_t i = 0; i < n->count; i++) {
        size_t slot = (size_t)n->hashes[i];
        while (made[slot & (slots - 1)]) slot++;
        made[slot & (slots - 1)] = i + 1;
    }
    PyMem_Free(n->slots);
    n->slots = made;
    n->mask = slots - 1;
    return 0;
}

static int same_text(PyObject *a, PyObject *b) {
    if (a == b) return 1;
    if (PyUnicode_GET_LENGTH(a) != PyUnicode_GET_LENGTH(b) || PyUnicode_KIND(a) != PyUnicode_KIND(b)) return 0;
    size_t size = (size_t)PyUnicode_GET_LENGTH(a) * (size_t)PyUnicode_KIND(a);
    return !memcmp(PyUnicode_DATA(a), PyUnicode_DATA(b), size);
}

/* The number of a string, a new one where it was not seen before; -1 and an exception otherwise. */
static int32_t number_of(Numbered *n, PyObject *key) {
    if (!PyUnicode_CheckExact(key)) {
        PyErr_SetString(PyExc_TypeError, "a tag or name is no str");
        return -1;
    }
    Py_hash_t hash = PyObject_Hash(key);
    if (hash == -1) return -1;
    if ((!n->slots || (size_t)n->count >= (n->mask + 1) / 2) && grow(n) < 0) return -1;
    size_t slot = (size_t)hash;
    for (; n->slots[slot & n->mask]; slot++) {
        int32_t found = n->slots[slot & n->mask] - 1;
        if (n->hashes[found] == hash && same_text(n->keys[found], key)) return found;
    }
    n->keys[n->count] = Py_NewRef(key);
    n->hashes[n->count] = hash;
    n->slots[slot & n->mask] = n->count + 1;
    return n->count++;
}

static void numbered_free(Numbered *n) {
    for (int32_t i = 0; i < n->count; i++) Py_DECREF(n->keys[i]);
    PyMem_Free(n->keys);
    PyMem_Free(n->hashes);
    PyMem_Free(n->slots);
}

/* Items in order of a number below `most`: those of number k are order[start[k]] to order[start[k + 1]]. */
typedef struct {
    int32_t *start, *order, most;
} Sorted;

static void sort_by(const int32_t *numbers, int32_t count, Sorted *out) {
    /* counts first, then where the next goes, in the end where the next number begins */
    int32_t *next = out->start + 1;
    memset(out->start, 0, ((size_t)out->most + 2) * sizeof *out->start);
    for (int32_t i = 0; i < count; i++) next[numbers[i] + 1]++;
    for (int32_t k = 0; k < out->most; k++) next[k + 1] += next[k];
    for (int32_t i = 0; i < count; i++) out->order[next[numbers[i]]++] = i;
}

/* Numbers for pairs of a number by which items are sorted and another one, below `most`; the same for two items exactly
   where both are. `seen` and `group` have room for `most`. Returns how many there are. */
static int32_t number_pairs(const Sorted *by, const int32_t *other, int32_t most, int32_t *seen, int32_t *group,
                            int32_t *out) {
    int32_t count = 0;
    for (int32_t i = 0; i < most; i++) seen[i] = -1;
    for (int32_t k = 0; k < by->most; k++)
        for (int32_t at = by->start[k]; at < by->start[k + 1]; at++) {
            int32_t i = by->order[at], o = other[i];
            if (seen[o] != k) {
                seen[o] = k;
                group[o] = count++;
            }
            out[i] = group[o];
        }
    return count;
}

/* Write numbers counted in order of first sight; `again` has room for `most`. */
static void in_order(const int32_t *numbers, int32_t count, int32_t most, int32_t *again, long *out) {
    int32_t known = 0;
    for (int32_t i = 0; i < most; i++) again[i] = -1;
    for (int32_t i = 0; i < count; i++) {
        int32_t *number = &again[numbers[i]];
        if (*number < 0) *number = known++;
        out[i] = *number;
    }
}

/* Columns of 32-bit numbers in one piece of memory; the first is what to free. */
static int32_t *numbers(int count, const int32_t *sizes, int32_t **out) {
    size_t all = 0;
    for (int i = 0; i < count; i++) all += (size_t)sizes[i];
    int32_t *piece = PyMem_Malloc(all * sizeof *piece);
    if (!piece) PyErr_NoMemory();
    for (int i = 0; piece && i < count; i++) out[i] = i ? out[i - 1] + sizes[i - 1] : piece;
    return piece;
}

static int is_few(Py_ssize_t count) {
    if (count < INT32_MAX / 4) return 1;
    PyErr_SetString(PyExc_OverflowError, "too many containers or blocks");
    return 0;
}

/* --- number_tree -------------------------------------------------------------------------------------------------- */

typedef struct {
    Numbered tags, names, firsts;
    int32_t *first_of; /* the number of each name's first class */
    uint8_t *role_of;  /* of each tag */
    int32_t names_room, tags_room;
} Seen;

static int32_t tag_of(Seen *seen, PyObject *tag, PyObject *roles) {
    int32_t known = seen->tags.count, number = number_of(&seen->tags, tag);
    if (number < known) return number;
    if (number >= seen->tags_room) {
        uint8_t *more = PyMem_Realloc(seen->role_of, 2 * (size_t)seen->tags_room + 64);
        if (!more) { PyErr_NoMemory(); return -1; }
        seen->role_of = more;
        seen->tags_room = 2 * seen->tags_room + 64;
    }
    PyObject *role = PyDict_GetItemWithError(roles, tag);
    if (!role && PyErr_Occurred()) return -1;
    long value = role ? PyLong_AsLong(role) : 0;
    if (value == -1 && PyErr_Occurred()) return -1;
    seen->role_of[number] = (uint8_t)value;
    return number;
}

static int32_t name_of(Seen *seen, PyObject *name) {
    int32_t known = seen->names.count, number = number_of(&seen->names, name);
    if (number < known) return number;
    if (number >= seen->names_room) {
        size_t room = 2 * (size_t)seen->names_room + 64;
        int32_t *more = PyMem_Realloc(seen->first_of, room * sizeof *more);
        if (!more) { PyErr_NoMemory(); return -1; }
        seen->first_of = more;
        seen->names_room = (int32_t)room;
    }
    Py_ssize_t space = PyUnicode_FindChar(name, ' ', 0, PyUnicode_GET_LENGTH(name), 1);
    PyObject *first = space < 0 ? Py_NewRef(name) : PyUnicode_Substring(name, 0, space);
    if (!first) return -1;
    int32_t number_of_first = number_of(&seen->firsts, first);
    Py_DECREF(first);
    seen->first_of[number] = number_of_first;
    return number_of_first < 0 ? -1 : number;
}

static int number_containers(Seen *seen, Py_ssize_t m, PyObject *const *objects, long *name, long *step,
                             uint8_t *role) {
    int32_t *tag = PyMem_Malloc(2 * (size_t)(m ? m : 1) * sizeof *tag), *first = tag + m, *columns[5];
    if (!tag) { PyErr_NoMemory(); return -1; }
    int result = -1;
    for (Py_ssize_t c = 0; c < m; c++) {
        int32_t t = tag_of(seen, PyList_GET_ITEM(objects[0], c), objects[2]);
        int32_t n = t < 0 ? -1 : name_of(seen, PyList_GET_ITEM(objects[1], c));
        if (n < 0) goto done;
        name[c] = n;
        role[c] = seen->role_of[t];
        tag[c] = t;
        first[c] = seen->first_of[n];
    }
    Sorted by = {NULL, NULL, seen->tags.count};
    int32_t most = seen->firsts.count, count = (int32_t)m;
    int32_t *piece = numbers(5, (int32_t[]){by.most + 2, count, most, most, count}, columns);
    if (!piece) goto done;
    by.start = columns[0];
    by.order = columns[1];
    sort_by(tag, count, &by);
    int32_t pairs = number_pairs(&by, first, most, columns[2], columns[3], columns[4]);
    in_order(columns[4], count, pairs, tag, step); /* no more pairs than containers */
    PyMem_Free(piece);
    result = 0;
done:
    PyMem_Free(tag);
    return result;
}

static PyObject *native_number_tree(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL, *objects[3];
    Seen seen;
    memset(&seen, 0, sizeof seen);
    objects[0] = in_object(&in, &PyList_Type);
    objects[1] = in_object(&in, &PyList_Type);
    objects[2] = in_object(&in, &PyDict_Type);
    long *name = out_longs(&in, 0);
    Py_ssize_t m = in.items;
    long *step = out_longs(&in, m);
    uint8_t *role = out_bytes(&in, m);
    if (!in_end(&in) || !is_few(m)) goto done;
    if (PyList_GET_SIZE(objects[0]) != m || PyList_GET_SIZE(objects[1]) != m) {
        PyErr_SetString(PyExc_ValueError, "number_tree: columns differ in length");
        goto done;
    }
    if (number_containers(&seen, m, objects, name, step, role) < 0) goto done;
    if (!(result = PyList_New(seen.names.count))) goto done;
    for (int32_t i = 0; i < seen.names.count; i++) PyList_SET_ITEM(result, i, Py_NewRef(seen.names.keys[i]));
done:
    numbered_free(&seen.tags);
    numbered_free(&seen.names);
    numbered_free(&seen.firsts);
    PyMem_Free(seen.first_of);
    PyMem_Free(seen.role_of);
    views_release(&in.views);
    return result;
}

/* --- shapes_of ---------------------------------------------------------------------------------------------------- */

/* Number paths of up to `depth` steps: level by level, a path is its parent's path, one shorter, and its own step. */
static int32_t number_paths(const long *parent, const Sorted *by, int32_t m, long depth, int32_t count,
                            int32_t **columns, int32_t *path) {
    int32_t *upper = columns[0];
    for (long level = 1; level < depth; level++) {
        for (int32_t c = 0; c < m; c++) upper[c] = parent[c] < 0 ? 0 : path[parent[c]] + 1;
        count = number_pairs(by, upper, count + 1, columns[1], columns[2], path);
    }
    return count;
}

static int number_shapes(const long *parent, const long *step, Py_ssize_t containers, const long *container,
                         const uint8_t *kind, Py_ssize_t blocks, long depth, long *out) {
    int32_t m = (int32_t)containers, n = (int32_t)blocks, longer = m > n ? m : n, *columns[10];
    if (!m) return 0;
    /* step, path, upper, seen, group, start, order; of the blocks: path, kind, number */
    int32_t *piece = numbers(10, (int32_t[]){m, m, m, m + 257, m + 257, m + 258, longer, n, n, n}, columns);
    if (!piece) return -1;
    int32_t steps = 0;
    for (int32_t c = 0; c < m; c++) {
        columns[0][c] = columns[1][c] = (int32_t)step[c];
        if (step[c] >= steps) steps = (int32_t)step[c] + 1;
    }
    Sorted by = {columns[5], columns[6], steps};
    sort_by(columns[0], m, &by);
    int32_t *rest[] = {columns[2], columns[3], columns[4]};
    int32_t paths = number_paths(parent, &by, m, depth, steps, rest, columns[1]);
    for (int32_t i = 0; i < n; i++) {
        columns[7][i] = columns[1][container[i]];
        columns[8][i] = kind[i];
    }
    by.most = paths;
    sort_by(columns[7], n, &by);
    int32_t shapes = number_pairs(&by, columns[8], 256, columns[3], columns[4], columns[9]);
    in_order(columns[9], n, shapes, columns[8], out); /* no more shapes than blocks */
    PyMem_Free(piece);
    return 0;
}

static PyObject *native_shapes_of(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    const long *parent = in_longs(&in, 0);
    Py_ssize_t m = in.items;
    const long *step = in_longs(&in, m);
    const long *container = in_longs(&in, 0);
    Py_ssize_t n = in.items;
    const uint8_t *kind = in_bytes(&in, n);
    long depth = in_long(&in, 1, 64);
    long *out = out_longs(&in, n);
    if (!in_end(&in) || !is_few(m) || !is_few(n)) goto done;
    if (!is_tree(parent, m) || !in_range(step, m, (long)m) || !in_range(container, n, (long)m)) goto done;
    if (number_shapes(parent, step, m, container, kind, n, depth, out) < 0) goto done;
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

/* --- card_columns ------------------------------------------------------------------------------------------------- */

enum { CARD_COLUMNS = 5 };

/* For each container the number of its row of like siblings: the same parent, the same step. */
static int32_t *number_rows(const long *parent, const long *step, int32_t m, int32_t *rows) {
    int32_t *columns[7];
    int32_t *piece = numbers(7, (int32_t[]){m, m, m, m + 1, m + 1, m + 2, m}, columns);
    if (!piece) return NULL;
    for (int32_t c = 0; c < m; c++) {
        columns[1][c] = (int32_t)step[c];
        columns[2][c] = (int32_t)parent[c] + 1;
    }
    Sorted by = {columns[5], columns[6], m};
    sort_by(columns[1], m, &by);
    *rows = number_pairs(&by, columns[2], m + 1, columns[3], columns[4], columns[0]);
    return piece; /* its first column holds the numbers */
}

typedef struct {
    double members, words, linked;
    double facts[4]; /* what each of its members has, but for the levels to it */
} Row;

static void sum_rows(const int32_t *row_of, int32_t m, const double *words, const double *linked, Row *rows,
                     int32_t count) {
    for (int32_t c = 0; c < m; c++) {
        Row *own = &rows[row_of[c]];
        own->members += 1.0;
        own->words += words[c];
        own->linked += linked[c];
    }
    double page = m ? or_one(words[0]) : 1.0;
    for (int32_t k = 0; k < count; k++) {
        Row *row = &rows[k];
        row->facts[0] = log2(row->members);
        row->facts[1] = row->words / row->members;
        row->facts[2] = row->linked / or_one(row->words);
        row->facts[3] = row->words / page;
    }
}

static int fill_cards(const long *parent, const long *step, const uint8_t *role, long paragraph, const double *words,
                      const double *linked, int32_t m, double **out) {
    int32_t count = 0;
    int32_t *row_of = number_rows(parent, step, m, &count);
    Row *rows = row_of ? PyMem_Calloc((size_t)count + 1, sizeof *rows) : NULL;
    if (rows) {
        sum_rows(row_of, m, words, linked, rows, count);
    } else if (row_of) {
        PyErr_NoMemory();
    }
    for (int32_t c = 0; rows && c < m; c++) {
        const Row *own = &rows[row_of[c]];
        long above = parent[c];
        double facts[CARD_COLUMNS] = {0.0, 0.0, 0.0, 0.0, -1.0};
        if (above >= 0 && own->members >= 2.0 && role[c] != paragraph) {
            memcpy(facts, own->facts, sizeof own->facts);
            facts[4] = 0.0;
        }
        if (above >= 0 && out[4][above] >= 0.0 && out[0][above] * out[3][above] >= facts[0] * facts[3]) {
            for (int k = 0; k < CARD_COLUMNS; k++) facts[k] = out[k][above];
            facts[4] += 1.0;
        }
        for (int k = 0; k < CARD_COLUMNS; k++) out[k][c] = facts[k];
    }
    int result = rows ? 0 : -1;
    PyMem_Free(rows);
    PyMem_Free(row_of);
    return result;
}

static PyObject *native_card_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    double *out[CARD_COLUMNS];
    const long *parent = in_longs(&in, 0);
    Py_ssize_t m = in.items;
    const long *step = in_longs(&in, m);
    const uint8_t *role = in_bytes(&in, m);
    long paragraph = in_long(&in, 0, 255);
    const double *words = in_doubles(&in, m), *linked = in_doubles(&in, m);
    in_columns(&in, CARD_COLUMNS, m, out);
    if (!in_end(&in) || !is_few(m) || !is_tree(parent, m) || !in_range(step, m, (long)m)) goto done;
    if (fill_cards(parent, step, role, paragraph, words, linked, (int32_t)m, out) < 0) goto done;
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

PyDoc_STRVAR(number_tree_doc,
"number_tree(tags, names, roles, name, step, role)\n--\n\n"
"Number the containers; the distinct names. See cleanbody.features.tree.number_tree.");
PyDoc_STRVAR(shapes_of_doc,
"shapes_of(parent, step, container, kind, depth, shapes)\n--\n\n"
"Number blocks by kind and path. See cleanbody.features.tree.shapes_of.");
PyDoc_STRVAR(card_columns_doc,
"card_columns(parent, step, role, paragraph, words, linked, columns)\n--\n\n"
"Rows of like siblings. See cleanbody.features.structure.card_columns.");

PyMethodDef tree_methods[] = {
    METHOD(number_tree),
    METHOD(shapes_of),
    METHOD(card_columns),
    {NULL, NULL, 0, NULL},
};
