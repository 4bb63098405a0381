/* Many trees over the same columns, without a branch in them. Twin: cleanbody.model.score_rows.

   A leaf is a bit. Each inner node whose comparison sends a row right takes from it the leaves on its left; what is
   left over at the end, the first of them, is where the row arrives (QuickScorer: Lucchese et al., SIGIR 2015; in
   planes of eight leaves, so that rows lie side by side: RapidScorer, Ye et al., KDD 2018). Values are first made the
   number of limits below them, which is a byte, once for all ensembles. Sums are those of the twin, tree by tree. */

#include "forest.h"

const char FOREST[] = "cleanbody.forest";

static void forest_free(Forest *f) {
    if (!f) return;
    PyMem_RawFree(f->ensembles);
    PyMem_RawFree(f->tree);
    PyMem_RawFree(f->cut);
    PyMem_RawFree(f->edge_at);
    PyMem_RawFree(f->edge);
    PyMem_RawFree(f);
}

static void forest_done(PyObject *capsule) { forest_free(PyCapsule_GetPointer(capsule, FOREST)); }

/* -- making a forest ----------------------------------------------------------------------------------------------- */

typedef struct {
    const uint16_t *feature, *left, *right;
    const uint8_t *nan_left;
    const double *threshold, *value;
    const uint32_t *root;
    Py_ssize_t trees, nodes;
} Source; /* as in cleanbody.model.Ensemble */

typedef struct { uint32_t column; double limit; } Edge;

static int by_edge(const void *a, const void *b) {
    const Edge *x = a, *y = b;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    return (x->limit > y->limit) - (x->limit < y->limit);
}

static int open_source(Views *views, PyObject *arrays, Source *s) {
    static const Py_ssize_t sizes[7] = {2, 2, 2, 1, 8, 8, 4};
    const void *data[7];
    Py_ssize_t lengths[7];
    if (!PyTuple_Check(arrays) || PyTuple_GET_SIZE(arrays) != 7) {
        PyErr_SetString(PyExc_TypeError, "forest: an ensemble is a tuple of seven arrays");
        return -1;
    }
    for (int i = 0; i < 7; i++) {
        if (!(data[i] = views_get(views, PyTuple_GET_ITEM(arrays, i), sizes[i], 0, 0))) return -1;
        lengths[i] = views->items[views->count - 1].len / sizes[i];
    }
    for (int i = 0; i < 6; i++)
        if (lengths[i] != lengths[0]) {
            PyErr_SetString(PyExc_ValueError, "forest: arrays differ in length");
            return -1;
        }
    *s = (Source){data[0], data[1], data[2], data[3], data[4], data[5], data[6], lengths[6], lengths[0]};
    return 0;
}

/* One tree, from its root down. A node that is no leaf stands before both its children, so that this ends. */
typedef struct {
    const Source *source;
    const Forest *forest;
    Py_ssize_t begin, end; /* nodes of the tree */
    int leaves;
    Tree *tree;
    Cut *cuts[PLANES];
    int counts[PLANES];
    Edge *edges; /* where the tree's comparisons go, on the first of two visits; else NULL */
    Py_ssize_t edge_count, width;
} Visit;

static int visit(Visit *v, Py_ssize_t node, int depth) {
    const Source *s = v->source;
    Py_ssize_t left = v->begin + s->left[node], right = v->begin + s->right[node];
    if (depth >= MAX_LEAVES || v->leaves >= MAX_LEAVES || left >= v->end || right >= v->end) return -1;
    if (left == node) {
        if (right != node) return -1;
        if (!v->edges) v->tree->value[v->leaves] = s->value[node];
        v->leaves++;
        return 0;
    }
    double limit = s->threshold[node];
    uint32_t column = s->feature[node];
    if (left <= node || right <= node || (Py_ssize_t)column >= v->forest->width || limit != limit) return -1;
    if (v->width <= column) v->width = column + 1;
    int first = v->leaves;
    if (visit(v, left, depth + 1) < 0) return -1;
    int behind = v->leaves;
    if (v->edges) {
        v->edges[v->edge_count++] = (Edge){column, limit};
    } else {
        const Forest *f = v->forest;
        int count = (int)(f->edge_at[column + 1] - f->edge_at[column]);
        int below = edges_below(f->edge + f->edge_at[column], count, limit);
        uint32_t lost = (behind == MAX_LEAVES ? 0 : (uint32_t)1 << behind) - ((uint32_t)1 << first);
        for (int p = first / PLANE; p <= (behind - 1) / PLANE; p++)
            v->cuts[p][v->counts[p]++] = (Cut){
                (uint64_t)(uint8_t)(below - 127) * UINT64_C(0x0101010101010101),
                (uint64_t)(uint8_t)(lost >> (p * PLANE)) * UINT64_C(0x0101010101010101),
                2 * column + !s->nan_left[node],
            };
    }
    return visit(v, right, depth + 1);
}

/* Visits all trees: on the first round the limits are collected, on the second the trees are made. */
static int visit_all(Forest *f, const Source *s, Py_ssize_t number, Edge *edges, Py_ssize_t *edge_count) {
    Cut made[PLANES][MAX_LEAVES];
    Ensemble *e = &f->ensembles[number];
    e->begin = f->trees;
    e->width = 0;
    for (Py_ssize_t k = 0; k < s->trees; k++) {
        Py_ssize_t begin = s->root[k], end = k + 1 < s->trees ? s->root[k + 1] : s->nodes;
        Visit v = {.source = s, .forest = f, .begin = begin, .end = end, .tree = edges ? NULL : &f->tree[f->trees],
                   .cuts = {made[0], made[1], made[2], made[3]}, .edges = edges, .edge_count = *edge_count};
        if (begin >= end || end > s->nodes || visit(&v, begin, 0) < 0) {
            PyErr_SetString(PyExc_ValueError, "forest: a tree points outside itself, or has too many leaves");
            return -1;
        }
        *edge_count = v.edge_count;
        if (e->width < v.width) e->width = v.width;
        if (!edges)
            for (int p = 0; p <= PLANES; p++) {
                f->tree[f->trees].cuts[p] = (uint32_t)f->cuts;
                if (p == PLANES) break;
                if (v.counts[p]) memcpy(f->cut + f->cuts, made[p], sizeof(Cut) * (size_t)v.counts[p]);
                f->cuts += v.counts[p];
            }
        f->trees++;
    }
    e->end = f->trees;
    return 0;
}

/* The limits of each column, ascending, each once. */
static int settle_edges(Forest *f, Edge *edges, Py_ssize_t count) {
    qsort(edges, (size_t)count, sizeof *edges, by_edge);
    Py_ssize_t at = 0, used = 0;
    for (Py_ssize_t column = 0; column < f->width; column++) {
        f->edge_at[column] = (uint32_t)used;
        for (; at < count && edges[at].column == (uint32_t)column; at++)
            if (used == f->edge_at[column] || f->edge[used - 1] != edges[at].limit) f->edge[used++] = edges[at].limit;
        if (used - f->edge_at[column] > MAX_EDGES) {
            PyErr_SetString(PyExc_ValueError, "forest: a column is compared with too many limits");
            return -1;
        }
    }
    f->edge_at[f->width] = (uint32_t)used;
    return 0;
}

static int make(Forest *f, const Source *sources, Py_ssize_t trees) {
    Edge *edges = PyMem_RawMalloc(sizeof(Edge) * (size_t)(trees * MAX_LEAVES + 1));
    Py_ssize_t edge_count = 0, none = 0;
    int result = -1;
    f->edge_at = PyMem_RawCalloc((size_t)f->width + 1, sizeof *f->edge_at);
    f->tree = PyMem_RawCalloc((size_t)trees + 1, sizeof *f->tree);
    if (!edges || !f->edge_at || !f->tree) goto memory;
    for (Py_ssize_t i = 0; i < f->count; i++)
        if (visit_all(f, &sources[i], i, edges, &edge_count) < 0) goto done;
    f->edge = PyMem_RawMalloc(sizeof(double) * (size_t)(edge_count + f->width + 1));
    f->cut = PyMem_RawMalloc(sizeof(Cut) * (size_t)(edge_count * PLANES + 1));
    if (!f->edge || !f->cut) goto memory;
    if (settle_edges(f, edges, edge_count) < 0) goto done;
    f->trees = 0;
    for (Py_ssize_t i = 0; i < f->count; i++)
        if (visit_all(f, &sources[i], i, NULL, &none) < 0) goto done;
    Cut *fitting = PyMem_RawRealloc(f->cut, sizeof(Cut) * (size_t)(f->cuts + 1));
    if (fitting) f->cut = fitting;
    result = 0;
    goto done;
memory:
    PyErr_NoMemory();
done:
    PyMem_RawFree(edges);
    return result;
}

static PyObject *native_forest(PyObject *self, PyObject *args) {
    (void)self;
    Py_ssize_t width, trees = 0;
    PyObject *ensembles;
    if (!PyArg_ParseTuple(args, "nO!", &width, &PyTuple_Type, &ensembles)) return NULL;
    Py_ssize_t count = PyTuple_GET_SIZE(ensembles);
    if (width < 0 || width > MAX_WIDTH || count > MAX_VIEWS / 7)
        return PyErr_Format(PyExc_ValueError, "forest: %zd columns and %zd ensembles are too many", width, count);
    Views views;
    views.count = 0;
    Source sources[MAX_VIEWS / 7];
    PyObject *made = NULL;
    Forest *f = PyMem_RawCalloc(1, sizeof *f);
    if (!f || !(f->ensembles = PyMem_RawCalloc((size_t)count + 1, sizeof *f->ensembles))) {
        PyErr_NoMemory();
        goto done;
    }
    f->width = width;
    f->count = count;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (open_source(&views, PyTuple_GET_ITEM(ensembles, i), &sources[i]) < 0) goto done;
        trees += sources[i].trees;
    }
    if (trees > 1 << 20) {
        PyErr_SetString(PyExc_ValueError, "forest: too many trees");
        goto done;
    }
    if (make(f, sources, trees) == 0 && (made = PyCapsule_New(f, FOREST, forest_done))) f = NULL;
done:
    views_release(&views);
    forest_free(f);
    return made;
}

PyDoc_STRVAR(forest_doc,
"forest(width, ensembles)\n--\n\n"
"Make ensembles (tuples of feature, left, right, nan_left, threshold, value, root) over `width` columns ready.");

PyMethodDef forest_methods[] = {
    {"forest", native_forest, METH_VARARGS, forest_doc},
    {NULL, NULL, 0, NULL},
};
