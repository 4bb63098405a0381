/* Trees made ready, and columns as bytes: what forest.c makes and grade.c reads. */

#ifndef CLEANBODY_FOREST_H
#define CLEANBODY_FOREST_H

#include "native.h"

enum { LANES = 32, PLANE = 8, MAX_LEAVES = 32, PLANES = MAX_LEAVES / PLANE, MAX_EDGES = 255, MAX_WIDTH = 4096,
       FEW_EDGES = 32, RUN = 512 /* rows at a time */ };

typedef struct {
    uint64_t limit, lost; /* eight times the same byte: more limits than this go right; the leaves that this costs */
    uint32_t plane;       /* twice the column, and 1 if an unknown value goes right */
} Cut;

typedef struct {
    uint32_t cuts[PLANES + 1]; /* where the cuts of each plane of leaves begin, and where they end */
    double value[MAX_LEAVES];
} Tree;

typedef struct { Py_ssize_t begin, end, width; } Ensemble; /* trees, and the columns that these need at least */

typedef struct {
    Py_ssize_t width, count, trees, cuts;
    Ensemble *ensembles;
    Tree *tree;
    Cut *cut;
    uint32_t *edge_at; /* per column: its first edge; one more at the end */
    double *edge;      /* the limits of each column, ascending */
} Forest;

/* Columns of bytes: of each column two planes, one in which an unknown value is below all limits, one in which it is
   above; the second is only filled where there is such a value. */
typedef struct {
    PyObject *forest; /* for which they were made: they tell nothing else */
    Py_ssize_t first, count, rows, stride;
    uint8_t *unknown;
    int8_t *planes;
} Bins;

/* The names of capsules that hold the one and the other. */
#define FOREST "cleanbody.forest"
#define BINS "cleanbody.bins"

static inline int8_t *plane_of(const Bins *b, Py_ssize_t column, int second) {
    return b->planes + (2 * column + second) * b->stride;
}

PyObject *native_grade(PyObject *self, PyObject *args);

#endif
