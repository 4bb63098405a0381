/* The scores of rows. Twin: cleanbody.model.score_rows; forest.c tells how. */

#include "forest.h"

#if defined(__GNUC__)
typedef int8_t Vector __attribute__((vector_size(16)));
typedef uint64_t Pair __attribute__((vector_size(16)));

static Vector load(const int8_t *from) {
    Vector v;
    memcpy(&v, from, sizeof v);
    return v;
}

/* The leaves of one plane that are still to be had, for rows side by side. */
static void prune(const Cut *cut, const Cut *end, const int8_t *const *planes, uint8_t *live) {
    Vector a = (Vector)(Pair){~UINT64_C(0), ~UINT64_C(0)}, b = a;
    for (; cut < end; cut++) {
        const int8_t *x = planes[cut->plane];
        Vector limit = (Vector)(Pair){cut->limit, cut->limit}, lost = (Vector)(Pair){cut->lost, cut->lost};
        a &= ~((load(x) > limit) & lost);
        b &= ~((load(x + 16) > limit) & lost);
    }
    memcpy(live, &a, 16);
    memcpy(live + 16, &b, 16);
}
#else
static void prune(const Cut *cut, const Cut *end, const int8_t *const *planes, uint8_t *live) {
    memset(live, 255, LANES);
    for (; cut < end; cut++) {
        const int8_t *x = planes[cut->plane], limit = (int8_t)(uint8_t)cut->limit;
        uint8_t lost = (uint8_t)cut->lost;
        for (int i = 0; i < LANES; i++) live[i] &= (uint8_t)(x[i] > limit ? ~lost : 255);
    }
}
#endif

static void grade_rows(const Forest *f, const Ensemble *e, const int8_t *const *planes, int count, double *out) {
    uint8_t live[PLANES][LANES];
    uint32_t word[LANES];
    double sum[LANES];
    memcpy(sum, out, sizeof(double) * (size_t)count);
    for (Py_ssize_t k = e->begin; k < e->end; k++) {
        const Tree *t = &f->tree[k];
        for (int p = 0; p < PLANES; p++) prune(f->cut + t->cuts[p], f->cut + t->cuts[p + 1], planes, live[p]);
        for (int i = 0; i < LANES; i++)
            word[i] = (uint32_t)live[0][i] | (uint32_t)live[1][i] << 8 | (uint32_t)live[2][i] << 16 |
                      (uint32_t)live[3][i] << 24;
        for (int i = 0; i < count; i++) sum[i] += t->value[low_bit(word[i])];
    }
    memcpy(out, sum, sizeof(double) * (size_t)count);
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

PyObject *native_grade(PyObject *self, PyObject *args) {
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
    for (Py_ssize_t row = 0; row < rows; row += LANES) {
        grade_rows(f, e, planes, rows - row < LANES ? (int)(rows - row) : LANES, out + row);
        for (Py_ssize_t c = 0; c < e->width * 2; c++) planes[c] += LANES;
    }
    Py_END_ALLOW_THREADS
    PyMem_RawFree((void *)planes);
    result = Py_NewRef(Py_None);
done:
    views_release(&views);
    return result;
}
