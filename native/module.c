/* The module `cleanbody._native`: what it offers, in one table. */

#include "native.h"

PyDoc_STRVAR(score_doc,
"score(columns, feature, left, right, nan_left, threshold, value, root, out)\n--\n\n"
"Add each tree's value to `out`, row by row; see cleanbody.model.score_rows.");

PyDoc_STRVAR(is_harmless_doc,
"is_harmless(data, max_depth, max_tags, max_attributes, tags)\n--\n\n"
"Tell whether a page needs nothing done; see cleanbody.scan.quick.is_harmless.");

PyDoc_STRVAR(tags_doc,
"tags(table)\n--\n\n"
"A table of element names (bytes, lower case) and what is known of them (bits), for the other functions.");

PyDoc_STRVAR(is_utf8_doc,
"is_utf8(data)\n--\n\n"
"Tell whether bytes are valid UTF-8, as bytes.decode does.");

static PyMethodDef methods[] = {
    {"score", native_score, METH_VARARGS, score_doc},
    {"is_harmless", native_is_harmless, METH_VARARGS, is_harmless_doc},
    {"is_utf8", native_is_utf8, METH_O, is_utf8_doc},
    {"tags", native_tags, METH_O, tags_doc},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "cleanbody._native",
                                    "The compiled core; each function has a Python twin that specifies it.", -1,
                                    methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) {
    if (scan_setup() < 0) return NULL;
    return PyModule_Create(&module);
}
