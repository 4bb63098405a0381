/* Kept blocks as plain text. Twin: cleanbody.render._Text on the tree of cleanbody.render_tree.grow, whose parts the
   functions here are named for. */

#include "render.h"

int grow_room(void **items, Py_ssize_t count, Py_ssize_t *room, size_t size) {
    if (count < *room) return 0;
    Py_ssize_t wanted = *room ? *room * 2 : 256;
    void *moved = wanted < INT32_MAX ? PyMem_Realloc(*items, (size_t)wanted * size) : NULL;
    if (!moved) {
        PyErr_NoMemory();
        return -1;
    }
    *items = moved;
    *room = wanted;
    return 0;
}

int tag_of(PyObject *name) {
    static const struct { const char *name; int tag; } names[] = {
        {"ul", UL}, {"ol", OL}, {"li", LI}, {"td", TD}, {"tr", TR}, {"th", TH}, {"dl", DL}, {"dt", DT}, {"dd", DD},
        {"table", TABLE}, {"blockquote", QUOTE_TAG}, {"figure", FIGURE}, {"pre", PRE}, {"listing", PRE}, {"xmp", PRE},
        {"menu", UL}, {"dir", UL},
    };
    if (!PyUnicode_Check(name) || !PyUnicode_IS_COMPACT_ASCII(name)) return NO_TAG;
    Py_ssize_t size = PyUnicode_GET_LENGTH(name);
    const char *data = PyUnicode_DATA(name);
    for (size_t i = 0; size >= 2 && size <= 10 && i < sizeof names / sizeof *names; i++)
        if (names[i].name[0] == data[0] && strlen(names[i].name) == (size_t)size && !memcmp(names[i].name, data, size))
            return names[i].tag;
    return NO_TAG;
}

/* -- paths --------------------------------------------------------------------------------------------------------- */

static int32_t add_step(Page *p, int32_t up, int tag, Py_ssize_t at) {
    if (grow_room((void **)&p->step, p->steps, &p->step_room, sizeof *p->step) < 0) return -1;
    p->step[p->steps] = (Step){{tag, at}, up, p->step[up].depth + 1};
    return (int32_t)p->steps++;
}

/* Step 0 is the empty path. */
static int32_t enter(Page *p, int32_t path, int tag, Py_ssize_t container) {
    int last = p->step[path].key.tag;
    if (last == PRE || p->step[path].depth >= MAX_NESTING) return path;
    if ((tag == TR && last != TABLE) || (is_cell(tag) && last != TR)) return path;
    if (tag == LI) {
        if (!is_list(last)) path = add_step(p, path, UL, p->parent[container]);
    } else if (is_term(tag)) {
        if (last != DL) path = add_step(p, path, DL, p->parent[container]);
    } else if (is_list(last) && !is_list(tag)) {
        path = add_step(p, path, LI, container);
    }
    return path < 0 ? path : add_step(p, path, tag, container);
}

/* The path of a container. On the way up, `known` of those not yet looked at holds ~(the container below). */
static int32_t path_of(Page *p, Py_ssize_t container) {
    Py_ssize_t below = -1;
    int32_t path = 0;
    while (container >= 0) {
        if (container >= p->containers || p->parent[container] >= container) {
            PyErr_SetString(PyExc_ValueError, "plain: a container is not there, or stands before its parent");
            return -1;
        }
        if (p->known[container] > 0) {
            path = p->known[container] - 1;
            break;
        }
        p->known[container] = ~(int32_t)(below + 1);
        below = container;
        container = p->parent[container];
    }
    while (below >= 0) {
        Py_ssize_t next = (Py_ssize_t)~p->known[below] - 1;
        int tag = tag_of(PyList_GET_ITEM(p->tags, below));
        if (tag != NO_TAG && (path = enter(p, path, tag, below)) < 0) return -1;
        p->known[below] = path + 1;
        below = next;
    }
    return path;
}

/* Adds what a block's kind calls for and its containers do not give. */
static int complete(const Page *p, Key *path, int size, Py_ssize_t block) {
    int kind = p->kind[block], level = p->level[block], last = size ? path[size - 1].tag : LEAF;
    level = level < 1 ? 1 : level > MAX_LEVEL ? MAX_LEVEL : level;
    if (last == PRE) return size;
    if (is_list(last))
        path[size++] = (Key){LI, ~block};
    else if (last == TR)
        path[size++] = (Key){TD, ~block};
    else if (last == DL)
        path[size++] = (Key){kind == TERM ? DT : DD, ~block};
    if (kind == CODE) {
        path[size++] = (Key){PRE, ~block};
        return size;
    }
    int item = 0, quote = 0, term = 0;
    for (int i = 0; i < size; i++) {
        item |= path[i].tag == LI;
        quote |= path[i].tag == QUOTE_TAG;
        term |= is_term(path[i].tag);
    }
    if (kind == ITEM && !item) {
        for (int depth = 0; depth < level; depth++) path[size++] = (Key){UL, ~(Py_ssize_t)depth};
        path[size++] = (Key){LI, ~block};
    } else if (kind == QUOTE && !quote) {
        for (int depth = 0; depth < level; depth++) path[size++] = (Key){QUOTE_TAG, ~(Py_ssize_t)depth};
    } else if ((kind == TERM || kind == DEFINITION) && !term) {
        path[size++] = (Key){DL, -1};
        path[size++] = (Key){kind == TERM ? DT : DD, ~block};
    }
    return size;
}

static int full_path(Page *p, Py_ssize_t block, Key *path) {
    int32_t step = path_of(p, p->container[block]);
    if (step < 0) return -1;
    int size = p->step[step].depth, kind = p->kind[block], last = p->step[step].key.tag;
    for (int i = size; i > 0; i--, step = p->step[step].up) path[i - 1] = p->step[step].key;
    int calls = kind == ITEM || kind == TERM || kind == DEFINITION || kind == QUOTE || kind == CODE;
    return calls || is_list(last) || last == TR || last == DL ? complete(p, path, size, block) : size;
}

/* -- the tree ------------------------------------------------------------------------------------------------------ */

static int32_t add_node(Page *p, int32_t parent, int tag, Py_ssize_t at) {
    if (grow_room((void **)&p->node, p->nodes, &p->node_room, sizeof *p->node) < 0) return -1;
    int32_t made = (int32_t)p->nodes++;
    p->node[made] = (Node){tag, at, -1, -1, -1, 0, 0};
    if (parent < 0) return made;
    Node *above = &p->node[parent];
    if (above->last < 0)
        above->first = made;
    else
        p->node[above->last].next = made;
    above->last = made;
    return made;
}

/* A new node below another. A list right inside a list goes into its last item. */
static int32_t open_node(Page *p, int32_t parent, Key key) {
    if (is_list(key.tag) && is_list(p->node[parent].tag)) {
        if (p->node[parent].last < 0 && add_node(p, parent, LI, -1) < 0) return -1;
        parent = p->node[parent].last;
    }
    return add_node(p, parent, key.tag, key.at);
}

static int grow(Page *p, PyObject *blocks) {
    Key path[MAX_PATH], open[MAX_PATH];
    int32_t stack[MAX_PATH + 1];
    int height = 0;
    if ((stack[0] = add_node(p, -1, ROOT, -1)) < 0) return -1;
    for (Py_ssize_t k = 0; k < PyList_GET_SIZE(blocks); k++) {
        Py_ssize_t block = PyLong_AsSsize_t(PyList_GET_ITEM(blocks, k));
        if (block < 0 || block >= p->count) {
            if (!PyErr_Occurred()) PyErr_SetString(PyExc_IndexError, "plain: no such block");
            return -1;
        }
        int size = full_path(p, block, path), depth = 0;
        if (size < 0) return -1;
        while (depth < size && depth < height && open[depth].tag == path[depth].tag && open[depth].at == path[depth].at)
            depth++;
        for (height = depth; height < size; height++) {
            open[height] = path[height];
            if ((stack[height + 1] = open_node(p, stack[height], path[height])) < 0) return -1;
        }
        if (add_node(p, stack[height], LEAF, block) < 0) return -1;
    }
    return 0;
}

int is_plain(const Page *p, const Node *n) {
    if (n->tag != LEAF) return 0;
    int kind = p->kind[n->at];
    return kind != HEADING && kind != QUOTE && kind != CODE && kind != CAPTION;
}

static int is_tight(const Page *p, const Node *n) {
    for (int32_t child = n->first; child >= 0; child = p->node[child].next) {
        const Node *c = &p->node[child];
        if (!is_list(c->tag) && (child != n->first || !is_plain(p, c))) return 0;
    }
    return 1;
}

/* Puts `child` behind the last child of `node` so far. */
static void append(Page *p, int32_t node, int32_t child) {
    p->node[child].next = -1;
    if (p->node[node].last < 0)
        p->node[node].first = child;
    else
        p->node[p->node[node].last].next = child;
    p->node[node].last = child;
}

/* Puts what stands below `from` below `to`; with `flat`, in the place of rows and cells what stands in them, and with
   `captions` no rows. */
static void move(Page *p, int32_t from, int32_t to, int flat, int captions) {
    int32_t child = p->node[from].first;
    p->node[from].first = p->node[from].last = -1;
    while (child >= 0) {
        int32_t next = p->node[child].next;
        int tag = p->node[child].tag;
        if (flat && (tag == TR || is_cell(tag)))
            move(p, child, to, 1, 0);
        else if (!captions || tag == LEAF)
            append(p, to, child);
        child = next;
    }
}

/* Gives tables below a node their cells; puts the contents of those that only serve the layout in their place. */
static int settle(Page *p, int32_t node) {
    int32_t child = p->node[node].first;
    p->node[node].first = p->node[node].last = -1;
    while (child >= 0) {
        int32_t next = p->node[child].next;
        if (p->node[child].tag != LEAF && settle(p, child) < 0) return -1;
        int grid = p->node[child].tag == TABLE ? make_grid(p, child) : 1;
        if (grid < 0) return -1;
        if (!grid) {
            move(p, child, node, 1, 0);
        } else {
            if (p->node[child].tag == TABLE) move(p, child, child, 0, 1);
            append(p, node, child);
        }
        child = next;
    }
    return 0;
}

/* -- the text ------------------------------------------------------------------------------------------------------ */

static int put_span(Page *p, Py_ssize_t begin, Py_ssize_t end) {
    PyObject *part = PyUnicode_Substring(p->text, begin, end);
    int result = part ? PyList_Append(p->parts, part) : -1;
    Py_XDECREF(part);
    return result;
}

/* The span of a block in the text, as slices are cut. */
static int span_of(const Page *p, Py_ssize_t block, Py_ssize_t *begin, Py_ssize_t *end) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(p->text);
    *begin = p->start[block];
    *end = p->end[block] < size ? p->end[block] : size;
    if (*begin >= 0 && *end >= 0) return 0;
    PyErr_SetString(PyExc_ValueError, "plain: a block begins before the text");
    return -1;
}

static int put_block(Page *p, Py_ssize_t block) {
    Py_ssize_t begin, end;
    if (span_of(p, block, &begin, &end) < 0) return -1;
    return begin < end ? put_span(p, begin, end) : 0;
}

/* A cell in one line, its line ends and tabs made spaces. */
static int put_cell(Page *p, Py_ssize_t block) {
    Py_ssize_t at, end, words = 0;
    if (span_of(p, block, &at, &end) < 0) return -1;
    int kind = PyUnicode_KIND(p->text);
    const void *data = PyUnicode_DATA(p->text);
    while (1) {
        while (at < end && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at))) at++;
        if (at >= end) return 0;
        Py_ssize_t begin = at;
        while (at < end && !Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at))) at++;
        if (words++ && PyList_Append(p->parts, p->space) < 0) return -1;
        if (put_span(p, begin, at) < 0) return -1;
    }
}

/* Tabs are put before a cell that has text, so that none stands at the end of a row. */
static int put_grid(Page *p, const Node *table) {
    const Py_ssize_t *cell = p->cells + table->cell;
    for (Py_ssize_t r = 0; r < table->rows; r++) {
        if (r && PyList_Append(p->parts, p->line) < 0) return -1;
        Py_ssize_t tabs = 0;
        for (const Py_ssize_t *end = cell + 1 + *cell; ++cell < end; tabs++) {
            Py_ssize_t block = *cell, before = PyList_GET_SIZE(p->parts);
            if (block < 0) continue;
            Py_ssize_t pending = tabs;
            for (; pending; pending--)
                if (PyList_Append(p->parts, p->tab) < 0) return -1;
            Py_ssize_t with_tabs = PyList_GET_SIZE(p->parts);
            if (put_cell(p, block) < 0) return -1;
            if (PyList_GET_SIZE(p->parts) > with_tabs)
                tabs = 0;
            else if (PyList_SetSlice(p->parts, before, with_tabs, NULL) < 0) /* nothing but white space */
                return -1;
        }
    }
    return 0;
}

static int put_children(Page *p, const Node *n, PyObject *between);

static int put_node(Page *p, const Node *n) {
    if (n->tag == LEAF) return put_block(p, n->at);
    if (n->tag == TABLE) {
        if (put_children(p, n, p->gap) < 0) return -1;
        if (n->first >= 0 && PyList_Append(p->parts, p->gap) < 0) return -1;
        return put_grid(p, n);
    }
    int close = n->tag == DL || is_term(n->tag) || n->tag == PRE || (n->tag == LI && is_tight(p, n));
    if (is_list(n->tag)) {
        close = 1;
        for (int32_t c = n->first; c >= 0 && close; c = p->node[c].next) close = is_tight(p, &p->node[c]);
    }
    return put_children(p, n, close ? p->line : p->gap);
}

static int put_children(Page *p, const Node *n, PyObject *between) {
    for (int32_t c = n->first; c >= 0; c = p->node[c].next) {
        if (c != n->first && PyList_Append(p->parts, between) < 0) return -1;
        if (put_node(p, &p->node[c]) < 0) return -1;
    }
    return 0;
}

static PyObject *write_text(Page *p, PyObject *blocks) {
    if (!(p->known = PyMem_Calloc((size_t)p->containers + 1, sizeof *p->known))) return PyErr_NoMemory();
    if (grow_room((void **)&p->step, 0, &p->step_room, sizeof *p->step) < 0) return NULL;
    p->step[0] = (Step){{LEAF, -1}, 0, 0};
    p->steps = 1;
    p->parts = PyList_New(0);
    p->gap = PyUnicode_FromString("\n\n");
    p->line = PyUnicode_FromString("\n");
    p->tab = PyUnicode_FromString("\t");
    p->space = PyUnicode_FromString(" ");
    PyObject *empty = PyUnicode_FromString(""), *text = NULL;
    if (p->parts && p->gap && p->line && p->tab && p->space && empty && grow(p, blocks) == 0 && settle(p, 0) == 0 &&
        put_node(p, &p->node[0]) == 0)
        text = PyUnicode_Join(empty, p->parts);
    Py_XDECREF(empty);
    return text;
}

static PyObject *native_plain(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *in[6], *blocks, *result = NULL;
    Page p = {.count = 0};
    if (!PyArg_ParseTuple(args, "U(OOOOO)OO!O!", &p.text, &in[0], &in[1], &in[2], &in[3], &in[4], &in[5], &PyList_Type,
                          &p.tags, &PyList_Type, &blocks))
        return NULL;
    Views views;
    views.count = 0;
    if (!(p.start = views_get(&views, in[0], sizeof(long), 0, 0))) goto done;
    p.count = views.items[0].len / (Py_ssize_t)sizeof(long);
    p.containers = PyList_GET_SIZE(p.tags);
    if (p.containers > INT32_MAX / 4 || p.count > INT32_MAX / 4) {
        PyErr_SetString(PyExc_ValueError, "plain: too large");
        goto done;
    }
    if ((p.end = views_get(&views, in[1], sizeof(long), p.count, 0)) &&
        (p.kind = views_get(&views, in[2], 1, p.count, 0)) && (p.level = views_get(&views, in[3], 1, p.count, 0)) &&
        (p.container = views_get(&views, in[4], sizeof(long), p.count, 0)) &&
        (p.parent = views_get(&views, in[5], sizeof(long), p.containers, 0)))
        result = write_text(&p, blocks);
done:
    views_release(&views);
    Py_XDECREF(p.parts);
    Py_XDECREF(p.gap);
    Py_XDECREF(p.line);
    Py_XDECREF(p.tab);
    Py_XDECREF(p.space);
    PyMem_Free(p.step);
    PyMem_Free(p.known);
    PyMem_Free(p.node);
    PyMem_Free(p.slot);
    PyMem_Free(p.cells);
    return result;
}

PyDoc_STRVAR(plain_doc,
"plain(text, (start, end, kind, level, container), parent, tag, blocks)\n--\n\n"
"The text of some blocks, lists and tables in lines. See cleanbody.render.to_text.");

PyMethodDef render_methods[] = {
    {"plain", native_plain, METH_VARARGS, plain_doc},
    {NULL, NULL, 0, NULL},
};
