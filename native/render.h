/* The tree of kept blocks: what render.c grows and writes, and grid.c makes tables of. */

#ifndef CLEANBODY_RENDER_H
#define CLEANBODY_RENDER_H

#include "native.h"

/* Elements that are structure, and "" for a block. */
enum { LEAF, ROOT, UL, OL, LI, QUOTE_TAG, FIGURE, PRE, TABLE, TR, TD, TH, DL, DT, DD, NO_TAG };
/* Kinds, in the order of cleanbody.page.Kind. */
enum { PARAGRAPH, HEADING, ITEM, CELL, TERM, DEFINITION, QUOTE, CODE, CAPTION, CONTROL };
/* Containers give a path at most 2 keys more than MAX_NESTING, the kind of a block at most 1 + MAX_LEVEL + 1 more. */
enum { MAX_NESTING = 12, MAX_LEVEL = 6, MAX_PATH = 32 };

typedef struct { int tag; Py_ssize_t at; } Key;
typedef struct { Key key; int32_t up, depth; } Step; /* a path is its last step, and those above it */
typedef struct {
    int tag;
    Py_ssize_t at;
    int32_t first, last, next; /* children, and the sibling behind; -1: none */
    int32_t cell, rows; /* of a table: where its cells begin, and how many rows they make */
} Node;

typedef struct {
    PyObject *text, *tags, *parts, *gap, *line, *tab, *space;
    Py_ssize_t count, containers;
    const long *start, *end, *container, *parent;
    const uint8_t *kind, *level;
    Step *step;
    int32_t *known; /* of each container its path + 1; 0: not looked at */
    Node *node;
    Py_ssize_t *slot;  /* of each container: the block in it + 1, while a row is made; else 0 */
    Py_ssize_t *cells; /* blocks; -1: an empty cell */
    Py_ssize_t steps, step_room, nodes, node_room, cell_count, cell_room;
} Page;

static inline int is_list(int tag) { return tag == UL || tag == OL; }
static inline int is_cell(int tag) { return tag == TD || tag == TH; }
static inline int is_term(int tag) { return tag == DT || tag == DD; }

/* Room for one more item; -1 and an exception where there is none. */
int grow_room(void **items, Py_ssize_t count, Py_ssize_t *room, size_t size);
/* Which of the elements that are structure one is. */
int tag_of(PyObject *name);
int is_plain(const Page *p, const Node *n);
/* Gives a table its cells: 1; 0 if it serves the layout; -1 and an exception otherwise. */
int make_grid(Page *p, int32_t table);

#endif
