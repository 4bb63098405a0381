/* Columns of the page's main region. Twin: cleanbody.features.region. */

#include "columns.h"

enum { IN_BEST, BEST_RATIO, INNER_RATIO, BEST_SHARE, BEST_PLACE, FROM_BEST, TO_BEST, BELOW_BEST, IN_60, IN_80,
       IN_STRETCH, FROM_STRETCH, TO_STRETCH, STRETCH_SHARE, REGION_COLUMNS };

typedef struct {
    const long *parent, *first, *last, *container;
    const uint8_t *role;
    const double *sum, *linked, *blocks, *words, *share, *commas;
    const double *upper_shares; /* what a paragraph gives to the containers around it */
    double least, fee, most, total;
    long paragraph;
    Py_ssize_t m, n, uppers;
} Region;

/* Working columns: of the blocks, then of the containers. */
typedef struct {
    double *free, *values, *scores, *upper, *below;
} Work;

/* The container itself, or the one around it for a paragraph's own element, which is no region. */
static long around(const Region *r, long container) {
    return r->parent[container] >= 0 && r->role[container] == r->paragraph ? r->parent[container] : container;
}

static void fill_scores(const Region *r, const double *free, double *scores) {
    memset(scores, 0, (size_t)r->m * sizeof *scores);
    for (Py_ssize_t i = 0; i < r->n; i++) {
        double words = r->words[i];
        if (words < r->least || free[i] < words * 0.5) continue;
        double points = 1.0 + smaller(r->commas[i] * words, 10.0) + smaller(words / 20.0, 3.0);
        long c = around(r, r->container[i]);
        for (Py_ssize_t k = 0; k < r->uppers && c >= 0; k++) {
            scores[c] += points * r->upper_shares[k];
            c = r->parent[c];
        }
    }
    for (Py_ssize_t c = 0; c < r->m; c++) scores[c] *= 1.0 - r->linked[c] / larger(r->sum[c], 1.0);
}

/* The blocks of the smallest container that holds a share of the page's unlinked words. */
static Span smallest(const Region *r, double share) {
    Py_ssize_t at = 0;
    double wanted = share * r->total;
    for (Py_ssize_t c = 0; c < r->m; c++)
        if (r->sum[c] - r->linked[c] >= wanted && r->blocks[c] <= r->blocks[at]) at = c;
    return (Span){r->first[at], r->last[at]};
}

static void fill_upper(const Region *r, const Work *w, Py_ssize_t best) {
    for (Py_ssize_t c = 0; c < r->m; c++) {
        long above = r->parent[c];
        w->upper[c] = larger(w->scores[c], above > 0 ? w->upper[above] : 0.0);
        w->below[c] = c == best ? 0.0 : above >= 0 && w->below[above] >= 0.0 ? w->below[above] + 1.0 : -1.0;
    }
}

static void fill_best(const Region *r, const Work *w, double **out) {
    fill_scores(r, w->free, w->scores);
    Py_ssize_t best = 0;
    for (Py_ssize_t c = 1; c < r->m; c++)
        if (w->scores[c] > w->scores[best]) best = c;
    fill_upper(r, w, best);
    Span inner = smallest(r, 0.6), wide = smallest(r, 0.8);
    double top = or_one(w->scores[best]), share = (r->sum[best] - r->linked[best]) / r->total;
    long first = r->first[best], last = r->last[best] > first + 1 ? r->last[best] : first + 1;
    double size = (double)(last - 1 - first > 1 ? last - 1 - first : 1);
    for (Py_ssize_t i = 0; i < r->n; i++) {
        long c = r->container[i];
        out[IN_BEST][i] = first <= i && i < last;
        out[BEST_RATIO][i] = w->upper[c] / top;
        out[INNER_RATIO][i] = w->scores[around(r, c)] / top;
        out[BEST_SHARE][i] = share;
        out[BEST_PLACE][i] = smaller(2.0, larger(-1.0, (double)(i - first) / size));
        out[FROM_BEST][i] = signed_log((double)(i - first));
        out[TO_BEST][i] = signed_log((double)(last - 1 - i));
        out[BELOW_BEST][i] = w->below[c];
        out[IN_60][i] = inner.begin <= i && i < inner.end;
        out[IN_80][i] = wide.begin <= i && i < wide.end;
    }
}

static void fill_stretch(const Region *r, const Work *w, double **out) {
    for (Py_ssize_t i = 0; i < r->n; i++)
        w->values[i] = smaller(w->free[i], r->most) * (1.0 - r->share[i]) - r->fee;
    Span best = best_stretch(w->values, r->n);
    double inside = 0.0;
    for (Py_ssize_t i = best.begin; i < best.end; i++) inside += w->free[i];
    double share = inside / r->total;
    for (Py_ssize_t i = 0; i < r->n; i++) {
        out[IN_STRETCH][i] = best.begin <= i && i < best.end;
        out[FROM_STRETCH][i] = signed_log((double)(i - best.begin));
        out[TO_STRETCH][i] = signed_log((double)(best.end - 1 - i));
        out[STRETCH_SHARE][i] = share;
    }
}

static int fill_region(Region *r, int markup, double **out) {
    size_t n = (size_t)r->n, m = markup ? (size_t)r->m : 0;
    double *piece = PyMem_Malloc((2 * n + 3 * m + 1) * sizeof *piece);
    if (!piece) {
        PyErr_NoMemory();
        return -1;
    }
    Work w = {piece, piece + n, piece + 2 * n, piece + 2 * n + m, piece + 2 * n + 2 * m};
    double total = 0.0;
    for (Py_ssize_t i = 0; i < r->n; i++) {
        w.free[i] = r->words[i] * (1.0 - r->share[i]);
        total += w.free[i];
    }
    r->total = or_one(total);
    if (markup && r->n) {
        fill_best(r, &w, out);
    } else {
        for (int k = 0; k < IN_STRETCH; k++)
            for (Py_ssize_t i = 0; i < r->n; i++) out[k][i] = Py_NAN;
    }
    fill_stretch(r, &w, out);
    PyMem_Free(piece);
    return 0;
}

static PyObject *native_region_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    double *columns[REGION_COLUMNS];
    Region r;
    long markup = in_long(&in, 0, 1);
    r.parent = in_longs(&in, 0);
    r.m = in.items;
    r.first = in_longs(&in, r.m);
    r.last = in_longs(&in, r.m);
    r.role = in_bytes(&in, r.m);
    r.paragraph = in_long(&in, 0, 255);
    r.container = in_longs(&in, 0);
    r.n = in.items;
    r.sum = in_doubles(&in, r.m);
    r.linked = in_doubles(&in, r.m);
    r.blocks = in_doubles(&in, r.m);
    r.words = in_doubles(&in, r.n);
    r.share = in_doubles(&in, r.n);
    r.commas = in_doubles(&in, r.n);
    r.upper_shares = in_doubles(&in, 0);
    r.uppers = in.items;
    r.least = in_double(&in);
    r.fee = in_double(&in);
    r.most = in_double(&in);
    in_columns(&in, REGION_COLUMNS, r.n, columns);
    if (!in_end(&in) || !is_tree(r.parent, r.m) || !in_range(r.container, r.n, (long)r.m)) goto done;
    if (!in_range(r.first, r.m, (long)r.n + 1) || !in_range(r.last, r.m, (long)r.n + 1)) goto done;
    if (fill_region(&r, (int)markup, columns) < 0) goto done;
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

PyDoc_STRVAR(region_columns_doc,
"region_columns(markup, parent, first, last, role, paragraph, container, sum, linked, blocks, words, link_share,\n"
"               commas, upper_shares, least, fee, most, columns)\n--\n\n"
"Columns of the main region. See cleanbody.features.region.region_columns.");

PyMethodDef region_methods[] = {
    METHOD(region_columns),
    {NULL, NULL, 0, NULL},
};
