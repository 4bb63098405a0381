/* What the functions over columns share (columns.c). */

#ifndef CLEANBODY_COLUMNS_H
#define CLEANBODY_COLUMNS_H

#include "native.h"
#include <math.h>

/* The arguments of a call, taken one by one. Once one was wrong, an exception is set and all others are NULL or 0, so
   that `failed` need be asked only once, before the first is used. */
typedef struct {
    Views views;
    PyObject *const *args;
    Py_ssize_t count, at;
    Py_ssize_t items; /* of the array that was taken last */
    int failed;
} In;
void in_begin(In *in, PyObject *const *args, Py_ssize_t count);
void *in_items(In *in, Py_ssize_t itemsize, Py_ssize_t least, int writable);
void in_columns(In *in, Py_ssize_t count, Py_ssize_t rows, double **out);
PyObject *in_object(In *in, PyTypeObject *type);
double in_double(In *in);
long in_long(In *in, long low, long high); /* low <= it <= high */
int in_end(In *in);                        /* whether all went well and no argument is left */

static inline const double *in_doubles(In *in, Py_ssize_t least) { return in_items(in, sizeof(double), least, 0); }
static inline const long *in_longs(In *in, Py_ssize_t least) { return in_items(in, sizeof(long), least, 0); }
static inline const uint8_t *in_bytes(In *in, Py_ssize_t least) { return in_items(in, 1, least, 0); }
static inline double *out_doubles(In *in, Py_ssize_t least) { return in_items(in, sizeof(double), least, 1); }
static inline long *out_longs(In *in, Py_ssize_t least) { return in_items(in, sizeof(long), least, 1); }
static inline uint8_t *out_bytes(In *in, Py_ssize_t least) { return in_items(in, 1, least, 1); }

/* Whether 0 <= it < high for each of `count` numbers; an exception where not. */
int in_range(const long *numbers, Py_ssize_t count, long high);
/* Whether each container's parent stands before it; an exception where not. */
int is_tree(const long *parent, Py_ssize_t count);

/* log1p of whole numbers, which most distances and counts are; by the same libm, so to the same bit. */
enum { LOGS = 1024 };
extern double small_logs[LOGS];

/* cleanbody.features.region.signed_log */
static inline double signed_log(double x) {
    double size = fabs(x);
    int whole = size < LOGS ? (int)size : 0;
    return copysign((double)whole == size ? small_logs[whole] : log1p(size), x);
}

/* What is not 0, or 1: a divisor. */
static inline double or_one(double x) { return x == 0.0 ? 1.0 : x; }
/* As max(x, y) and min(x, y) of Python, the first where neither is greater. */
static inline double larger(double x, double y) { return y > x ? y : x; }
static inline double smaller(double x, double y) { return y < x ? y : x; }

typedef struct {
    Py_ssize_t begin, end;
} Span;
/* The interval with the greatest sum (cleanbody.features.region.best_stretch). */
Span best_stretch(const double *values, Py_ssize_t count);
/* Steps since the last true flag before each and until the next one (cleanbody.features.context.distances_since). */
void distances(const uint8_t *flags, Py_ssize_t count, double *since, double *until);
/* The container two above another, or the root where there are fewer. */
static inline long outer_of(const long *parent, long inner) {
    for (int i = 0; i < 2; i++) inner = parent[inner] > 0 ? parent[inner] : 0;
    return inner;
}

#define METHOD(name) {#name, (PyCFunction)(void (*)(void))native_##name, METH_FASTCALL, name##_doc}

#endif
