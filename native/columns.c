/* What the functions over columns share: their arguments, logarithms, stretches and distances. */

#include "columns.h"

double small_logs[LOGS];

void columns_setup(void) {
    for (int i = 0; i < LOGS; i++) small_logs[i] = i ? log1p((double)i) : 0.0;
}

void in_begin(In *in, PyObject *const *args, Py_ssize_t count) {
    in->views.count = 0;
    in->args = args;
    in->count = count;
    in->at = in->items = 0;
    in->failed = 0;
}

static PyObject *next(In *in) {
    if (in->failed) return NULL;
    if (in->at < in->count) return in->args[in->at++];
    PyErr_SetString(PyExc_TypeError, "too few arguments");
    in->failed = 1;
    return NULL;
}

void *in_items(In *in, Py_ssize_t itemsize, Py_ssize_t least, int writable) {
    PyObject *array = next(in);
    void *items = array ? views_get(&in->views, array, itemsize, least, writable) : NULL;
    in->failed |= !items;
    in->items = items ? in->views.items[in->views.count - 1].len / itemsize : 0;
    return items;
}

void in_columns(In *in, Py_ssize_t count, Py_ssize_t rows, double **out) {
    PyObject *columns = next(in);
    in->failed |= !columns || views_columns(&in->views, columns, count, rows, out, 1) < 0;
}

PyObject *in_object(In *in, PyTypeObject *type) {
    PyObject *object = next(in);
    if (!object || PyObject_TypeCheck(object, type)) return object;
    PyErr_Format(PyExc_TypeError, "a %.100s, not a %.100s", type->tp_name, Py_TYPE(object)->tp_name);
    in->failed = 1;
    return NULL;
}

double in_double(In *in) {
    PyObject *object = next(in);
    double value = object ? PyFloat_AsDouble(object) : 0.0;
    if (value == -1.0 && PyErr_Occurred()) in->failed = 1;
    return value;
}

long in_long(In *in, long low, long high) {
    PyObject *object = next(in);
    long value = object ? PyLong_AsLong(object) : low;
    if (value == -1 && PyErr_Occurred()) {
        in->failed = 1;
    } else if (value < low || value > high) {
        PyErr_Format(PyExc_ValueError, "%ld is not between %ld and %ld", value, low, high);
        in->failed = 1;
    }
    return in->failed ? low : value;
}

int in_end(In *in) {
    if (!in->failed && in->at < in->count) {
        PyErr_SetString(PyExc_TypeError, "too many arguments");
        in->failed = 1;
    }
    return !in->failed;
}

/* Both without a branch for each number: whatever is wrong leaves its sign in `signs`. */
int in_range(const long *numbers, Py_ssize_t count, long high) {
    unsigned long signs = 0, last = (unsigned long)high - 1;
    for (Py_ssize_t i = 0; i < count; i++) signs |= (unsigned long)numbers[i] | (last - (unsigned long)numbers[i]);
    if ((long)signs >= 0) return 1;
    PyErr_SetString(PyExc_ValueError, "a number points outside its columns");
    return 0;
}

int is_tree(const long *parent, Py_ssize_t count) {
    unsigned long signs = 0;
    for (Py_ssize_t c = 0; c < count; c++) {
        unsigned long above = (unsigned long)parent[c];
        signs |= (above + 1) | ((unsigned long)c - 1 - above);
    }
    if ((long)signs >= 0) return 1;
    PyErr_SetString(PyExc_ValueError, "a container stands before its parent");
    return 0;
}

Span best_stretch(const double *values, Py_ssize_t count) {
    Span best = {0, 0};
    double most = 0.0, running = 0.0;
    Py_ssize_t since = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        if (running <= 0.0) {
            running = 0.0;
            since = i;
        }
        running += values[i];
        if (running > most) {
            most = running;
            best = (Span){since, i + 1};
        }
    }
    return best;
}

void distances(const uint8_t *flags, Py_ssize_t count, double *since, double *until) {
    Py_ssize_t distance = count;
    for (Py_ssize_t i = 0; i < count; i++) {
        distance = distance < count ? distance + 1 : count;
        since[i] = (double)distance;
        if (flags[i]) distance = 0;
    }
    distance = count;
    for (Py_ssize_t i = count - 1; i >= 0; i--) {
        distance = distance < count ? distance + 1 : count;
        until[i] = (double)distance;
        if (flags[i]) distance = 0;
    }
}
