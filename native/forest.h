/* Trees made ready, shared by forest.c, which makes them, and grade.c, which asks them. */

#ifndef CLEANBODY_FOREST_H
#define CLEANBODY_FOREST_H

#include "native.h"

enum { LANES = 128, GROUP = 16, PLANE = 8, MAX_LEAVES = 32, PLANES = MAX_LEAVES / PLANE, MAX_EDGES = 255 };
enum { MAX_WIDTH = 4096, FEW_EDGES = 64, ALIGN = 64 };

typedef struct {
    uint64_t least, lost; /* eight times the same byte: so many limits or more go right; the leaves that this costs */
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

/* The number of edges below a value; as many steps for any value, so that no branch is foretold wrongly. */
static inline int edges_below(const double *edge, int count, double v) {
    const double *low = edge;
    while (count > 1) {
        int half = count / 2;
        low += -(Py_ssize_t)(low[half - 1] < v) & half;
        count -= half;
    }
    return (int)(low - edge) + (count == 1 && *low < v);
}

extern const char FOREST[]; /* what the capsule of one is called */

#endif
