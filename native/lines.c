/* Kept blocks of a scraped text, parted as they were. Twin: cleanbody.render._lines. */

#include "native.h"

typedef struct {
    PyObject *text, *texts, *wanted; /* texts: NULL where all blocks are their spans */
    Py_ssize_t count;
    const long *start, *end;
    const uint8_t *flags;
    uint8_t *kept, *cut;
    int after_break;
} Lines;

static int is_lower(const Lines *l, Py_ssize_t block) {
    if (l->start[block] == PyUnicode_GET_LENGTH(l->text)) return 0;
    return Py_UNICODE_ISLOWER(PyUnicode_READ_CHAR(l->text, l->start[block]));
}

/* Which lines begin in lower case and stand in a row of such lines a later one of which is not kept. */
static void find_cut(const Lines *l) {
    for (Py_ssize_t i = l->count - 2; i >= 0; i--)
        l->cut[i] = l->flags[i + 1] & l->after_break && (l->cut[i + 1] || !l->kept[i + 1]) && is_lower(l, i + 1) &&
                    is_lower(l, i);
}

/* As many as `str.splitlines` gives. */
static Py_ssize_t count_lines(PyObject *text, Py_ssize_t at, Py_ssize_t end) {
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t lines = 0, begin = at;
    for (; at < end; at++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, at);
        if (!Py_UNICODE_ISLINEBREAK(c)) continue;
        if (c == '\r' && at + 1 < end && PyUnicode_READ(kind, data, at + 1) == '\n') at++;
        lines++;
        begin = at + 1;
    }
    return lines + (begin < end);
}

static int put(PyObject *parts, PyObject *part) {
    int result = part ? PyList_Append(parts, part) : -1;
    Py_XDECREF(part);
    return result;
}

/* The text of a block, and in `joined` whether it is of fewer lines than its span. */
static PyObject *text_of(const Lines *l, Py_ssize_t block, int *joined) {
    PyObject *span = PyUnicode_Substring(l->text, l->start[block], l->end[block]);
    *joined = 0;
    if (!span || !l->texts) return span;
    PyObject *text = PyTuple_GET_ITEM(l->texts, block);
    if (!PyUnicode_Check(text)) {
        Py_DECREF(span);
        PyErr_SetString(PyExc_TypeError, "lines: the text of a block is no str");
        return NULL;
    }
    int same = PyUnicode_Compare(text, span);
    Py_DECREF(span);
    if (same == -1 && PyErr_Occurred()) return NULL;
    *joined = same != 0 && count_lines(text, 0, PyUnicode_GET_LENGTH(text)) <
                               count_lines(l->text, l->start[block], l->end[block]);
    return Py_NewRef(text);
}

static int put_all(const Lines *l, PyObject *parts) {
    PyObject *gap = PyUnicode_FromString("\n\n"), *line = PyUnicode_FromString("\n");
    int result = gap && line ? 0 : -1, before_joined = 0;
    Py_ssize_t before = -2;
    for (Py_ssize_t i = 0; i < l->count && result == 0; i++) {
        int joined;
        if (!l->kept[i]) continue;
        PyObject *text = text_of(l, i, &joined);
        int follows = before == i - 1 && l->flags[i] & l->after_break;
        int close = follows && !(joined || before_joined || l->cut[i]);
        if (!text || (before >= 0 && PyList_Append(parts, close ? line : gap) < 0)) {
            Py_XDECREF(text);
            result = -1;
            break;
        }
        result = put(parts, text);
        before = i;
        before_joined = joined;
    }
    Py_XDECREF(gap);
    Py_XDECREF(line);
    return result;
}

static int mark_kept(const Lines *l) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(l->text);
    for (Py_ssize_t i = 0; i < l->count; i++)
        if (l->start[i] < 0 || l->end[i] < l->start[i] || l->end[i] > size) {
            PyErr_SetString(PyExc_ValueError, "lines: a block is not in the text");
            return -1;
        }
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(l->wanted); k++) {
        Py_ssize_t block = PyLong_AsSsize_t(PyList_GET_ITEM(l->wanted, k));
        if (block < 0 || block >= l->count) {
            if (!PyErr_Occurred()) PyErr_SetString(PyExc_IndexError, "lines: no such block");
            return -1;
        }
        l->kept[block] = 1;
    }
    return 0;
}

static PyObject *native_lines(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *in[3], *texts, *parts = NULL, *empty = NULL, *result = NULL;
    Lines l = {.count = 0};
    if (!PyArg_ParseTuple(args, "U(OOO)O!O!i", &l.text, &in[0], &in[1], &in[2], &PyTuple_Type, &texts, &PyList_Type,
                          &l.wanted, &l.after_break))
        return NULL;
    Views views;
    views.count = 0;
    if (!(l.start = views_get(&views, in[0], sizeof(long), 0, 0))) goto done;
    l.count = views.items[0].len / (Py_ssize_t)sizeof(long);
    if (!(l.end = views_get(&views, in[1], sizeof(long), l.count, 0)) ||
        !(l.flags = views_get(&views, in[2], 1, l.count, 0)))
        goto done;
    l.texts = PyTuple_GET_SIZE(texts) ? texts : NULL;
    if (l.texts && PyTuple_GET_SIZE(texts) < l.count) {
        PyErr_SetString(PyExc_ValueError, "lines: fewer texts than blocks");
        goto done;
    }
    l.kept = PyMem_Calloc((size_t)l.count + 1, 1);
    l.cut = PyMem_Calloc((size_t)l.count + 1, 1);
    if (!l.kept || !l.cut) {
        PyErr_NoMemory();
        goto done;
    }
    if (mark_kept(&l) < 0 || !(parts = PyList_New(0)) || !(empty = PyUnicode_FromString(""))) goto done;
    find_cut(&l);
    if (put_all(&l, parts) == 0) result = PyUnicode_Join(empty, parts);
done:
    views_release(&views);
    Py_XDECREF(parts);
    Py_XDECREF(empty);
    PyMem_Free(l.kept);
    PyMem_Free(l.cut);
    return result;
}

PyDoc_STRVAR(lines_doc,
"lines(text, (start, end, flags), texts, blocks, after_break)\n--\n\n"
"Some blocks of a scraped text, with line ends or blank lines between them. See cleanbody.render.to_text.");

PyMethodDef lines_methods[] = {
    {"lines", native_lines, METH_VARARGS, lines_doc},
    {NULL, NULL, 0, NULL},
};
