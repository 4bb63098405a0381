/* The walk over a parsed page: nodes in, the columns of a document out. Twin: cleanbody.html.walk.

   It reads the nodes where the parser has them, so that no object is made for any; none is changed. */

#include "walk.h"

static const char CAPSULE[] = "cleanbody._native.Walk";

static void clear(Walk *w) {
    Buffer *buffers[] = {&w->text, &w->pieces, &w->blocks, &w->containers, &w->marks, &w->frames, &w->path, &w->names,
                         &w->strings, &w->scratch, &w->seen};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) PyMem_Free(buffers[i]->data);
    PyObject *objects[] = {w->holder, w->clock, w->title, w->lang, w->base, w->meta, w->links, w->props, w->times,
                           w->json_ld};
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) Py_XDECREF(objects[i]);
    PyMem_Free(w);
}

static void release(PyObject *capsule) { clear(PyCapsule_GetPointer(capsule, CAPSULE)); }

static Walk *walk_of(PyObject *capsule) {
    Walk *w = PyCapsule_GetPointer(capsule, CAPSULE);
    if (w && w->failed) {
        PyErr_SetString(PyExc_RuntimeError, "walk: it failed before");
        return NULL;
    }
    return w;
}

static PyObject *native_walk_open(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *tables, *deadline, *clock;
    Py_ssize_t max_blocks;
    if (!PyArg_ParseTuple(args, "OnOO:walk_open", &tables, &max_blocks, &deadline, &clock)) return NULL;
    if (!tables_of(tables)) return NULL;
    Walk *w = PyMem_Calloc(1, sizeof(Walk));
    if (!w) return PyErr_NoMemory();
    w->tables = tables_of(tables);
    w->holder = Py_NewRef(tables);
    w->max_blocks = max_blocks;
    w->link_end = -1;
    if (deadline != Py_None) {
        w->deadline = PyFloat_AsDouble(deadline);
        w->clock = Py_NewRef(clock);
    }
    PyObject **lists[] = {&w->meta, &w->links, &w->props, &w->times, &w->json_ld};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) *lists[i] = PyList_New(0);
    Frame bottom = {.form = -1};
    buffer_put(w, &w->frames, &bottom, sizeof bottom);
    open_container(w, (Container){.parent = -1});
    PyObject *capsule = w->failed || PyErr_Occurred() ? NULL : PyCapsule_New(w, CAPSULE, release);
    if (!capsule) clear(w);
    return capsule;
}

static int is_late(Walk *w) {
    PyObject *now = PyObject_CallNoArgs(w->clock);
    double seconds = now ? PyFloat_AsDouble(now) : 0.0;
    Py_XDECREF(now);
    if (PyErr_Occurred()) w->failed = 1;
    return seconds > w->deadline;
}

static int is_called(const Node *node, const char *what) {
    Str name = name_of(element_number(node));
    return name.size == strlen(what) && !memcmp(name.data, what, name.size);
}

/* The source of a formula (MathML 3, 5.1), which stands beside it. */
static int is_annotation(const Node *node) {
    const Node *parent = node->parent;
    return is_called(node, "annotation") && parent && parent->type == ELEMENT_NODE && is_called(parent, "semantics");
}

/* Elements that part nothing as a rule. Returns -1: don't go below it; else whether something is due at its end. */
static int enter_inline(Walk *w, const Node *node, const Tag *tag) {
    Attributes a;
    if (node->name > LAST_KNOWN && is_annotation(node)) return -1;
    if (node->name > LAST_KNOWN || tag->facts & IS_CITE) {
        uintptr_t around = ITEM(w->containers, Container, LAST(w->frames, Frame)->container)->tag;
        if (stands_alone(w, node, around)) {
            open_block(w, node, tag, name_of(element_number(node)));
            return 1;
        }
    }
    if (attributes_of(w, node, &a)) attribute_props(w, &a, node);
    return 0;
}

/* Open an element. Returns -1: don't go below it; 1: something is due at its end; else 0. */
static int enter(Walk *w, const Node *node) {
    const Tag *tag = tag_of(w->tables, node);
    switch (tag->action) {
    case DO_TEXT:
        return node->type == ELEMENT_NODE ? enter_inline(w, node, tag) : -1;
    case DO_BLOCK:
        if (tag->facts & IS_BUTTON && w->length) return 0; /* in the middle of a line of text it is a part of it */
        open_block(w, node, tag, (Str){NULL, 0});
        return 1;
    case DO_MARK:
        return open_mark(w, node, tag);
    case DO_BREAK:
        add_break(w);
        return -1;
    case DO_IMAGE:
        add_image(w, node, tag);
        return -1;
    case DO_HEAD:
        return enter_head(w, node, tag) ? 0 : -1;
    case DO_SCRIPT:
        linked_data(w, node);
        return -1;
    default:
        return -1;
    }
}

/* Up from a node whose subtree is done, to the next one; NULL at the end. */
static const Node *climb(Walk *w, const Node *node) {
    while (w->path.size && !node->next) {
        Step step = *LAST(w->path, Step);
        w->path.size -= sizeof step;
        node = step.node;
        if (step.framed) leave(w);
    }
    return w->path.size ? node->next : NULL;
}

static void walk(Walk *w, const Node *node) {
    for (unsigned long count = 1; node && !w->failed; count++) {
        if (count % NODES_PER_CLOCK == 0 && w->clock && is_late(w)) {
            add_status(w, STATUS_TIMEOUT);
            break;
        }
        if (node->name == TEXT_ID) {
            add_text(w, text_of(node));
        } else {
            int entered = enter(w, node);
            if (entered >= 0 && node->first_child) {
                Step step = {node, entered};
                buffer_put(w, &w->path, &step, sizeof step);
                node = node->first_child;
                continue;
            }
            if (entered > 0) leave(w);
        }
        node = climb(w, node);
    }
    for (; w->path.size; w->path.size -= sizeof(Step))
        if (LAST(w->path, Step)->framed) leave(w);
    flush(w, 1);
}

/* Characters in blocks outside and inside <noscript>. */
static void count_shown(const Walk *w, long shown[2]) {
    for (long i = 0, count = COUNT(w->blocks, Block); i < count; i++) {
        const Block *block = ITEM(w->blocks, Block, i);
        shown[block->flags & FLAG_NOSCRIPT ? 1 : 0] += block->end - block->start;
    }
}

static PyObject *native_walk_on(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *address;
    unsigned char flags;
    if (!PyArg_ParseTuple(args, "OOb:walk_on", &capsule, &address, &flags)) return NULL;
    Walk *w = walk_of(capsule);
    const Node *root = w ? PyLong_AsVoidPtr(address) : NULL;
    if (!w || PyErr_Occurred()) return NULL;
    LAST(w->frames, Frame)->flags |= flags;
    memset(w->memo, 0, sizeof w->memo); /* numbers of names hold for one document */
    walk(w, root);
    if (w->failed) return NULL;
    long shown[2] = {0, 0};
    count_shown(w, shown);
    return Py_BuildValue("(ll)", shown[0], shown[1]);
}

static PyObject *native_walk_columns(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *zero;
    if (!PyArg_ParseTuple(args, "OO:walk_columns", &capsule, &zero)) return NULL;
    Walk *w = walk_of(capsule);
    return w ? walk_columns(w, zero) : NULL;
}

PyDoc_STRVAR(tables_doc,
"walk_tables(tags, attributes, sample, text_props)\n--\n\n"
"What a walk has to know: each tag's number, name, action, kind, level, mark and facts; the names of attributes, and\n"
"the address of an element that has them in this order; itemprops whose value is text.");
PyDoc_STRVAR(open_doc,
"walk_open(tables, max_blocks, deadline, clock)\n--\n\n"
"A walk that has not begun. It ends where `clock()` is past the deadline, if that is not None.");
PyDoc_STRVAR(on_doc,
"walk_on(walk, address, flags)\n--\n\n"
"Add everything at and below the node at an address; the flags are added to those of every block. Returns how many\n"
"characters all blocks have outside and inside <noscript>. UnicodeDecodeError: there is something in it that is not\n"
"UTF-8, and the walk is of no more use.");
PyDoc_STRVAR(columns_doc,
"walk_columns(walk, zero)\n--\n\n"
"The text of the document gathered so far, its columns in the order of `page.Document`, the columns of its marks, the\n"
"fields of its head, and numbers of statuses. `zero`: an array of one item, of the type of columns of numbers.");

PyMethodDef walk_methods[] = {
    {"walk_tables", native_walk_tables, METH_VARARGS, tables_doc},
    {"walk_open", native_walk_open, METH_VARARGS, open_doc},
    {"walk_on", native_walk_on, METH_VARARGS, on_doc},
    {"walk_columns", native_walk_columns, METH_VARARGS, columns_doc},
    {NULL, NULL, 0, NULL},
};
