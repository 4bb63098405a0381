/* Columns of a block's place in the text and of its neighbours. Twin: cleanbody.features.context. */

#include "columns.h"

static PyObject *native_is_prose(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    const double *words = in_doubles(&in, 0);
    Py_ssize_t n = in.items;
    const double *share = in_doubles(&in, n);
    double least = in_double(&in);
    uint8_t *prose = out_bytes(&in, n);
    if (!in_end(&in)) goto done;
    for (Py_ssize_t i = 0; i < n; i++) prose[i] = words[i] * (1.0 - share[i]) >= least;
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

enum { INDEX_SHARE, WORDS_BEFORE, PAGE_WORDS, PAGE_BLOCKS, PAGE_LINK_SHARE, TEXT_COLUMNS };

static void fill_text_place(const double *words, const double *share, Py_ssize_t n, double **out) {
    double free = 0.0, all = 0.0, running = 0.0;
    for (Py_ssize_t i = 0; i < n; i++) {
        free += words[i] * (1.0 - share[i]);
        all += words[i];
    }
    double total = or_one(free), linked = 1.0 - free / or_one(all);
    double page_words = signed_log(total), page_blocks = signed_log((double)n), last = n > 1 ? (double)(n - 1) : 1.0;
    for (Py_ssize_t i = 0; i < n; i++) {
        out[INDEX_SHARE][i] = (double)i / last;
        out[WORDS_BEFORE][i] = running / total;
        out[PAGE_WORDS][i] = page_words;
        out[PAGE_BLOCKS][i] = page_blocks;
        out[PAGE_LINK_SHARE][i] = linked;
        running += words[i] * (1.0 - share[i]);
    }
}

static PyObject *native_text_place_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    double *columns[TEXT_COLUMNS];
    const double *words = in_doubles(&in, 0);
    Py_ssize_t n = in.items;
    const double *share = in_doubles(&in, n);
    in_columns(&in, TEXT_COLUMNS, n, columns);
    if (!in_end(&in)) goto done;
    fill_text_place(words, share, n, columns);
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

enum { WORDS_1_BEFORE, WORDS_2_BEFORE, WORDS_1_AFTER, WORDS_2_AFTER, LINKS_1_BEFORE, LINKS_1_AFTER, PROSE_NEAR,
       PROSE_WIDE, SINCE_PROSE, UNTIL_PROSE, NEIGHBOUR_COLUMNS };

/* Share of prose among the blocks within reach of one, without itself; `running` has how many stand before each. */
static double prose_around(const uint8_t *prose, const int32_t *running, Py_ssize_t n, Py_ssize_t i, Py_ssize_t reach) {
    Py_ssize_t low = i > reach ? i - reach : 0, high = i + reach + 1 < n ? i + reach + 1 : n, size = high - low - 1;
    return (double)(running[high] - running[low] - prose[i]) / (double)(size > 1 ? size : 1);
}

static void fill_neighbours(const double *words, const double *share, const uint8_t *prose, Py_ssize_t n,
                            int32_t *running, double **out) {
    running[0] = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        double size = signed_log(words[i]);
        running[i + 1] = running[i] + prose[i];
        if (i >= 1) out[WORDS_1_AFTER][i - 1] = size;
        if (i >= 2) out[WORDS_2_AFTER][i - 2] = size;
        if (i + 1 < n) out[WORDS_1_BEFORE][i + 1] = size;
        if (i + 2 < n) out[WORDS_2_BEFORE][i + 2] = size;
    }
    for (Py_ssize_t i = 0; i < n && i < 2; i++) {
        if (!i) out[WORDS_1_BEFORE][i] = out[WORDS_1_AFTER][n - 1 - i] = -1.0;
        out[WORDS_2_BEFORE][i] = out[WORDS_2_AFTER][n - 1 - i] = -1.0;
    }
    distances(prose, n, out[SINCE_PROSE], out[UNTIL_PROSE]);
    for (Py_ssize_t i = 0; i < n; i++) {
        out[LINKS_1_BEFORE][i] = i >= 1 ? share[i - 1] : -1.0;
        out[LINKS_1_AFTER][i] = i + 1 < n ? share[i + 1] : -1.0;
        out[PROSE_NEAR][i] = prose_around(prose, running, n, i, 2);
        out[PROSE_WIDE][i] = prose_around(prose, running, n, i, 8);
        out[SINCE_PROSE][i] = signed_log(out[SINCE_PROSE][i]);
        out[UNTIL_PROSE][i] = signed_log(out[UNTIL_PROSE][i]);
    }
}

static PyObject *native_neighbour_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    int32_t *running = NULL;
    double *columns[NEIGHBOUR_COLUMNS];
    const double *words = in_doubles(&in, 0);
    Py_ssize_t n = in.items;
    const double *share = in_doubles(&in, n);
    const uint8_t *prose = in_bytes(&in, n);
    in_columns(&in, NEIGHBOUR_COLUMNS, n, columns);
    if (!in_end(&in)) goto done;
    if (n >= INT32_MAX / 4 || !(running = PyMem_Malloc(((size_t)n + 1) * sizeof *running))) {
        PyErr_NoMemory();
        goto done;
    }
    fill_neighbours(words, share, prose, n, running, columns);
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(running);
    views_release(&in.views);
    return result;
}

PyDoc_STRVAR(is_prose_doc,
"is_prose(words, link_share, least, prose)\n--\n\n"
"Which blocks are prose. See cleanbody.features.context.is_prose.");
PyDoc_STRVAR(text_place_columns_doc,
"text_place_columns(words, link_share, columns)\n--\n\n"
"Columns of a block's place in the text. See cleanbody.features.context.text_place_columns.");
PyDoc_STRVAR(neighbour_columns_doc,
"neighbour_columns(words, link_share, prose, columns)\n--\n\n"
"Columns of a block's neighbours. See cleanbody.features.context.neighbour_columns.");

PyMethodDef context_methods[] = {
    METHOD(is_prose),
    METHOD(text_place_columns),
    METHOD(neighbour_columns),
    {NULL, NULL, 0, NULL},
};
