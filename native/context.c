/* Columns of a block's place in the text, of its neighbours and of its run. Twins: cleanbody.features.context, runs. */

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

/* --- runs --------------------------------------------------------------------------------------------------------- */

enum { RUN_BLOCKS, RUN_WORDS, RUN_ENDS, RUN_ITEMS, RUN_OVERLAP, RUN_TITLE, SINCE_COLON, UP_TO_BEFORE, UP_TO_AFTER,
       PROSE_STEP, RUN_COLUMNS };
enum { WORDS, ENDS, ITEMS, STEMS, OVERLAP, TITLE, DEPTH, FACTS }; /* of runs.Facts */
enum { MOST_UP = 6, STEPS = 16 };                                   /* also in features.runs */

static void fill_run(const double **facts, Py_ssize_t begin, Py_ssize_t end, int is_prose, double **out) {
    double words = 0.0, ends = 0.0, items = 0.0, stems = 0.0, overlap = 0.0, title = 0.0, size = (double)(end - begin);
    for (Py_ssize_t i = begin; i < end; i++) {
        words += facts[WORDS][i];
        ends += facts[ENDS][i] == 1.0;
        items += facts[ITEMS][i];
        stems += facts[STEMS][i];
        overlap += facts[OVERLAP][i] * facts[STEMS][i];
        title += facts[TITLE][i] * facts[STEMS][i];
    }
    stems = or_one(stems);
    double values[] = {is_prose ? 0.0 : signed_log(size), signed_log(words / size), ends / size, items / size,
                       overlap / stems, title / stems};
    for (int k = 0; k < SINCE_COLON; k++)
        for (Py_ssize_t i = begin; i < end; i++) out[k][i] = values[k];
}

static void fill_colons(const double *ends, const uint8_t *prose, Py_ssize_t n, double *out) {
    Py_ssize_t colon = -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        out[i] = colon >= 0 ? 1.0 / (double)(i - colon) : 0.0;
        if (ends[i] == 0.5) colon = i;
        else if (prose[i]) colon = -1;
    }
}

/* Twin: runs.levels_up; none for a block that there is not. */
static double levels_up(const long *parent, const long *container, Py_ssize_t block, Py_ssize_t other_block) {
    int up = 0;
    if (other_block < 0) return MOST_UP;
    long one = container[block], other = container[other_block];
    for (int k = 0; k < STEPS; k++) {
        if (one == other) return up < MOST_UP ? up : MOST_UP;
        if (one > other) {
            one = parent[one];
            up++;
        } else {
            other = parent[other];
        }
    }
    return MOST_UP;
}

static void fill_beside(const double *depth, const uint8_t *prose, const long *container, const long *parent,
                        Py_ssize_t n, double **out) {
    Py_ssize_t last = -1, next = -1;
    for (Py_ssize_t i = n - 1; i >= 0; i--) {
        out[UP_TO_AFTER][i] = levels_up(parent, container, i, next);
        out[PROSE_STEP][i] = next >= 0 ? depth[i] - depth[next] : 0.0;
        if (prose[i]) next = i;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        out[UP_TO_BEFORE][i] = levels_up(parent, container, i, last);
        if (last >= 0) out[PROSE_STEP][i] = depth[i] - depth[last];
        if (prose[i]) last = i;
    }
}

static PyObject *native_run_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    double *columns[RUN_COLUMNS];
    const double *facts[FACTS];
    Py_ssize_t n = 0;
    for (int k = 0; k < FACTS; k++) {
        facts[k] = in_doubles(&in, n);
        if (!k) n = in.items;
    }
    const uint8_t *prose = in_bytes(&in, n);
    const long *container = in_longs(&in, n);
    const long *parent = in_longs(&in, 0);
    Py_ssize_t containers = in.items;
    long markup = in_long(&in, 0, 1);
    in_columns(&in, RUN_COLUMNS, n, columns);
    if (!in_end(&in) || !is_tree(parent, containers) || !in_range(container, n, (long)containers)) goto done;
    for (Py_ssize_t begin = 0, end; begin < n; begin = end) {
        for (end = begin + 1; end < n && !prose[begin] && !prose[end];) end++;
        fill_run(facts, begin, end, prose[begin], columns);
    }
    fill_colons(facts[ENDS], prose, n, columns[SINCE_COLON]);
    if (markup) fill_beside(facts[DEPTH], prose, container, parent, n, columns);
    for (int k = UP_TO_BEFORE; k < RUN_COLUMNS && !markup; k++)
        for (Py_ssize_t i = 0; i < n; i++) columns[k][i] = Py_NAN;
    result = Py_NewRef(Py_None);
done:
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
PyDoc_STRVAR(run_columns_doc,
"run_columns(words, ends, items, stems, overlap, title, depth, prose, container, parent,\n    markup, columns)\n--\n\n"
"Columns of the blocks between two stretches of prose. See cleanbody.features.runs.run_columns.");

PyMethodDef context_methods[] = {
    METHOD(is_prose),
    METHOD(text_place_columns),
    METHOD(neighbour_columns),
    METHOD(run_columns),
    {NULL, NULL, 0, NULL},
};
