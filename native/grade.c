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
#include <immintrin.h>
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

static int bin_rows_anywhere(const double *x, Py_ssize_t rows, const double *edge, int count, int8_t *plane) {
    int unknown = 0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        plane[i] = i && x[i] == x[i - 1] ? plane[i - 1] : (int8_t)(edges_below(edge, count, x[i]) - 128);
        unknown |= x[i] != x[i];
    }
    return unknown;
}

#if defined(NEWER)
/* How many edges are below each of sixteen values, less 128: side by side, which is faster than any search as long as
   the edges are few, unless all values are the same. NaN is above none. Returns whether one of them is NaN. */
NEWER INLINED int bin_lanes(const double *x, const double *edge, int count, int8_t *bin) {
    __m256d first = _mm256_set1_pd(x[0]), a = _mm256_loadu_pd(x), b = _mm256_loadu_pd(x + 4);
    __m256d c = _mm256_loadu_pd(x + 8), d = _mm256_loadu_pd(x + 12);
    __m256d same = _mm256_and_pd(_mm256_cmp_pd(a, first, _CMP_EQ_OQ), _mm256_cmp_pd(b, first, _CMP_EQ_OQ));
    same = _mm256_and_pd(same, _mm256_cmp_pd(c, first, _CMP_EQ_OQ));
    same = _mm256_and_pd(same, _mm256_cmp_pd(d, first, _CMP_EQ_OQ));
    if (_mm256_movemask_pd(same) == 15) {
        memset(bin, edges_below(edge, count, x[0]) - 128, GROUP);
        return 0;
    }
    __m256i in_a = _mm256_setzero_si256(), in_b = in_a, in_c = in_a, in_d = in_a;
    for (int e = 0; e < count; e++) {
        __m256d limit = _mm256_set1_pd(edge[e]);
        in_a = _mm256_sub_epi64(in_a, _mm256_castpd_si256(_mm256_cmp_pd(limit, a, _CMP_LT_OQ)));
        in_b = _mm256_sub_epi64(in_b, _mm256_castpd_si256(_mm256_cmp_pd(limit, b, _CMP_LT_OQ)));
        in_c = _mm256_sub_epi64(in_c, _mm256_castpd_si256(_mm256_cmp_pd(limit, c, _CMP_LT_OQ)));
        in_d = _mm256_sub_epi64(in_d, _mm256_castpd_si256(_mm256_cmp_pd(limit, d, _CMP_LT_OQ)));
    }
    in_a = _mm256_or_si256(in_a, _mm256_slli_epi64(in_b, 8));
    in_c = _mm256_or_si256(_mm256_slli_epi64(in_c, 16), _mm256_slli_epi64(in_d, 24));
    /* Of each half two values of a, of b, of c and of d, which belong side by side. */
    const __m256i order = _mm256_setr_epi8(0, 8, -1, -1, 1, 9, -1, -1, 2, 10, -1, -1, 3, 11, -1, -1,
                                           -1, -1, 0, 8, -1, -1, 1, 9, -1, -1, 2, 10, -1, -1, 3, 11);
    __m256i halves = _mm256_shuffle_epi8(_mm256_or_si256(in_a, in_c), order);
    __m128i all = _mm_or_si128(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    _mm_storeu_si128((__m128i *)bin, _mm_xor_si128(all, _mm_set1_epi8(-128)));
    __m256d unknown = _mm256_or_pd(_mm256_cmp_pd(a, b, _CMP_UNORD_Q), _mm256_cmp_pd(c, d, _CMP_UNORD_Q));
    return !!_mm256_movemask_pd(unknown);
}

NEWER static int bin_rows_newer(const double *x, Py_ssize_t rows, const double *edge, int count, int8_t *plane) {
    double rest[GROUP] = {0};
    int8_t bin[GROUP];
    int unknown = 0;
    Py_ssize_t i = 0;
    if (count > FEW_EDGES) return bin_rows_anywhere(x, rows, edge, count, plane);
    for (; i + GROUP <= rows; i += GROUP) unknown |= bin_lanes(x + i, edge, count, plane + i);
    if (i == rows) return unknown;
    memcpy(rest, x + i, sizeof *x * (size_t)(rows - i));
    unknown |= bin_lanes(rest, edge, count, bin);
    memcpy(plane + i, bin, (size_t)(rows - i));
    return unknown;
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

enum { WIDE = LANES / 4, TOGETHER = 4 }; /* rows of a part, of which up to four are done at once; trees, too */

#if defined(NEWER)
typedef int8_t Vector __attribute__((vector_size(32)));
typedef uint64_t Eights __attribute__((vector_size(32)));

/* The leaves of one plane that are still to be had, for rows side by side. By name, as an array would be kept in
   memory. */
INLINED void prune_wide(const Cut *cut, const Cut *end, const int8_t *const *planes, int parts, uint8_t *live) {
    Vector a = {0}, b = {0}, c = {0}, d = {0}, x; /* the leaves that are lost */
#define LOSE(part, of)                                                                                                 \
    if (parts > (part)) {                                                                                              \
        memcpy(&x, plane + (part) * WIDE, sizeof x);                                                                   \
        (of) |= ~(least > x) & lost;                                                                                   \
    }
#define KEEP(part, of)                                                                                                 \
    if (parts > (part)) {                                                                                              \
        (of) = ~(of);                                                                                                  \
        memcpy(live + (part) * WIDE, &(of), WIDE);                                                                     \
    }
    for (; cut < end; cut++) {
        Vector least = (Vector)((Eights){0} + cut->least), lost = (Vector)((Eights){0} + cut->lost);
        const int8_t *plane = planes[cut->plane];
        LOSE(0, a) LOSE(1, b) LOSE(2, c) LOSE(3, d)
    }
    KEEP(0, a) KEEP(1, b) KEEP(2, c) KEEP(3, d)
}
#endif

#if defined(__GNUC__)
typedef int8_t Short __attribute__((vector_size(16)));
typedef uint64_t Pair __attribute__((vector_size(16)));

/* The same in narrow vectors, which every processor has that has any, two parts at a time. */
INLINED void prune(const Cut *cut, const Cut *end, const int8_t *const *planes, int parts, uint8_t *live) {
    for (int part = 0; part < parts; part += 2, live += 2 * WIDE) {
        Short lost[4] = {{0}}, x[4];
        size_t size = part + 1 < parts ? sizeof x : sizeof x / 2;
        for (const Cut *one = cut; one < end; one++) {
            Short least = (Short)(Pair){one->least, one->least}, costs = (Short)(Pair){one->lost, one->lost};
            const int8_t *plane = planes[one->plane] + part * WIDE;
            memcpy(x, plane, sizeof x / 2);
            lost[0] |= ~(least > x[0]) & costs;
            lost[1] |= ~(least > x[1]) & costs;
            if (size < sizeof x) continue;
            memcpy(x + 2, plane + WIDE, sizeof x / 2);
            lost[2] |= ~(least > x[2]) & costs;
            lost[3] |= ~(least > x[3]) & costs;
        }
        for (int i = 0; i < 4; i++) lost[i] = ~lost[i];
        memcpy(live, lost, size);
    }
}
#else
INLINED void prune(const Cut *cut, const Cut *end, const int8_t *const *planes, int parts, uint8_t *live) {
    memset(live, 255, LANES);
    for (; cut < end; cut++) {
        const int8_t *x = planes[cut->plane], least = (int8_t)(uint8_t)cut->least;
        uint8_t lost = (uint8_t)cut->lost;
        for (int i = 0; i < WIDE * parts; i++) live[i] &= (uint8_t)(x[i] >= least ? ~lost : 255);
    }
}
#endif

#if defined(NEWER)
#define PRUNE(wide, ...) ((wide) ? prune_wide(__VA_ARGS__) : prune(__VA_ARGS__))
#else
#define PRUNE(wide, ...) prune(__VA_ARGS__)
#endif

/* The leaves of a tree that are still to be had, for each row. */
INLINED void leaves_of(const Forest *f, const Tree *t, const int8_t *const *planes, int parts, int wide,
                       uint32_t *leaves) {
    uint8_t live[PLANES][LANES];
    for (int p = 0; p < PLANES; p++) PRUNE(wide, f->cut + t->cuts[p], f->cut + t->cuts[p + 1], planes, parts, live[p]);
    for (int i = 0; i < WIDE * parts; i++)
        leaves[i] = (uint32_t)live[0][i] | (uint32_t)live[1][i] << 8 | (uint32_t)live[2][i] << 16 |
                    (uint32_t)live[3][i] << 24;
}

INLINED void grade_rows(const Forest *f, const Ensemble *e, const int8_t *const *planes, int count, int parts, int wide,
                        double *out) {
    uint32_t leaves[TOGETHER][LANES];
    Py_ssize_t k = e->begin;
    for (; k + TOGETHER <= e->end; k += TOGETHER) {
        const Tree *t = &f->tree[k];
        for (int j = 0; j < TOGETHER; j++) leaves_of(f, t + j, planes, parts, wide, leaves[j]);
        for (int i = 0; i < count; i++) { /* one after the other, as the twin adds them */
            double sum = out[i] + t[0].value[low_bit(leaves[0][i])];
            sum += t[1].value[low_bit(leaves[1][i])];
            sum += t[2].value[low_bit(leaves[2][i])];
            out[i] = sum + t[3].value[low_bit(leaves[3][i])];
        }
    }
    for (; k < e->end; k++) {
        leaves_of(f, &f->tree[k], planes, parts, wide, leaves[0]);
        for (int i = 0; i < count; i++) out[i] += f->tree[k].value[low_bit(leaves[0][i])];
    }
}

/* All rows; `planes` are used up. */
INLINED void grade_all(const Forest *f, const Ensemble *e, const int8_t **planes, Py_ssize_t rows, int wide,
                       double *out) {
    for (Py_ssize_t row = 0; row < rows; row += LANES, out += LANES) {
        int count = rows - row < LANES ? (int)(rows - row) : LANES;
        if (count <= WIDE) grade_rows(f, e, planes, count, 1, wide, out);
        else if (count <= 2 * WIDE) grade_rows(f, e, planes, count, 2, wide, out);
        else if (count <= 3 * WIDE) grade_rows(f, e, planes, count, 3, wide, out);
        else grade_rows(f, e, planes, count, 4, wide, out);
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
