/* Buffers that grow, and strings. Once anything fails, `failed` is set and the walk ends at the next node. */

#include "walk.h"

void *buffer_grow(Walk *w, Buffer *buffer, size_t more) {
    size_t room = buffer->room ? buffer->room : 2048;
    while (room - buffer->size < more && room < (size_t)PY_SSIZE_T_MAX / 2) room *= 2;
    char *data = room - buffer->size < more ? NULL : PyMem_Realloc(buffer->data, room);
    if (!data) {
        if (!w->failed) PyErr_NoMemory();
        w->failed = 1;
        return NULL;
    }
    buffer->data = data;
    buffer->room = room;
    return data + buffer->size;
}

PyObject *decoded(Walk *w, Str text) {
    PyObject *made = w->failed ? NULL : PyUnicode_DecodeUTF8((const char *)text.data, (Py_ssize_t)text.size, NULL);
    if (!made) w->failed = 1;
    return made;
}

void append(Walk *w, PyObject *list, PyObject *item) {
    if (!item || PyList_Append(list, item) < 0) w->failed = 1;
    Py_XDECREF(item);
}

void append_pair(Walk *w, PyObject *list, PyObject *one, PyObject *other) {
    append(w, list, one && other ? PyTuple_Pack(2, one, other) : NULL);
    Py_XDECREF(one);
    Py_XDECREF(other);
}
