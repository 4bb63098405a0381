/* The module `cleanbody._native`: the functions of all files, each with a table of its own. */

#include "native.h"

static PyMethodDef *const tables[] = {
    block_words_methods, blocks_methods, context_methods, decide_methods, ensemble_methods, forest_methods,
    grade_methods, head_methods, headline_methods, kinds_methods, lexbor_methods, lexicon_methods, lines_methods,
    mend_methods, noscript_methods, phrases_methods, place_methods, plaintext_methods, region_methods, render_methods,
    scan_methods, second_methods, tags_methods, telling_methods, text_methods, tree_methods, utf8_methods,
    walk_methods, words_methods,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "cleanbody._native",
                                    "The compiled core; each function has a Python twin that specifies it.", -1,
                                    NULL, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) {
    columns_setup();
    if (scan_setup() < 0 || names_setup() < 0) return NULL;
    PyObject *made = PyModule_Create(&module);
    for (size_t i = 0; made && i < sizeof tables / sizeof *tables; i++)
        if (PyModule_AddFunctions(made, tables[i]) < 0) Py_CLEAR(made);
    return made;
}
