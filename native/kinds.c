/* The likeliest kind of each dropped block. Twin: cleanbody.naming._likeliest_rows. */

#include "native.h"

#include <math.h>

enum { MAX_KINDS = 64 };

typedef struct {
    Py_ssize_t rows, kinds, blocks, hints;
    const double *score;   /* of each kind all rows */
    const int32_t *row;    /* block of each row, ascending */
    const int16_t *named;  /* of each block the kind that a rule gives it; less than 0: none */
    const uint8_t *rank;   /* of each kind: of two that are as likely the one that ranks higher is taken */
    const int32_t *hint;   /* of each row which hints it has */
    const double *times;   /* of each hint what the odds of each kind are multiplied by */
    double doubt, neighbour;
    double *share;         /* of each row all kinds */
    int32_t *place;        /* of each block its row; -1: none */
} Kinds;

/* Twin: naming._softmax. */
static void find_shares(const Kinds *k, Py_ssize_t row) {
    double top = k->score[row], total = 0.0, *share = k->share + row * k->kinds;
    for (Py_ssize_t i = 1; i < k->kinds; i++) {
        double x = k->score[i * k->rows + row];
        top = x > top ? x : top;
    }
    for (Py_ssize_t i = 0; i < k->kinds; i++) total += share[i] = exp(k->score[i * k->rows + row] - top);
    for (Py_ssize_t i = 0; i < k->kinds; i++) {
        double x = share[i] / total;
        share[i] = k->doubt > x ? k->doubt : x;
    }
}

/* How much of kind i the block is, if it is dropped: 0 if nothing is known of it. */
static double share_of(const Kinds *k, Py_ssize_t block, Py_ssize_t i) {
    if (block < 0 || block >= k->blocks) return 0.0;
    if (k->named[block] >= 0) return k->doubt + (k->named[block] == i ? 1.0 : 0.0);
    return k->place[block] >= 0 ? k->share[k->place[block] * k->kinds + i] : 0.0;
}

static void choose(const Kinds *k, Py_ssize_t row, uint8_t *best, double *probability) {
    double most = 0.0, total = 0.0;
    Py_ssize_t found = -1;
    for (Py_ssize_t i = 0; i < k->kinds; i++) {
        double around = 1.0, before = share_of(k, (Py_ssize_t)k->row[row] - 1, i);
        double behind = share_of(k, (Py_ssize_t)k->row[row] + 1, i);
        if (before != 0.0) around *= before;
        if (behind != 0.0) around *= behind;
        double odds = k->share[row * k->kinds + i] * pow(around, k->neighbour);
        odds *= k->times[k->hint[row] * k->kinds + i];
        total += odds;
        if (found < 0 || odds > most || (odds == most && k->rank[i] > k->rank[found])) {
            most = odds;
            found = i;
        }
    }
    *best = (uint8_t)found;
    *probability = most / total;
}

static int place_rows(const Kinds *k) {
    for (Py_ssize_t i = 0; i < k->blocks; i++) k->place[i] = -1;
    for (Py_ssize_t i = 0; i < k->rows; i++) {
        if (k->row[i] < 0 || k->row[i] >= k->blocks) {
            PyErr_SetString(PyExc_ValueError, "kinds: no such block");
            return -1;
        }
        if (k->hint[i] < 0 || k->hint[i] >= k->hints) {
            PyErr_SetString(PyExc_ValueError, "kinds: no such hint");
            return -1;
        }
        k->place[k->row[i]] = (int32_t)i;
    }
    return 0;
}

static PyObject *native_kinds(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *in[6], *out[2], *result = NULL;
    Kinds k = {.rows = 0};
    if (!PyArg_ParseTuple(args, "OOOO(OO)(dd)(OO)", &in[0], &in[1], &in[2], &in[3], &in[4], &in[5], &k.doubt,
                          &k.neighbour, &out[0], &out[1]))
        return NULL;
    Views views;
    views.count = 0;
    if (!(k.row = views_get(&views, in[1], 4, 0, 0)) || !(k.named = views_get(&views, in[2], 2, 0, 0)) ||
        !(k.rank = views_get(&views, in[3], 1, 1, 0)) || !(k.times = views_get(&views, in[5], 8, 0, 0)))
        goto done;
    k.rows = views.items[0].len / 4;
    k.blocks = views.items[1].len / 2;
    k.kinds = views.items[2].len;
    if (k.kinds > MAX_KINDS || k.rows > INT32_MAX / MAX_KINDS) {
        PyErr_SetString(PyExc_ValueError, "kinds: too many");
        goto done;
    }
    k.hints = views.items[3].len / 8 / k.kinds;
    k.share = PyMem_Malloc(sizeof *k.share * (size_t)(k.rows * k.kinds + 1));
    k.place = PyMem_Malloc(sizeof *k.place * ((size_t)k.blocks + 1));
    if (!k.share || !k.place) {
        PyErr_NoMemory();
        goto done;
    }
    k.score = views_get(&views, in[0], 8, k.rows * k.kinds, 0);
    k.hint = k.score ? views_get(&views, in[4], 4, k.rows, 0) : NULL;
    uint8_t *best = k.hint ? views_get(&views, out[0], 1, k.rows, 1) : NULL;
    double *probability = best ? views_get(&views, out[1], 8, k.rows, 1) : NULL;
    if (!probability || place_rows(&k) < 0) goto done;
    for (Py_ssize_t row = 0; row < k.rows; row++) find_shares(&k, row);
    for (Py_ssize_t row = 0; row < k.rows; row++) choose(&k, row, best + row, probability + row);
    result = Py_NewRef(Py_None);
done:
    views_release(&views);
    PyMem_Free(k.share);
    PyMem_Free(k.place);
    return result;
}

PyDoc_STRVAR(kinds_doc,
"kinds(scores, rows, named, rank, (hint, times), (doubt, neighbour), (best, probability))\n--\n\n"
"The likeliest kind of rows, and its probability. See cleanbody.naming.name_kinds.");

PyMethodDef kinds_methods[] = {
    {"kinds", native_kinds, METH_VARARGS, kinds_doc},
    {NULL, NULL, 0, NULL},
};
