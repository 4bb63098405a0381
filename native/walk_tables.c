/* What a walk has to know: tags and attributes by the numbers that the parser gives them. */

#include "walk.h"

static const char CAPSULE[] = "cleanbody._native.WalkTables";

const Tables *tables_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, CAPSULE); }

static void clear(Tables *tables) {
    for (int i = 0; i < KNOWN_TAGS; i++) Py_XDECREF(tables->names[i]);
    Py_XDECREF(tables->attribute_names);
    Py_XDECREF(tables->text_props);
    PyMem_Free(tables);
}

static void release(PyObject *capsule) { clear(PyCapsule_GetPointer(capsule, CAPSULE)); }

static int add_tag(Tables *tables, PyObject *row) {
    Tag tag;
    PyObject *name;
    unsigned int number;
    unsigned int facts;
    if (!PyTuple_Check(row)) return PyErr_SetString(PyExc_TypeError, "walk_tables: a tuple for each tag"), -1;
    if (!PyArg_ParseTuple(row, "IUbbbbI", &number, &name, &tag.action, &tag.kind, &tag.level, &tag.mark, &facts))
        return -1;
    if (number >= KNOWN_TAGS || tables->names[number]) {
        PyErr_SetString(PyExc_ValueError, "walk_tables: a tag with a number that it cannot have");
        return -1;
    }
    tag.facts = facts;
    tables->tags[number] = tag;
    tables->names[number] = Py_NewRef(name);
    if (tag.action == DO_IMAGE) tables->image = tag.mark;
    if (facts & IS_LINK) tables->link = tag.mark;
    return 0;
}

static int add_tags(Tables *tables, PyObject *rows) {
    if (!PyTuple_Check(rows)) return PyErr_SetString(PyExc_TypeError, "walk_tables: a tuple of tags"), -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(rows); i++)
        if (add_tag(tables, PyTuple_GET_ITEM(rows, i)) < 0) return -1;
    tables->names[0] = PyUnicode_FromStringAndSize(NULL, 0); /* of the container around all */
    return tables->names[0] ? 0 : -1;
}

/* The numbers of attributes, of an element that has them in the order of the names. */
static int add_attributes(Tables *tables, PyObject *names, const Element *sample) {
    if (!PyTuple_Check(names) || PyTuple_GET_SIZE(names) != ATTRIBUTES) {
        PyErr_SetString(PyExc_TypeError, "walk_tables: a tuple of the attributes that are read");
        return -1;
    }
    tables->attribute_names = Py_NewRef(names);
    memset(tables->known_attributes, -1, sizeof tables->known_attributes);
    const Attribute *attribute = sample->first;
    for (int i = 0; i < ATTRIBUTES; i++, attribute = attribute->next) {
        char *data;
        Py_ssize_t size;
        if (PyBytes_AsStringAndSize(PyTuple_GET_ITEM(names, i), &data, &size) < 0) return -1;
        if (!attribute) return PyErr_SetString(PyExc_ValueError, "walk_tables: an attribute is not there"), -1;
        tables->attributes[i] = (Str){(unsigned char *)data, (size_t)size};
        uintptr_t number = attribute_number(attribute);
        if (number < KNOWN_ATTRIBUTES) tables->known_attributes[number] = (signed char)i;
    }
    return 0;
}

PyObject *native_walk_tables(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *tags, *names, *address, *props;
    if (!PyArg_ParseTuple(args, "OOOO:walk_tables", &tags, &names, &address, &props)) return NULL;
    const Element *sample = PyLong_AsVoidPtr(address);
    if (PyErr_Occurred()) return NULL;
    Tables *tables = PyMem_Calloc(1, sizeof(Tables));
    if (!tables) return PyErr_NoMemory();
    tables->text_props = Py_NewRef(props);
    PyObject *capsule = NULL;
    if (add_tags(tables, tags) == 0 && add_attributes(tables, names, sample) == 0)
        capsule = PyCapsule_New(tables, CAPSULE, release);
    if (!capsule) clear(tables);
    else walk_text_setup();
    return capsule;
}
