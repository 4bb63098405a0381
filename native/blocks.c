/* What every document needs before its columns: the texts of its blocks, and room. */

#include "native.h"

static PyObject *slices(PyObject *text, const long *start, const long *end, Py_ssize_t count) {
    PyObject *made = PyList_New(count);
    for (Py_ssize_t i = 0; made && i < count; i++) {
        PyObject *slice = PyUnicode_Substring(text, start[i], end[i]); /* it looks after the ends of the text */
        if (slice)
            PyList_SET_ITEM(made, i, slice);
        else
            Py_CLEAR(made);
    }
    return made;
}

/* Twin: cleanbody.features.context.block_texts. */
static PyObject *native_block_texts(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *text, *starts, *ends, *result = NULL;
    if (!PyArg_ParseTuple(args, "UOO", &text, &starts, &ends)) return NULL;
    Views views;
    views.count = 0;
    const long *start = views_get(&views, starts, sizeof *start, 0, 0), *end = NULL;
    Py_ssize_t count = start ? views.items[0].len / (Py_ssize_t)sizeof *start : 0;
    if (start) end = views_get(&views, ends, sizeof *end, count, 0);
    if (end) result = slices(text, start, end, count);
    views_release(&views);
    return result;
}

/* Twin: cleanbody.features.structure.copies. */
static PyObject *native_copies(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *array;
    Py_ssize_t count;
    if (!PyArg_ParseTuple(args, "On", &array, &count)) return NULL;
    PyObject *made = PyList_New(count < 0 ? 0 : count);
    for (Py_ssize_t i = 0; made && i < count; i++) {
        PyObject *copy = PySequence_Repeat(array, 1);
        if (copy)
            PyList_SET_ITEM(made, i, copy);
        else
            Py_CLEAR(made);
    }
    return made;
}

PyDoc_STRVAR(block_texts_doc, "block_texts(text, start, end)\n--\n\nThe texts of blocks.");
PyDoc_STRVAR(copies_doc, "copies(array, count)\n--\n\nThat many copies of an array.");
PyMethodDef blocks_methods[] = {
    {"block_texts", native_block_texts, METH_VARARGS, block_texts_doc},
    {"copies", native_copies, METH_VARARGS, copies_doc},
    {NULL, NULL, 0, NULL},
};
