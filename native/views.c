/* Buffers of arrays that a function works on. */

#include "native.h"

void *views_get(Views *views, PyObject *array, Py_ssize_t itemsize, Py_ssize_t least, int writable) {
    if (views->count == MAX_VIEWS) {
        PyErr_SetString(PyExc_ValueError, "too many arrays");
        return NULL;
    }
    Py_buffer *view = &views->items[views->count];
    if (PyObject_GetBuffer(array, view, (writable ? PyBUF_WRITABLE : PyBUF_SIMPLE) | PyBUF_FORMAT) < 0) return NULL;
    views->count++;
    if (view->itemsize != itemsize || view->len < least * itemsize) {
        PyErr_SetString(PyExc_ValueError, "an array is too short, or has items of another size");
        return NULL;
    }
    return view->buf;
}

int views_columns(Views *views, PyObject *columns, Py_ssize_t count, Py_ssize_t rows, double **out, int writable) {
    PyObject *held = PySequence_Fast(columns, "columns: a tuple or list of arrays");
    if (!held) return -1;
    int result = -1;
    if (PySequence_Fast_GET_SIZE(held) != count) {
        PyErr_Format(PyExc_ValueError, "%zd columns, not %zd", PySequence_Fast_GET_SIZE(held), count);
        goto done;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (!(out[i] = views_get(views, PySequence_Fast_GET_ITEM(held, i), sizeof(double), rows, writable))) goto done;
    result = 0;
done:
    Py_DECREF(held);
    return result;
}

void views_release(Views *views) {
    while (views->count) PyBuffer_Release(&views->items[--views->count]);
}
