/* The tables of a page as rows of cells. Twin: cleanbody.render_tree. */

#include "render.h"

static int add_cell(Page *p, Py_ssize_t block) {
    if (grow_room((void **)&p->cells, p->cell_count, &p->cell_room, sizeof *p->cells) < 0) return -1;
    p->cells[p->cell_count++] = block;
    return 0;
}

/* The cells of a row in order; those with nothing kept stay as empty cells. Of cells of one element the last counts. */
static int add_row(Page *p, const Node *row) {
    if (!p->slot && !(p->slot = PyMem_Calloc((size_t)p->containers + 1, sizeof *p->slot))) {
        PyErr_NoMemory();
        return -1;
    }
    int bare = 0, result = 0; /* whether some stand in no element: then all as they come */
    for (int32_t c = row->first; c >= 0; c = p->node[c].next) {
        Py_ssize_t at = p->node[c].at;
        if (at >= 0) p->slot[at] = p->node[p->node[c].first].at + 1;
        bare |= at < 0;
    }
    for (Py_ssize_t c = row->at + 1; !bare && c < p->containers && p->parent[c] >= row->at && result == 0; c++)
        if (p->parent[c] == row->at && is_cell(tag_of(PyList_GET_ITEM(p->tags, c))))
            result = add_cell(p, p->slot[c] - 1);
    for (int32_t c = row->first; c >= 0 && result == 0; c = p->node[c].next) {
        Py_ssize_t at = p->node[c].at;
        if (at < 0)
            result = add_cell(p, p->node[p->node[c].first].at);
        else if (bare && p->slot[at])
            result = add_cell(p, p->slot[at] - 1);
        if (at >= 0) p->slot[at] = 0;
    }
    return result;
}

/* Whether all cells of a row are one plain block. */
static int is_row(const Page *p, const Node *row) {
    for (int32_t c = row->first; c >= 0; c = p->node[c].next) {
        const Node *cell = &p->node[c];
        if (cell->first < 0 || cell->first != cell->last || !is_plain(p, &p->node[cell->first])) return 0;
    }
    return 1;
}

/* Gives a table its cells without empty columns: of each row how many, and their blocks; 0 if it serves the layout. */
static int fill_grid(Page *p, int32_t table, const Py_ssize_t *ends, Py_ssize_t rows, Py_ssize_t begin) {
    Py_ssize_t width = 0, used = 0, to = p->cell_count, from = begin;
    for (Py_ssize_t r = 0; r < rows; r++) {
        Py_ssize_t size = ends[r] - (r ? ends[r - 1] : begin);
        width = size > width ? size : width;
    }
    uint8_t *wanted = PyMem_Calloc((size_t)width + 1, 1);
    if (!wanted) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t r = 0, at = begin; r < rows; r++)
        for (Py_ssize_t c = 0; at < ends[r]; at++, c++) wanted[c] |= p->cells[at] >= 0;
    for (Py_ssize_t c = 0; c < width; c++) used += wanted[c];
    int result = used >= 2;
    for (Py_ssize_t r = 0; r < rows && result == 1; r++) {
        Py_ssize_t count = p->cell_count;
        if (add_cell(p, 0) < 0) result = -1;
        for (Py_ssize_t c = 0; from < ends[r] && result == 1; c++, from++)
            if (wanted[c] && add_cell(p, p->cells[from]) < 0) result = -1;
        if (result == 1) p->cells[count] = p->cell_count - count - 1;
    }
    PyMem_Free(wanted);
    p->node[table].cell = (int32_t)to;
    p->node[table].rows = (int32_t)rows;
    return result;
}

/* The same for a table with its captions; what is no part of a table makes it layout. */
int make_grid(Page *p, int32_t table) {
    Py_ssize_t begin = p->cell_count, rows = 0, room = 0;
    Py_ssize_t *ends = NULL;
    int result = 1;
    for (int32_t c = p->node[table].first; c >= 0 && result == 1; c = p->node[c].next) {
        const Node *child = &p->node[c];
        if (child->tag != TR) {
            result = child->tag == LEAF && p->kind[child->at] == CAPTION;
            continue;
        }
        if (!is_row(p, child))
            result = 0;
        else if (add_row(p, child) < 0 || grow_room((void **)&ends, rows, &room, sizeof *ends) < 0)
            result = -1;
        else
            ends[rows++] = p->cell_count;
    }
    if (result == 1) result = rows ? fill_grid(p, table, ends, rows, begin) : 0;
    PyMem_Free(ends);
    return result;
}
