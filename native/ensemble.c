/* The loop over the trees of an ensemble. Twin: cleanbody.model.score_rows. */

#include "native.h"

enum { LANES = 8 }; /* rows that walk a tree side by side, so that their loads overlap */

typedef struct {
    const uint16_t *feature, *left, *right;
    const uint8_t *nan_left;
    const double *threshold, *value;
    const uint32_t *root;
    Py_ssize_t trees, nodes;
} Trees;

static uint32_t step(const Trees *t, uint32_t root, uint32_t node, double v) {
    int go_left = v <= t->threshold[node] || (v != v && t->nan_left[node]);
    return root + (go_left ? t->left[node] : t->right[node]);
}

/* Rows of one batch: x is row-major, width doubles a row. Sums are made tree by tree, as in the twin. */
static void score_batch(const Trees *t, const double *x, Py_ssize_t width, int count, double *out) {
    for (Py_ssize_t k = 0; k < t->trees; k++) {
        uint32_t root = t->root[k], node[LANES];
        int moved = 1;
        for (int i = 0; i < count; i++) node[i] = root;
        while (moved) {
            moved = 0;
            for (int i = 0; i < count; i++) {
                uint32_t next = step(t, root, node[i], x[i * width + t->feature[node[i]]]);
                moved |= next != node[i];
                node[i] = next;
            }
        }
        for (int i = 0; i < count; i++) out[i] += t->value[node[i]];
    }
}

static int check(const Trees *t, Py_ssize_t width) {
    for (Py_ssize_t k = 0; k < t->trees; k++) {
        Py_ssize_t begin = t->root[k], end = k + 1 < t->trees ? t->root[k + 1] : t->nodes;
        if (begin >= end || end > t->nodes) return 0;
        for (Py_ssize_t n = begin; n < end; n++) {
            Py_ssize_t l = begin + t->left[n], r = begin + t->right[n];
            if (t->feature[n] >= width || l >= end || r >= end) return 0;
            if (l == n ? r != n : (l <= n || r <= n)) return 0; /* leaves point at themselves, others go on */
        }
    }
    return 1;
}

static int view(PyObject *object, Py_buffer *buffer, Py_ssize_t itemsize, int flags) {
    if (PyObject_GetBuffer(object, buffer, flags | PyBUF_FORMAT) < 0) return 0;
    if (buffer->itemsize == itemsize) return 1;
    PyBuffer_Release(buffer);
    PyErr_SetString(PyExc_TypeError, "score: an array has items of another size");
    return 0;
}

static PyObject *native_score(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *columns, *objects[8];
    if (!PyArg_ParseTuple(args, "O!OOOOOOOO", &PyTuple_Type, &columns, &objects[0], &objects[1], &objects[2],
                          &objects[3], &objects[4], &objects[5], &objects[6], &objects[7]))
        return NULL;
    static const Py_ssize_t sizes[8] = {2, 2, 2, 1, 8, 8, 4, 8};
    Py_buffer views[8], *cols = NULL;
    double *x = NULL;
    PyObject *result = NULL;
    Py_ssize_t width = PyTuple_GET_SIZE(columns), got = 0, opened = 0;
    for (; got < 8; got++)
        if (!view(objects[got], &views[got], sizes[got], got == 7 ? PyBUF_WRITABLE : PyBUF_SIMPLE)) goto done;
    cols = PyMem_Calloc(width ? width : 1, sizeof(Py_buffer));
    x = PyMem_Malloc(sizeof(double) * LANES * (width ? width : 1));
    if (!cols || !x) { PyErr_NoMemory(); goto done; }
    Py_ssize_t rows = views[7].len / 8;
    for (; opened < width; opened++) {
        if (!view(PyTuple_GET_ITEM(columns, opened), &cols[opened], 8, PyBUF_SIMPLE)) goto done;
        if (cols[opened].len < rows * 8) {
            PyErr_SetString(PyExc_ValueError, "score: a column has fewer rows than the result");
            opened++;
            goto done;
        }
    }
    Trees t = {views[0].buf, views[1].buf, views[2].buf, views[3].buf, views[4].buf, views[5].buf, views[6].buf,
               views[6].len / 4, views[5].len / 8};
    for (int i = 0; i < 6; i++)
        if (views[i].len / sizes[i] != t.nodes) {
            PyErr_SetString(PyExc_ValueError, "score: arrays differ in length");
            goto done;
        }
    if (!check(&t, width)) {
        PyErr_SetString(PyExc_ValueError, "score: the trees point outside themselves");
        goto done;
    }
    double *out = views[7].buf;
    Py_BEGIN_ALLOW_THREADS
    for (Py_ssize_t row = 0; row < rows; row += LANES) {
        int count = rows - row < LANES ? (int)(rows - row) : LANES;
        for (Py_ssize_t c = 0; c < width; c++) {
            const double *column = cols[c].buf;
            for (int i = 0; i < count; i++) x[i * width + c] = column[row + i];
        }
        score_batch(&t, x, width, count, out + row);
    }
    Py_END_ALLOW_THREADS
    result = Py_NewRef(Py_None);
done:
    for (Py_ssize_t i = 0; i < opened; i++) PyBuffer_Release(&cols[i]);
    for (Py_ssize_t i = 0; i < got; i++) PyBuffer_Release(&views[i]);
    PyMem_Free(cols);
    PyMem_Free(x);
    return result;
}

PyDoc_STRVAR(score_doc,
"score(columns, feature, left, right, nan_left, threshold, value, root, out)\n--\n\n"
"Add each tree's value to `out`, row by row; see cleanbody.model.score_rows.");

PyMethodDef ensemble_methods[] = {
    {"score", native_score, METH_VARARGS, score_doc},
    {NULL, NULL, 0, NULL},
};
