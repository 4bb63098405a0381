/* Rows as bytes, and their scores by the trees of a forest (see forest.c). Twin: cleanbody.model.score_rows. */

#include "forest.h"

/* Wide vectors, for processors that have them; elsewhere the compiler makes several narrow ones of each. A function is
   compiled twice where it can be asked which processor this is. */
#if defined(__GNUC__)
#define INLINED static inline __attribute__((always_inline))
#else
#define INLINED static
#endif
#if defined(__GNUC__) && defined(__x86_64__)
#define NEWER __attribute__((target("avx2,bmi")))
#define IS_NEWER (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
#endif

#if defined(__GNUC__)
typedef double Doubles __attribute__((vector_size(32)));
typedef int64_t Longs __attribute__((vector_size(32)));
#endif

/* Columns of bytes: of each column two planes, one in which an unknown value is below all limits, one in which it is
   above; the second is only filled where there is such a value. */
typedef struct {
    PyObject *forest; /* for which they were made: they tell nothing else */
    Py_ssize_t first, count, rows, stride;
    uint8_t *unknown;
    int8_t *memory, *planes; /* planes begin at a multiple of ALIGN, so that no load reaches over two lines */
} Bins;

static const char BINS[] = "cleanbody.bins";

/* -- rows as bytes ------------------------------------------------------------------------------------------------- */

static void bins_free(Bins *b) {
    if (!b) return;
    Py_XDECREF(b->forest);
    PyMem_RawFree(b->unknown);
    PyMem_RawFree(b->memory);
    PyMem_RawFree(b);
}

static void bins_done(PyObject *capsule) { bins_free(PyCapsule_GetPointer(capsule, BINS)); }

static int8_t *plane_of(const Bins *b, Py_ssize_t column, int second) {
    return b->planes + (2 * column + second) * b->stride;
}

/* How many edges are below each of some values, less 128: side by side, which is faster than any search as long as the
   edges are few. NaN is above none. */
INLINED int bin_lanes(const double *x, const double *edge, int count, int8_t *bin) {
    int any = 0;
#if defined(__GNUC__)
    Doubles a, b, c, d; /* by name, as an array would be kept in memory */
    memcpy(&a, x, sizeof a);
    memcpy(&b, x + 4, sizeof b);
    memcpy(&c, x + 8, sizeof c);
    memcpy(&d, x + 12, sizeof d);
    Longs in_a = {0}, in_b = {0}, in_c = {0}, in_d = {0}, unknown = (a != a) | (b != b) | (c != c) | (d != d);
    for (int e = 0; e < count; e++) {
        Doubles limit = {edge[e], edge[e], edge[e], edge[e]};
        in_a -= limit < a;
        in_b -= limit < b;
        in_c -= limit < c;
        in_d -= limit < d;
    }
    Longs packed = in_a | in_b << 8 | in_c << 16 | in_d << 24;
    for (int i = 0; i < 4; i++) {
        uint32_t four = (uint32_t)packed[i] ^ 0x80808080u; /* less 128 */
        bin[i] = (int8_t)(uint8_t)four;
        bin[i + 4] = (int8_t)(uint8_t)(four >> 8);
        bin[i + 8] = (int8_t)(uint8_t)(four >> 16);
        bin[i + 12] = (int8_t)(uint8_t)(four >> 24);
        any |= unknown[i] != 0;
    }
#else
    for (int i = 0; i < GROUP; i++) {
        bin[i] = (int8_t)(edges_below(edge, count, x[i]) - 128);
        any |= x[i] != x[i];
    }
#endif
    return any;
}

INLINED int bin_rows(const double *x, Py_ssize_t rows, const double *edge, int count, int8_t *plane) {
    double rest[GROUP] = {0};
    int8_t bin[GROUP];
    int unknown = 0;
    Py_ssize_t i = 0;
    if (count > FEW_EDGES) {
        for (; i < rows; i++) {
            plane[i] = (int8_t)(edges_below(edge, count, x[i]) - 128);
            unknown |= x[i] != x[i];
        }
        return unknown;
    }
    for (; i + GROUP <= rows; i += GROUP) unknown |= bin_lanes(x + i, edge, count, plane + i);
    if (i == rows) return unknown;
    memcpy(rest, x + i, sizeof *x * (size_t)(rows - i));
    unknown |= bin_lanes(rest, edge, count, bin);
    memcpy(plane + i, bin, (size_t)(rows - i));
    return unknown;
}

static int bin_rows_anywhere(const double *x, Py_ssize_t rows, const double *edge, int count, int8_t *plane) {
    int unknown = 0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        plane[i] = i && x[i] == x[i - 1] ? plane[i - 1] : (int8_t)(edges_below(edge, count, x[i]) - 128);
        unknown |= x[i] != x[i];
    }
    return unknown;
}

#if defined(NEWER)
NEWER static int bin_rows_newer(const double *x, Py_ssize_t rows, const double *edge, int count, int8_t *plane) {
    return bin_rows(x, rows, edge, count, plane);
}
#endif

/* Many columns hold one value: nothing but this page's, or none at all. */
static int is_constant(const double *x, Py_ssize_t rows) {
    return rows > 1 && x[0] == x[1] && !memcmp(x, x + 1, sizeof *x * (size_t)(rows - 1));
}

static int bin_values(const double *x, Py_ssize_t rows, const double *edge, int count, int8_t *plane) {
    if (is_constant(x, rows)) {
        memset(plane, edges_below(edge, count, x[0]) - 128, (size_t)rows);
        return 0;
    }
#if defined(NEWER)
    if (IS_NEWER) return bin_rows_newer(x, rows, edge, count, plane);
#endif
    return bin_rows_anywhere(x, rows, edge, count, plane);
}

static void bin_column(Bins *b, Py_ssize_t column, const double *x, const double *edge, int count) {
    int8_t *plane = plane_of(b, column, 0), *other = plane_of(b, column, 1);
    int unknown = bin_values(x, b->rows, edge, count, plane);
    memset(plane + b->rows, 0, (size_t)(b->stride - b->rows));
    b->unknown[column] = (uint8_t)unknown;
    if (!unknown) return;
    for (Py_ssize_t i = 0; i < b->rows; i++) other[i] = x[i] != x[i] ? 127 : plane[i];
    memset(other + b->rows, 0, (size_t)(b->stride - b->rows));
}

/* One column out of a tuple. */
static int bin_one(const Forest *f, Bins *b, Py_ssize_t c, PyObject *array) {
    const uint32_t *at = &f->edge_at[b->first + c];
    if (at[0] == at[1]) return 0; /* no tree looks at it */
    Py_buffer view;
    if (PyObject_GetBuffer(array, &view, PyBUF_FORMAT) < 0) return -1;
    int fits = view.itemsize == sizeof(double) && view.len >= b->rows * view.itemsize;
    if (fits) bin_column(b, c, view.buf, f->edge + at[0], (int)(at[1] - at[0]));
    PyBuffer_Release(&view);
    if (!fits) PyErr_SetString(PyExc_ValueError, "bins: a column is too short, or has items of another size");
    return fits ? 0 : -1;
}

/* Columns that stand behind one another in one array. */
static int bin_flat(const Forest *f, Bins *b, const double *x) {
    for (Py_ssize_t c = 0; c < b->count; c++) {
        const uint32_t *at = &f->edge_at[b->first + c];
        if (at[0] != at[1]) bin_column(b, c, x + c * b->rows, f->edge + at[0], (int)(at[1] - at[0]));
    }
    return 0;
}

static Bins *bins_new(PyObject *forest, Py_ssize_t first, Py_ssize_t count, Py_ssize_t rows) {
    Bins *b = PyMem_RawCalloc(1, sizeof *b);
    if (!b) return (Bins *)PyErr_NoMemory();
    *b = (Bins){Py_NewRef(forest), first, count, rows, (rows + LANES - 1) / LANES * LANES, NULL, NULL, NULL};
    b->unknown = PyMem_RawCalloc((size_t)count + 1, 1);
    b->memory = PyMem_RawMalloc((size_t)b->stride * 2 * (size_t)count + ALIGN);
    b->planes = b->memory + (ALIGN - (uintptr_t)b->memory % ALIGN) % ALIGN;
    if (b->unknown && b->memory) return b;
    bins_free(b);
    return (Bins *)PyErr_NoMemory();
}

static PyObject *native_bins(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *columns, *made = NULL;
    Py_ssize_t first, rows;
    if (!PyArg_ParseTuple(args, "OOnn", &capsule, &columns, &first, &rows)) return NULL;
    const Forest *f = PyCapsule_GetPointer(capsule, FOREST);
    if (!f) return NULL;
    Views views;
    views.count = 0;
    const double *flat = NULL;
    if (!PyTuple_Check(columns) && !(flat = views_get(&views, columns, sizeof *flat, 0, 0))) goto done;
    Py_ssize_t count = !flat ? PyTuple_GET_SIZE(columns) : rows > 0 ? views.items[0].len / 8 / rows : 0;
    if (first < 0 || rows < 0 || rows > 1 << 28 || first > f->width || count > f->width - first) {
        PyErr_Format(PyExc_ValueError, "bins: %zd columns of %zd rows from %zd on", count, rows, first);
        goto done;
    }
    Bins *b = bins_new(capsule, first, count, rows);
    if (!b) goto done;
    int result = flat ? bin_flat(f, b, flat) : 0;
    for (Py_ssize_t c = 0; !flat && rows && c < count && result == 0; c++)
        result = bin_one(f, b, c, PyTuple_GET_ITEM(columns, c));
    if (result < 0 || !(made = PyCapsule_New(b, BINS, bins_done))) bins_free(b);
done:
    views_release(&views);
    return made;
}

/* -- scores -------------------------------------------------------------------------------------------------------- */

#if defined(NEWER)
typedef int8_t Vector __attribute__((vector_size(32)));
typedef uint64_t Eights __attribute__((vector_size(32)));

/* The leaves of one plane that are still to be had, for rows side by side. */
INLINED void prune_wide(const Cut *cut, const Cut *end, const int8_t *const *planes, int half, uint8_t *live) {
    Vector a = {0}, b = {0}, x, y; /* the leaves that are lost; `half`: the second half of the rows is not there */
    for (; cut < end; cut++) {
        Vector limit = (Vector)((Eights){0} + cut->limit), lost = (Vector)((Eights){0} + cut->lost);
        const int8_t *plane = planes[cut->plane];
        memcpy(&x, plane, sizeof x);
        a |= (x > limit) & lost;
        if (half) continue;
        memcpy(&y, plane + LANES / 2, sizeof y);
        b |= (y > limit) & lost;
    }
    a = ~a;
    b = ~b;
    memcpy(live, &a, sizeof a);
    if (!half) memcpy(live + LANES / 2, &b, sizeof b);
}
#endif

#if defined(__GNUC__)
typedef int8_t Short __attribute__((vector_size(16)));
typedef uint64_t Pair __attribute__((vector_size(16)));

/* The same in narrow vectors, which every processor has that has any. */
INLINED void prune(const Cut *cut, const Cut *end, const int8_t *const *planes, int half, uint8_t *live) {
    Short all = (Short)(Pair){~UINT64_C(0), ~UINT64_C(0)}, a = all, b = all, c = all, d = all, x[4];
    for (; cut < end; cut++) {
        Short limit = (Short)(Pair){cut->limit, cut->limit}, lost = (Short)(Pair){cut->lost, cut->lost};
        memcpy(x, planes[cut->plane], sizeof x);
        a &= ~((x[0] > limit) & lost);
        b &= ~((x[1] > limit) & lost);
        if (half) continue;
        c &= ~((x[2] > limit) & lost);
        d &= ~((x[3] > limit) & lost);
    }
    memcpy(live, &a, 16);
    memcpy(live + 16, &b, 16);
    memcpy(live + 32, &c, 16);
    memcpy(live + 48, &d, 16);
}
#else
INLINED void prune(const Cut *cut, const Cut *end, const int8_t *const *planes, int half, uint8_t *live) {
    memset(live, 255, LANES);
    for (; cut < end; cut++) {
        const int8_t *x = planes[cut->plane], limit = (int8_t)(uint8_t)cut->limit;
        uint8_t lost = (uint8_t)cut->lost;
        for (int i = 0; i < LANES >> half; i++) live[i] &= (uint8_t)(x[i] > limit ? ~lost : 255);
    }
}
#endif

#if defined(NEWER)
#define PRUNE(wide, ...) ((wide) ? prune_wide(__VA_ARGS__) : prune(__VA_ARGS__))
#else
#define PRUNE(wide, ...) prune(__VA_ARGS__)
#endif

INLINED void grade_rows(const Forest *f, const Ensemble *e, const int8_t *const *planes, int count, int half, int wide,
                        double *out) {
    uint8_t live[PLANES][LANES];
    uint32_t word[LANES];
    double sum[LANES];
    memcpy(sum, out, sizeof(double) * (size_t)count);
    for (Py_ssize_t k = e->begin; k < e->end; k++) {
        const Tree *t = &f->tree[k];
        for (int p = 0; p < PLANES; p++)
            PRUNE(wide, f->cut + t->cuts[p], f->cut + t->cuts[p + 1], planes, half, live[p]);
        for (int i = 0; i < LANES >> half; i++)
            word[i] = (uint32_t)live[0][i] | (uint32_t)live[1][i] << 8 | (uint32_t)live[2][i] << 16 |
                      (uint32_t)live[3][i] << 24;
        for (int i = 0; i < count; i++) sum[i] += t->value[low_bit(word[i])];
    }
    memcpy(out, sum, sizeof(double) * (size_t)count);
}

/* All rows; `planes` are used up. */
INLINED void grade_all(const Forest *f, const Ensemble *e, const int8_t **planes, Py_ssize_t rows, int wide,
                       double *out) {
    for (Py_ssize_t row = 0; row < rows; row += LANES) {
        if (rows - row <= LANES / 2)
            grade_rows(f, e, planes, (int)(rows - row), 1, wide, out + row);
        else
            grade_rows(f, e, planes, rows - row < LANES ? (int)(rows - row) : LANES, 0, wide, out + row);
        for (Py_ssize_t c = 0; row + LANES < rows && c < e->width * 2; c++) planes[c] += LANES;
    }
}

static void grade_anywhere(const Forest *f, const Ensemble *e, const int8_t **planes, Py_ssize_t rows, double *out) {
    grade_all(f, e, planes, rows, 0, out);
}

#if defined(NEWER)
NEWER static void grade_newer(const Forest *f, const Ensemble *e, const int8_t **planes, Py_ssize_t rows, double *out) {
    grade_all(f, e, planes, rows, 1, out);
}
#endif

static void grade(const Forest *f, const Ensemble *e, const int8_t **planes, Py_ssize_t rows, double *out) {
#if defined(NEWER)
    if (IS_NEWER) {
        grade_newer(f, e, planes, rows, out);
        return;
    }
#endif
    grade_anywhere(f, e, planes, rows, out);
}

/* Where each plane of each column is, over the parts in which the columns come; NULL where none is needed. */
static const int8_t **find_planes(PyObject *forest, Py_ssize_t width, PyObject *parts, Py_ssize_t rows) {
    const int8_t **planes = PyMem_RawCalloc((size_t)width * 2 + 1, sizeof *planes);
    if (!planes) return (const int8_t **)PyErr_NoMemory();
    Py_ssize_t known = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parts); i++) {
        const Bins *b = PyCapsule_GetPointer(PyTuple_GET_ITEM(parts, i), BINS);
        if (!b) goto failed;
        if (b->forest != forest || b->first != known || b->rows != rows) break;
        for (Py_ssize_t c = 0; c < b->count && known < width; c++, known++)
            for (int second = 0; second < 2; second++)
                planes[2 * known + second] = plane_of(b, c, second && b->unknown[c]);
    }
    if (known >= width) return planes;
    PyErr_SetString(PyExc_ValueError, "grade: the columns are not all there");
failed:
    PyMem_RawFree((void *)planes);
    return NULL;
}

static PyObject *native_grade(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *parts, *array, *result = NULL;
    Py_ssize_t number;
    if (!PyArg_ParseTuple(args, "OnO!O", &capsule, &number, &PyTuple_Type, &parts, &array)) return NULL;
    const Forest *f = PyCapsule_GetPointer(capsule, FOREST);
    if (!f) return NULL;
    if (number < 0 || number >= f->count) return PyErr_Format(PyExc_ValueError, "grade: no ensemble %zd", number);
    const Ensemble *e = &f->ensembles[number];
    Views views;
    views.count = 0;
    double *out = views_get(&views, array, sizeof *out, 0, 1);
    if (!out) goto done;
    Py_ssize_t rows = views.items[0].len / (Py_ssize_t)sizeof *out;
    const int8_t **planes = find_planes(capsule, e->width, parts, rows);
    if (!planes) goto done;
    Py_BEGIN_ALLOW_THREADS
    grade(f, e, planes, rows, out);
    Py_END_ALLOW_THREADS
    PyMem_RawFree((void *)planes);
    result = Py_NewRef(Py_None);
done:
    views_release(&views);
    return result;
}

PyDoc_STRVAR(bins_doc,
"bins(forest, columns, first, rows)\n--\n\n"
"Columns of `rows` doubles as bytes, the first of them being the forest's column `first`.");
PyDoc_STRVAR(grade_doc,
"grade(forest, number, parts, out)\n--\n\n"
"Add the values of the trees of ensemble `number` to `out`, row by row; `parts` are all columns, as bins.");

PyMethodDef grade_methods[] = {
    {"bins", native_bins, METH_VARARGS, bins_doc},
    {"grade", native_grade, METH_VARARGS, grade_doc},
    {NULL, NULL, 0, NULL},
};
