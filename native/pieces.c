/* The pieces of a line between the marks that part a headline from a site's name. Twins: cleanbody.features.keys
   (heads, parts). */

#include "headline.h"

/* Add the key of text[begin:end]; -1 and an exception otherwise. */
static int add_piece(Page *page, PyObject *text, Py_ssize_t begin, Py_ssize_t end, Key *key) {
    if (!begin) return keys_add(&page->keys, text, end, key);
    PyObject *piece = PyUnicode_Substring(text, begin, end);
    if (!piece) return -1;
    int result = keys_add(&page->keys, piece, PY_SSIZE_T_MAX, key);
    Py_DECREF(piece);
    return result;
}

int each_head(Page *page, PyObject *text, int (*use)(Page *, const Key *, void *), void *with) {
    Py_ssize_t at = 0, begin, end;
    for (int i = 0; i < MOST_MARKS && next_mark(text, at, &begin, &end); i++, at = end) {
        Key key;
        if (!begin) continue;
        if (keys_add(&page->keys, text, begin, &key) < 0) return -1;
        int result = use(page, &key, with);
        keys_drop(&page->keys, &key);
        if (result) return result;
    }
    return 0;
}

int each_piece(Page *page, PyObject *text, int (*use)(Page *, const Key *, void *), void *with) {
    Py_ssize_t at = 0, size = PyUnicode_GET_LENGTH(text), begin, end, next;
    for (int more = 1; more; at = next) {
        Key key;
        more = next_mark(text, at, &begin, &end);
        next = more ? end : size;
        end = more ? begin : size;
        for (begin = at; begin < end && Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, begin));) begin++;
        if (begin == end) continue;
        if (add_piece(page, text, begin, end, &key) < 0) return -1;
        int result = use(page, &key, with);
        keys_drop(&page->keys, &key);
        if (result) return result;
    }
    return 0;
}
