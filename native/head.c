/* What head data is read with: names of linked data, titles, addresses. Where a text is not plain ASCII, as hardly any
   name or address is not, the twin in Python is asked, or None says that it must be. */

#include "native.h"

static int is_ascii_space(unsigned char c) { return c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31); }

static int is_upper(unsigned char c) { return c >= 'A' && c <= 'Z'; }

static int is_alnum(unsigned char c) { return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

static unsigned char lower(unsigned char c) { return is_upper(c) ? c + 32 : c; }

/* The characters of a string if all are ASCII, else NULL. */
static const unsigned char *ascii(PyObject *text, Py_ssize_t *size) {
    if (!PyUnicode_Check(text) || PyUnicode_READY(text) < 0 || !PyUnicode_IS_ASCII(text)) return NULL;
    *size = PyUnicode_GET_LENGTH(text);
    return PyUnicode_1BYTE_DATA(text);
}

/* -- the objects of linked data ------------------------------------------------------------------------------------ */

typedef struct {
    PyObject *value; /* borrowed: what it stands in is held by the caller */
    int main, depth;
} Item;

typedef struct {
    PyObject *names, *rename, *main_keys; /* names: those known, by how they are written; rename: the twin */
    PyObject *nodes, *main, *by_id, *types, *main_types;
    PyObject *type_key, *id_key, *name_key;
    Item *stack;
    Py_ssize_t count, room;
} Graph;

enum { MAX_NAME = 2000 };

/* Twin: reading.local_name. A new reference. */
static PyObject *local_name(Graph *g, PyObject *name) {
    Py_ssize_t size = 0;
    const unsigned char *data = ascii(name, &size);
    int plain = data && size <= MAX_NAME && size && !is_ascii_space(data[0]) && !is_ascii_space(data[size - 1]);
    int same = 1;
    for (Py_ssize_t i = 0; plain && i < size; i++) {
        if (data[i] == ':' || data[i] == '/' || data[i] == '#') plain = 0;
        if (is_upper(data[i])) same = 0;
    }
    if (plain && same) return Py_NewRef(name);
    PyObject *known = PyDict_GetItemWithError(g->names, name);
    if (known) return Py_NewRef(known);
    if (PyErr_Occurred()) return NULL;
    PyObject *made;
    if (plain) {
        made = PyUnicode_New(size, 127);
        for (Py_ssize_t i = 0; made && i < size; i++) PyUnicode_1BYTE_DATA(made)[i] = lower(data[i]);
    } else {
        made = PyObject_CallOneArg(g->rename, name);
    }
    if (made && PyDict_SetItem(g->names, name, made) < 0) Py_CLEAR(made);
    return made;
}

/* The types of an object, as a tuple of names. */
static PyObject *types_of(Graph *g, PyObject *types) {
    int many = PyList_Check(types);
    Py_ssize_t size = many ? PyList_GET_SIZE(types) : 1;
    PyObject *found = PyList_New(0);
    for (Py_ssize_t i = 0; found && i < size; i++) {
        PyObject *type = many ? PyList_GET_ITEM(types, i) : types;
        if (!PyUnicode_Check(type)) continue;
        PyObject *name = local_name(g, type);
        if (!name || PyList_Append(found, name) < 0) Py_CLEAR(found);
        Py_XDECREF(name);
    }
    PyObject *result = found ? PyList_AsTuple(found) : NULL;
    Py_XDECREF(found);
    return result;
}

/* Twin: linked._normal. */
static PyObject *normal(Graph *g, PyObject *object) {
    PyObject *node = PyDict_New(), *key, *value;
    Py_ssize_t at = 0;
    while (node && PyDict_Next(object, &at, &key, &value)) {
        PyObject *name = local_name(g, key);
        if (!name || PyDict_SetItem(node, name, value) < 0) Py_CLEAR(node);
        Py_XDECREF(name);
    }
    PyObject *types = node ? PyDict_GetItemWithError(node, g->type_key) : NULL;
    if (!types) {
        if (PyErr_Occurred()) Py_CLEAR(node);
        return node;
    }
    PyObject *names = types_of(g, types);
    if (!names || PyDict_SetItem(node, g->type_key, names) < 0) Py_CLEAR(node);
    Py_XDECREF(names);
    return node;
}

static int push(Graph *g, PyObject *value, int main, int depth) {
    if (g->count == g->room) {
        Py_ssize_t room = 2 * g->room + 64;
        Item *stack = PyMem_Realloc(g->stack, sizeof *stack * (size_t)room);
        if (!stack) {
            PyErr_NoMemory();
            return -1;
        }
        g->stack = stack;
        g->room = room;
    }
    g->stack[g->count++] = (Item){value, main, depth};
    return 0;
}

/* Puts what was pushed from `begin` on the other way round, so that the first comes off first. */
static void turn(Graph *g, Py_ssize_t begin) {
    for (Py_ssize_t end = g->count - 1; begin < end; begin++, end--) {
        Item item = g->stack[begin];
        g->stack[begin] = g->stack[end];
        g->stack[end] = item;
    }
}

static int is_inner(PyObject *value) { return PyList_Check(value) || PyDict_Check(value); }

/* Twin: linked._by_type. */
static int add_types(PyObject *node, PyObject *type_key, PyObject *by_type) {
    PyObject *types = PyDict_GetItemWithError(node, type_key);
    if (!types || !PyTuple_Check(types)) return PyErr_Occurred() ? -1 : 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(types); i++) {
        PyObject *type = PyTuple_GET_ITEM(types, i), *nodes = PyDict_GetItemWithError(by_type, type);
        if (!nodes) {
            PyObject *made = PyErr_Occurred() ? NULL : PyList_New(0);
            int failed = !made || PyDict_SetItem(by_type, type, made) < 0;
            Py_XDECREF(made);
            if (failed) return -1;
            nodes = made;
        }
        Py_ssize_t count = PyList_GET_SIZE(nodes);
        if (count && PyList_GET_ITEM(nodes, count - 1) == node) continue; /* it has the type twice */
        if (PyList_Append(nodes, node) < 0) return -1;
    }
    return 0;
}

static int add_node(Graph *g, PyObject *node, int main) {
    if (PyList_Append(g->nodes, node) < 0 || add_types(node, g->type_key, g->types) < 0) return -1;
    if (main && (PyList_Append(g->main, node) < 0 || add_types(node, g->type_key, g->main_types) < 0)) return -1;
    int named = PyDict_Contains(node, g->name_key);
    PyObject *id = named > 0 ? PyDict_GetItemWithError(node, g->id_key) : NULL;
    if (id && PyUnicode_Check(id) && !PyDict_SetDefault(g->by_id, id, node)) return -1;
    return named < 0 || PyErr_Occurred() ? -1 : 0;
}

static int visit_object(Graph *g, Item item, int deeper) {
    if (!PyDict_Check(item.value)) {
        PyErr_SetString(PyExc_TypeError, "linked_graph: neither a dict nor a list");
        return -1;
    }
    PyObject *node = normal(g, item.value), *key, *value;
    if (!node) return -1;
    int result = add_node(g, node, item.main);
    Py_ssize_t at = 0;
    while (deeper && result == 0 && PyDict_Next(node, &at, &key, &value)) {
        if (!is_inner(value)) continue;
        int main = item.main ? PySet_Contains(g->main_keys, key) : 0;
        if (main < 0 || push(g, value, main, item.depth + 1) < 0) result = -1;
    }
    Py_DECREF(node);
    return result;
}

static int walk(Graph *g, PyObject *values, Py_ssize_t max_nodes, int max_depth) {
    for (Py_ssize_t i = PyList_GET_SIZE(values) - 1; i >= 0; i--)
        if (push(g, PyList_GET_ITEM(values, i), 1, 0) < 0) return -1;
    for (Py_ssize_t visited = 0; g->count && visited < max_nodes; visited++) {
        Item item = g->stack[--g->count];
        Py_ssize_t begin = g->count;
        int deeper = item.depth < max_depth;
        if (!PyList_Check(item.value)) {
            if (visit_object(g, item, deeper) < 0) return -1;
        } else if (deeper) {
            for (Py_ssize_t i = 0; i < PyList_GET_SIZE(item.value); i++) {
                PyObject *child = PyList_GET_ITEM(item.value, i);
                if (is_inner(child) && push(g, child, item.main, item.depth + 1) < 0) return -1;
            }
        }
        turn(g, begin);
    }
    return 0;
}

static PyObject *native_linked_graph(PyObject *self, PyObject *args) {
    (void)self;
    Graph g = {.count = 0};
    PyObject *values, *result = NULL;
    Py_ssize_t max_nodes;
    int max_depth;
    if (!PyArg_ParseTuple(args, "O!OOni", &PyList_Type, &values, &g.main_keys, &g.rename, &max_nodes, &max_depth))
        return NULL;
    g.names = PyDict_New();
    g.nodes = PyList_New(0);
    g.main = PyList_New(0);
    g.by_id = PyDict_New();
    g.types = PyDict_New();
    g.main_types = PyDict_New();
    g.type_key = PyUnicode_InternFromString("@type");
    g.id_key = PyUnicode_InternFromString("@id");
    g.name_key = PyUnicode_InternFromString("name");
    if (g.names && g.nodes && g.main && g.by_id && g.types && g.main_types && g.type_key && g.id_key && g.name_key &&
        walk(&g, values, max_nodes, max_depth) == 0)
        result = Py_BuildValue("(OOOOO)", g.nodes, g.main, g.by_id, g.types, g.main_types);
    PyObject *made[] = {g.names, g.nodes, g.main, g.by_id, g.types, g.main_types, g.type_key, g.id_key, g.name_key};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) Py_XDECREF(made[i]);
    PyMem_Free(g.stack);
    return result;
}

/* -- lines of text ------------------------------------------------------------------------------------------------- */

/* Whether a value is a line that needs no tidying: reading.plain would give it back as it is. */
static PyObject *native_is_plain(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *text;
    Py_ssize_t most;
    if (!PyArg_ParseTuple(args, "On", &text, &most)) return NULL;
    if (!PyUnicode_CheckExact(text) || PyUnicode_READY(text) < 0 || PyUnicode_GET_LENGTH(text) > most) Py_RETURN_FALSE;
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_UCS4 before = ' '; /* two spaces, or one at an end */
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c == '&' || c == '<' || (c == ' ' && before == ' ')) Py_RETURN_FALSE;
        if (c < 128 ? c < 32 || c == 127 : !Py_UNICODE_ISPRINTABLE(c)) Py_RETURN_FALSE;
        before = c;
    }
    return PyBool_FromLong(!size || before != ' ');
}

/* Letters and digits of ASCII, lower case. */
static PyObject *folded(const unsigned char *data, Py_ssize_t size) {
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < size; i++) count += is_alnum(data[i]);
    PyObject *made = PyUnicode_New(count, 127);
    if (!made || !count) return made;
    Py_UCS1 *out = PyUnicode_1BYTE_DATA(made);
    for (Py_ssize_t i = 0; i < size; i++)
        if (is_alnum(data[i])) *out++ = lower(data[i]);
    return made;
}

/* Twin: titles.fold. */
static PyObject *native_fold(PyObject *self, PyObject *text) {
    (void)self;
    Py_ssize_t size;
    const unsigned char *data = ascii(text, &size);
    if (!data) Py_RETURN_NONE;
    return folded(data, size);
}

/* -- titles -------------------------------------------------------------------------------------------------------- */

static Py_ssize_t skip_spaces(const unsigned char *t, Py_ssize_t size, Py_ssize_t i) {
    while (i < size && is_ascii_space(t[i])) i++;
    return i;
}

/* Where the separator ends that may stand at `i`, with the white space on both sides; `i` if there is none. */
static Py_ssize_t separator_end(const unsigned char *t, Py_ssize_t size, Py_ssize_t i, Py_ssize_t behind) {
    if (behind == size) return i;
    unsigned char c = t[behind];
    if (behind > i && c && strchr("|/\\~_-:><", c)) {
        Py_ssize_t end = behind + 1;
        if (end < size && is_ascii_space(t[end])) return skip_spaces(t, size, end);
        if (end + 1 < size && t[end] == c && strchr("-:/><", c) && is_ascii_space(t[end + 1]))
            return skip_spaces(t, size, end + 1);
    }
    return c == '|' ? skip_spaces(t, size, behind + 1) : i;
}

typedef struct { Py_ssize_t begin, end; } Span;

static Span stripped(const unsigned char *t, Py_ssize_t begin, Py_ssize_t end) {
    while (begin < end && is_ascii_space(t[begin])) begin++;
    while (begin < end && is_ascii_space(t[end - 1])) end--;
    return (Span){begin, end};
}

static int add_part(PyObject *parts, const unsigned char *t, Span text, Span separator, Py_ssize_t start) {
    PyObject *part = Py_BuildValue("(NNnN)", PyUnicode_FromKindAndData(1, t + text.begin, text.end - text.begin),
                                   PyUnicode_FromKindAndData(1, t + separator.begin, separator.end - separator.begin),
                                   start, folded(t + text.begin, text.end - text.begin));
    int result = part ? PyList_Append(parts, part) : -1;
    Py_XDECREF(part);
    return result;
}

/* Twin: titles.title_parts, of ASCII. */
static PyObject *native_title_parts(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *title;
    Py_ssize_t most_chars, most_parts, size = 0, position = 0;
    if (!PyArg_ParseTuple(args, "Unn", &title, &most_chars, &most_parts)) return NULL;
    const unsigned char *t = ascii(title, &size);
    if (!t) Py_RETURN_NONE;
    if (size > most_chars) size = most_chars;
    PyObject *parts = PyList_New(0);
    if (!parts) return NULL;
    Span separator = {0, 0}, text;
    for (Py_ssize_t i = 0; i < size && PyList_GET_SIZE(parts) < most_parts;) {
        Py_ssize_t behind = skip_spaces(t, size, i), end = separator_end(t, size, i, behind);
        if (end == i) { /* nor is there one at any of the spaces between */
            i = behind + 1;
            continue;
        }
        text = stripped(t, position, i);
        if (text.begin < text.end) {
            if (add_part(parts, t, text, separator, position) < 0) goto fail;
            separator = stripped(t, i, end);
            position = end;
        } else if (!PyList_GET_SIZE(parts)) {
            position = end;
        }
        i = end;
    }
    text = stripped(t, position, size);
    if (text.begin < text.end && add_part(parts, t, text, separator, position) < 0) goto fail;
    return parts;
fail:
    Py_DECREF(parts);
    return NULL;
}

/* -- addresses and meta elements ----------------------------------------------------------------------------------- */

/* Twin: source.split_url, of an address as most are; None for any other. */
static PyObject *native_split_url(PyObject *self, PyObject *url) {
    (void)self;
    Py_ssize_t size = 0;
    const unsigned char *data = ascii(url, &size);
    Py_ssize_t scheme = 0;
    if (data && size > 8 && !memcmp(data, "https://", 8)) scheme = 5;
    else if (data && size > 7 && !memcmp(data, "http://", 7)) scheme = 4;
    if (!scheme) Py_RETURN_NONE;
    Py_ssize_t host = scheme + 3, path = host;
    while (path < size && (is_alnum(data[path]) || data[path] == '.' || data[path] == '-')) path++;
    if (path == host || (path < size && data[path] != '/' && data[path] != '?' && data[path] != '#')) Py_RETURN_NONE;
    Py_ssize_t query = path, end;
    for (end = path; end < size && data[end] != '#'; end++)
        if (data[end] <= ' ' || data[end] >= 127) Py_RETURN_NONE;
    for (Py_ssize_t i = end; i < size; i++)
        if (data[i] <= ' ' || data[i] >= 127) Py_RETURN_NONE;
    while (query < end && data[query] != '?') query++;
    PyObject *name = PyUnicode_New(path - host, 127);
    if (!name) return NULL;
    for (Py_ssize_t i = host; i < path; i++) PyUnicode_1BYTE_DATA(name)[i - host] = lower(data[i]);
    Py_ssize_t behind = query < end ? query + 1 : end;
    return Py_BuildValue("(NNNN)", PyUnicode_FromKindAndData(1, data, scheme), name,
                         PyUnicode_FromKindAndData(1, data + path, query - path),
                         PyUnicode_FromKindAndData(1, data + behind, end - behind));
}

/* Twin: source.index_meta. */
static PyObject *native_index_meta(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *meta, *found;
    Py_ssize_t most;
    if (!PyArg_ParseTuple(args, "O!n", &PyTuple_Type, &meta, &most)) return NULL;
    if (!(found = PyDict_New())) return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(meta); i++) {
        PyObject *pair = PyTuple_GET_ITEM(meta, i);
        if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
            PyErr_SetString(PyExc_ValueError, "index_meta: name and content make a pair");
            goto fail;
        }
        PyObject *contents = PyDict_GetItemWithError(found, PyTuple_GET_ITEM(pair, 0));
        if (contents) {
            if (PyList_GET_SIZE(contents) < most && PyList_Append(contents, PyTuple_GET_ITEM(pair, 1)) < 0) goto fail;
            continue;
        }
        if (PyErr_Occurred() || !(contents = PyList_New(1))) goto fail;
        PyList_SET_ITEM(contents, 0, Py_NewRef(PyTuple_GET_ITEM(pair, 1)));
        int failed = PyDict_SetItem(found, PyTuple_GET_ITEM(pair, 0), contents);
        Py_DECREF(contents);
        if (failed) goto fail;
    }
    return found;
fail:
    Py_DECREF(found);
    return NULL;
}

PyDoc_STRVAR(linked_graph_doc,
"linked_graph(values, main_keys, rename, max_nodes, max_depth)\n--\n\nSee jsonld.linked.");
PyDoc_STRVAR(is_plain_doc,
"is_plain(value, most)\n--\n\nWhether cleanbody.jsonld.plain gives the value back as it is.");
PyDoc_STRVAR(fold_doc, "fold(text)\n--\n\nSee cleanbody.metadata.titles.fold; None for what is not ASCII.");
PyDoc_STRVAR(title_parts_doc, "title_parts(title, chars, parts)\n--\n\nThe parts of a title; None if it is not ASCII.");
PyDoc_STRVAR(split_url_doc,
"split_url(url)\n--\n\nScheme, host, path and query; None for an address that is not plain.");
PyDoc_STRVAR(index_meta_doc, "index_meta(meta, most)\n--\n\nThe contents of meta elements by name.");
PyMethodDef head_methods[] = {
    {"linked_graph", native_linked_graph, METH_VARARGS, linked_graph_doc},
    {"is_plain", native_is_plain, METH_VARARGS, is_plain_doc},
    {"fold", native_fold, METH_O, fold_doc},
    {"title_parts", native_title_parts, METH_VARARGS, title_parts_doc},
    {"split_url", native_split_url, METH_O, split_url_doc},
    {"index_meta", native_index_meta, METH_VARARGS, index_meta_doc},
    {NULL, NULL, 0, NULL},
};
