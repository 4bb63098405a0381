/* Columns of the second stage, and the row of a whole page. Twins: cleanbody.features.second, cleanbody.page_type. */

#include "columns.h"

enum { FIRST, BEFORE_1, AFTER_1, BEFORE_2, AFTER_2, NEAR, WIDE, CONTAINER, OUTER, SHAPE, PAGE, KEPT_SHARE, SINCE, UNTIL,
       IN_STRETCH, STRETCH_START, STRETCH_END, RUN, SECOND_COLUMNS };

typedef struct {
    const long *parent, *first, *last, *container, *shape;
    const double *words, *scores;
    double clip, prose_words;
    Py_ssize_t m, n, shapes;
} Second;

/* Working columns: sums before each block, what each weighs, whether it is above 0. */
typedef struct {
    double *weighted, *sums, *masses, *of_shape;
    uint8_t *above;
} Work;

static double mean(const Work *w, Py_ssize_t begin, Py_ssize_t end) {
    return end > begin ? (w->sums[end] - w->sums[begin]) / (w->masses[end] - w->masses[begin]) : 0.0;
}

/* What all blocks have: their own and their neighbours' scores, sums, and the page's share above 0. */
static double fill_scores(const Second *s, const Work *w, double **out) {
    double kept = 0.0, total = 0.0, *own = out[FIRST];
    w->sums[0] = w->masses[0] = 0.0;
    for (Py_ssize_t i = 0; i < s->n; i++) {
        double x = larger(-s->clip, smaller(s->clip, s->scores[i])), weight = smaller(s->words[i], 60.0) + 1.0;
        own[i] = x;
        w->weighted[i] = x * weight;
        w->sums[i + 1] = w->sums[i] + x * weight;
        w->masses[i + 1] = w->masses[i] + weight;
        w->above[i] = x > 0.0;
        if (x > 0.0) kept += s->words[i];
        total += s->words[i];
        if (s->shapes) {
            w->of_shape[2 * s->shape[i]] += x * weight;
            w->of_shape[2 * s->shape[i] + 1] += weight;
        }
    }
    return kept / or_one(total);
}

static void fill_neighbours(const Second *s, double **out) {
    const double *own = out[FIRST];
    for (Py_ssize_t i = 0; i < s->n; i++) {
        out[BEFORE_1][i] = i >= 1 ? own[i - 1] : -s->clip;
        out[AFTER_1][i] = i + 1 < s->n ? own[i + 1] : -s->clip;
        out[BEFORE_2][i] = i >= 2 ? own[i - 2] : -s->clip;
        out[AFTER_2][i] = i + 2 < s->n ? own[i + 2] : -s->clip;
    }
}

static double mean_of(const Second *s, const Work *w, long container) {
    return mean(w, s->first[container], s->last[container] < s->n ? s->last[container] : s->n);
}

static void fill_means(const Second *s, const Work *w, int markup, double **out) {
    for (Py_ssize_t i = 0; i < s->n; i++) {
        out[NEAR][i] = mean(w, i > 2 ? i - 2 : 0, i + 3 < s->n ? i + 3 : s->n);
        out[WIDE][i] = mean(w, i > 10 ? i - 10 : 0, i + 11 < s->n ? i + 11 : s->n);
        if (markup) {
            const double *of = w->of_shape + 2 * s->shape[i];
            out[CONTAINER][i] = mean_of(s, w, s->container[i]);
            out[OUTER][i] = mean_of(s, w, outer_of(s->parent, s->container[i]));
            out[SHAPE][i] = of[0] / of[1];
        } else {
            out[CONTAINER][i] = out[OUTER][i] = out[SHAPE][i] = Py_NAN;
        }
    }
}

static void fill_page(const Second *s, const Work *w, double share, double **out) {
    Span best = best_stretch(w->weighted, s->n);
    double page = mean(w, 0, s->n);
    distances(w->above, s->n, out[SINCE], out[UNTIL]);
    for (Py_ssize_t i = 0; i < s->n; i++) {
        out[PAGE][i] = page;
        out[KEPT_SHARE][i] = share;
        out[SINCE][i] = signed_log(out[SINCE][i]);
        out[UNTIL][i] = signed_log(out[UNTIL][i]);
        out[IN_STRETCH][i] = best.begin <= i && i < best.end;
        out[STRETCH_START][i] = signed_log((double)(i - best.begin));
        out[STRETCH_END][i] = signed_log((double)(best.end - 1 - i));
    }
}

/* Blocks between two of as many words as prose has: their mean. */
static void fill_runs(const Second *s, double **out) {
    for (Py_ssize_t begin = 0, end; begin < s->n; begin = end) {
        double sum = 0.0 + out[FIRST][begin]; /* no -0.0 */
        for (end = begin + 1; end < s->n && s->words[begin] < s->prose_words && s->words[end] < s->prose_words; end++)
            sum += out[FIRST][end];
        for (Py_ssize_t i = begin; i < end; i++) out[RUN][i] = sum / (double)(end - begin);
    }
}

static int fill_second(const Second *s, int markup, double **out) {
    size_t n = (size_t)s->n, shapes = (size_t)s->shapes;
    double *piece = PyMem_Calloc(3 * n + 2 * shapes + 2, sizeof *piece);
    uint8_t *above = PyMem_Malloc(n + 1);
    if (piece && above) {
        Work w = {piece, piece + n, piece + 2 * n + 1, piece + 3 * n + 2, above};
        double share = fill_scores(s, &w, out);
        fill_neighbours(s, out);
        fill_means(s, &w, markup, out);
        fill_page(s, &w, share, out);
        fill_runs(s, out);
    } else {
        PyErr_NoMemory();
    }
    int result = piece && above ? 0 : -1;
    PyMem_Free(piece);
    PyMem_Free(above);
    return result;
}

static int is_sound(const Second *s) {
    if (!is_tree(s->parent, s->m) || !in_range(s->container, s->n, (long)s->m)) return 0;
    for (Py_ssize_t c = 0; c < s->m; c++)
        if (s->first[c] < 0) {
            PyErr_SetString(PyExc_ValueError, "second_columns: a container begins before the first block");
            return 0;
        }
    return !s->shapes || in_range(s->shape, s->n, (long)s->shapes);
}

static PyObject *native_second_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    double *columns[SECOND_COLUMNS];
    Second s;
    long markup = in_long(&in, 0, 1);
    s.parent = in_longs(&in, 0);
    s.m = in.items;
    s.first = in_longs(&in, s.m);
    s.last = in_longs(&in, s.m);
    s.scores = in_doubles(&in, 0);
    s.n = in.items;
    s.container = in_longs(&in, s.n);
    s.words = in_doubles(&in, s.n);
    s.shape = in_longs(&in, markup ? s.n : 0);
    s.shapes = markup ? in.items : 0; /* they are numbered from 0, so there are no more than blocks */
    s.clip = in_double(&in);
    s.prose_words = in_double(&in);
    in_columns(&in, SECOND_COLUMNS, s.n, columns);
    if (!in_end(&in) || !is_sound(&s) || fill_second(&s, (int)markup, columns) < 0) goto done;
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

/* --- page_columns ------------------------------------------------------------------------------------------------- */

enum { ABREAST = 8 }; /* columns that are summed side by side: each sum waits for itself alone */

static void sums_of(const double *const *columns, Py_ssize_t n, double *out) {
    double sums[ABREAST] = {0.0};
    for (Py_ssize_t i = 0; i < n; i++)
        for (int k = 0; k < ABREAST; k++) sums[k] += columns[k][i];
    memcpy(out, sums, sizeof sums);
}

static void greatest_of(const double *const *columns, Py_ssize_t n, double *out) {
    double most[ABREAST];
    for (int k = 0; k < ABREAST; k++) most[k] = columns[k][0];
    for (Py_ssize_t i = 1; i < n; i++)
        for (int k = 0; k < ABREAST; k++) most[k] = larger(most[k], columns[k][i]);
    memcpy(out, most, sizeof most);
}

static PyObject *native_page_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    const double *columns[MAX_VIEWS + ABREAST];
    double values[MAX_VIEWS + ABREAST];
    PyObject *all = in_object(&in, &PyTuple_Type);
    const long *means = in_longs(&in, 0);
    Py_ssize_t mean_count = in.items;
    const long *greatest = in_longs(&in, 0);
    Py_ssize_t width = mean_count + in.items, rows = 0;
    double *out = out_doubles(&in, width);
    if (!in_end(&in)) goto done;
    if (width > MAX_VIEWS - ABREAST) {
        PyErr_SetString(PyExc_ValueError, "page_columns: too many columns");
        goto done;
    }
    for (Py_ssize_t k = 0; k < width; k++) {
        long at = k < mean_count ? means[k] : greatest[k - mean_count];
        if (at < 0 || at >= PyTuple_GET_SIZE(all)) {
            PyErr_SetString(PyExc_IndexError, "page_columns: no such column");
            goto done;
        }
        columns[k] = views_get(&in.views, PyTuple_GET_ITEM(all, at), sizeof(double), k ? rows : 1, 0);
        if (!columns[k]) goto done;
        if (!k) rows = in.views.items[in.views.count - 1].len / (Py_ssize_t)sizeof(double);
    }
    for (Py_ssize_t k = width; k < width + ABREAST && width; k++) columns[k] = columns[width - 1];
    for (Py_ssize_t k = 0; k < mean_count; k += ABREAST) sums_of(columns + k, rows, values + k);
    for (Py_ssize_t k = 0; k < mean_count; k++) out[k] = values[k] / (double)rows;
    for (Py_ssize_t k = mean_count; k < width; k += ABREAST) greatest_of(columns + k, rows, values + k);
    for (Py_ssize_t k = mean_count; k < width; k++) out[k] = values[k];
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

PyDoc_STRVAR(second_columns_doc,
"second_columns(markup, parent, first, last, scores, container, words, shape, clip, prose_words, columns)\n--\n\n"
"Columns of the second stage. See cleanbody.features.second.second_columns.");
PyDoc_STRVAR(page_columns_doc,
"page_columns(columns, means, greatest, row)\n--\n\n"
"The mean of some columns and the greatest value of others. See cleanbody.page_type.page_columns.");

PyMethodDef second_methods[] = {
    METHOD(second_columns),
    METHOD(page_columns),
    {NULL, NULL, 0, NULL},
};
