/* Columns of a block's form and place. Twin: cleanbody.features.structure. */

#include "columns.h"

/* --- count_links -------------------------------------------------------------------------------------------------- */

static PyObject *native_count_links(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    const long *block_end = in_longs(&in, 0);
    Py_ssize_t n = in.items;
    const long *start = in_longs(&in, 0);
    Py_ssize_t marks = in.items;
    const long *end = in_longs(&in, marks);
    const uint8_t *kind = in_bytes(&in, marks);
    long link = in_long(&in, 0, 255), strong = in_long(&in, 0, 255);
    double *chars = out_doubles(&in, n), *number = out_doubles(&in, n), *bold = out_doubles(&in, n);
    if (!in_end(&in)) goto done;
    Py_ssize_t i = 0;
    for (Py_ssize_t k = 0; k < marks; k++) {
        while (i < n && block_end[i] < start[k]) i++;
        if (i == n) break;
        if (kind[k] == link && start[k] < block_end[i]) {
            chars[i] += (double)(end[k] - start[k]);
            number[i] += 1.0;
        } else if (kind[k] == strong) {
            bold[i] += (double)(end[k] - start[k]);
        }
    }
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

/* --- form_columns ------------------------------------------------------------------------------------------------- */

typedef struct {
    const long *start, *end, *container;
    const uint8_t *kind, *level, *flags, *role, *forms, *flag_of;
    const double *chars, *number, *bold, *words;
    Py_ssize_t form_count, flag_count;
    long heading, paragraph;
} Form;

static void fill_form(const Form *f, Py_ssize_t n, double **column) {
    double **form = column + 5, **after = form + f->form_count, **flag = after + 2;
    for (Py_ssize_t i = 0; i < n; i++) {
        double size = (double)(f->end[i] > f->start[i] ? f->end[i] - f->start[i] : 1);
        column[0][i] = smaller(1.0, f->chars[i] / size);
        column[1][i] = f->number[i];
        column[2][i] = f->number[i] / larger(f->words[i], 1.0);
        column[3][i] = smaller(1.0, f->bold[i] / size);
        column[4][i] = f->kind[i] == f->heading ? 7.0 - f->level[i] : 0.0;
        for (Py_ssize_t k = 0; k < f->form_count; k++) form[k][i] = f->kind[i] == f->forms[k];
        after[0][i] = f->role[f->container[i]] == f->paragraph;
        after[1][i] = f->kind[i] == f->forms[0] ? (double)f->level[i] : 0.0;
        for (Py_ssize_t k = 0; k < f->flag_count; k++) flag[k][i] = (f->flags[i] & f->flag_of[k]) != 0;
    }
}

static PyObject *native_form_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    double *columns[MAX_VIEWS];
    Form f;
    f.start = in_longs(&in, 0);
    Py_ssize_t n = in.items;
    f.end = in_longs(&in, n);
    f.kind = in_bytes(&in, n);
    f.level = in_bytes(&in, n);
    f.flags = in_bytes(&in, n);
    f.container = in_longs(&in, n);
    f.role = in_bytes(&in, 0);
    Py_ssize_t m = in.items;
    f.chars = in_doubles(&in, n);
    f.number = in_doubles(&in, n);
    f.bold = in_doubles(&in, n);
    f.words = in_doubles(&in, n);
    f.heading = in_long(&in, 0, 255);
    f.forms = in_bytes(&in, 1);
    f.form_count = in.items;
    f.flag_of = in_bytes(&in, 0);
    f.flag_count = in.items;
    f.paragraph = in_long(&in, 0, 255);
    if (in.failed) goto done;
    if (f.form_count > 64 || f.flag_count > 8) {
        PyErr_SetString(PyExc_ValueError, "form_columns: too many kinds or flags");
        goto done;
    }
    in_columns(&in, 7 + f.form_count + f.flag_count, n, columns);
    if (!in_end(&in) || !in_range(f.container, n, (long)m)) goto done;
    fill_form(&f, n, columns);
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

/* --- container_totals --------------------------------------------------------------------------------------------- */

static PyObject *native_container_totals(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    double *running = NULL;
    const long *first = in_longs(&in, 0);
    Py_ssize_t m = in.items;
    const long *last = in_longs(&in, m);
    const double *words = in_doubles(&in, 0);
    Py_ssize_t n = in.items;
    const double *share = in_doubles(&in, n);
    double *sum = out_doubles(&in, m), *linked = out_doubles(&in, m), *blocks = out_doubles(&in, m);
    if (!in_end(&in) || !in_range(first, m, (long)n + 1) || !in_range(last, m, (long)n + 1)) goto done;
    if (!(running = PyMem_Malloc(2 * ((size_t)n + 1) * sizeof *running))) {
        PyErr_NoMemory();
        goto done;
    }
    running[0] = running[1] = 0.0;
    for (Py_ssize_t i = 0; i < n; i++) {
        running[2 * i + 2] = running[2 * i] + words[i];
        running[2 * i + 3] = running[2 * i + 1] + words[i] * share[i];
    }
    for (Py_ssize_t c = 0; c < m; c++) {
        sum[c] = running[2 * last[c]] - running[2 * first[c]];
        linked[c] = running[2 * last[c] + 1] - running[2 * first[c] + 1];
        blocks[c] = (double)(last[c] - first[c]);
    }
    result = Py_NewRef(Py_None);
done:
    PyMem_Free(running);
    views_release(&in.views);
    return result;
}

/* --- place_columns ------------------------------------------------------------------------------------------------ */

enum { CARDS = 5, SUMS = 7, ALIKE = 3, MAX_ROLES = 32, MAX_KINDS = 64 };

typedef struct {
    const long *parent, *container, *name, *shape;
    const uint8_t *role;
    const double *weights, *sum, *linked, *blocks, *words, *share;
    double *card[CARDS];
    double decay;
    Py_ssize_t m, n, kinds, tags;
} Place;

/* What a container has of those around it: a bit for each ancestor's tag, and how many there are; then the weights of
   class names, `kinds` a container. */
typedef struct {
    uint32_t *tags;
    int32_t *depth;
    double *classes;
} Inherited;

static void inherit(const Place *p, Inherited *own) {
    static const double nothing[MAX_KINDS];
    for (Py_ssize_t c = 0; c < p->m; c++) {
        long above = p->parent[c];
        const double *upper = above < 0 ? nothing : own->classes + above * p->kinds;
        const double *weights = p->weights + p->name[c] * p->kinds;
        double *classes = own->classes + c * p->kinds;
        for (Py_ssize_t k = 0; k < p->kinds; k++) classes[k] = larger(weights[k], upper[k] * p->decay);
        own->depth[c] = above < 0 ? 1 : own->depth[above] + 1;
        own->tags[c] = above < 0 ? 0 : own->tags[above];
        if (p->role[c] && p->role[c] <= p->tags) own->tags[c] |= (uint32_t)1 << (p->role[c] - 1);
    }
}

static void fill_inherited(const Place *p, const Inherited *own, double **column) {
    double **classes = column + p->tags + 1 + SUMS + ALIKE + CARDS;
    for (Py_ssize_t k = 0; k < p->tags; k++)
        for (Py_ssize_t i = 0; i < p->n; i++) column[k][i] = (double)(own->tags[p->container[i]] >> k & 1);
    for (Py_ssize_t i = 0; i < p->n; i++) column[p->tags][i] = (double)own->depth[p->container[i]];
    for (Py_ssize_t i = 0; i < p->n; i++) {
        const double *row = own->classes + p->container[i] * p->kinds;
        for (Py_ssize_t k = 0; k < p->kinds; k++) classes[k][i] = row[k];
    }
}

static void fill_sums(const Place *p, double **column) {
    for (Py_ssize_t i = 0; i < p->n; i++) {
        long inner = p->container[i], outer = outer_of(p->parent, inner);
        column[0][i] = p->blocks[inner];
        column[1][i] = p->sum[inner];
        column[2][i] = p->linked[inner] / larger(p->sum[inner], 1.0);
        column[3][i] = p->blocks[outer];
        column[4][i] = p->sum[outer];
        column[5][i] = p->linked[outer] / larger(p->sum[outer], 1.0);
        column[6][i] = p->sum[outer] / larger(p->blocks[outer], 1.0);
        for (int k = 0; k < CARDS; k++) column[SUMS + ALIKE + k][i] = p->card[k][inner];
    }
}

/* Of blocks of one shape: how many (log2), their mean words and link share. `sums` has three zeros for each shape. */
static void fill_alike(const Place *p, double *sums, double **column) {
    Py_ssize_t shapes = 0;
    for (Py_ssize_t i = 0; i < p->n; i++) {
        double *of = sums + 3 * p->shape[i];
        of[0] += 1.0;
        of[1] += p->words[i];
        of[2] += p->words[i] * p->share[i];
        if (p->shape[i] >= shapes) shapes = p->shape[i] + 1;
    }
    for (Py_ssize_t k = 0; k < shapes; k++) {
        double *of = sums + 3 * k, count = of[0], words = of[1];
        of[0] = log2(count);
        of[1] = words / count;
        of[2] = of[2] / larger(words, 1.0);
    }
    for (Py_ssize_t i = 0; i < p->n; i++)
        for (int k = 0; k < ALIKE; k++) column[k][i] = sums[3 * p->shape[i] + k];
}

static int fill_place(const Place *p, double **column) {
    size_t m = (size_t)p->m + 1, kinds = (size_t)p->kinds + 1;
    Inherited own = {PyMem_Malloc(m * sizeof(uint32_t)), PyMem_Malloc(m * sizeof(int32_t)),
                     PyMem_Malloc(m * kinds * sizeof(double))};
    double *sums = PyMem_Calloc(3 * ((size_t)p->n + 1), sizeof *sums);
    int result = own.tags && own.depth && own.classes && sums ? 0 : -1;
    if (!result) {
        inherit(p, &own);
        fill_inherited(p, &own, column);
        fill_sums(p, column + p->tags + 1);
        fill_alike(p, sums, column + p->tags + 1 + SUMS);
    } else {
        PyErr_NoMemory();
    }
    PyMem_Free(own.tags);
    PyMem_Free(own.depth);
    PyMem_Free(own.classes);
    PyMem_Free(sums);
    return result;
}

static int is_sound(const Place *p, Py_ssize_t names) {
    if (p->m > PY_SSIZE_T_MAX / (16 * MAX_KINDS)) {
        PyErr_NoMemory();
        return 0;
    }
    return is_tree(p->parent, p->m) && in_range(p->container, p->n, (long)p->m) &&
           in_range(p->name, p->m, (long)names) && in_range(p->shape, p->n, (long)p->n);
}

static PyObject *native_place_columns(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    (void)self;
    In in;
    in_begin(&in, args, count);
    PyObject *result = NULL;
    double *columns[MAX_VIEWS];
    Place p;
    p.parent = in_longs(&in, 0);
    p.m = in.items;
    p.container = in_longs(&in, 0);
    p.n = in.items;
    p.role = in_bytes(&in, p.m);
    p.tags = in_long(&in, 0, MAX_ROLES);
    p.name = in_longs(&in, p.m);
    p.weights = in_doubles(&in, 0);
    Py_ssize_t weights = in.items;
    p.kinds = in_long(&in, 1, MAX_KINDS);
    p.decay = in_double(&in);
    p.sum = in_doubles(&in, p.m);
    p.linked = in_doubles(&in, p.m);
    p.blocks = in_doubles(&in, p.m);
    in_columns(&in, CARDS, p.m, p.card);
    p.shape = in_longs(&in, p.n);
    p.words = in_doubles(&in, p.n);
    p.share = in_doubles(&in, p.n);
    in_columns(&in, p.tags + 1 + SUMS + ALIKE + CARDS + p.kinds, p.n, columns);
    if (!in_end(&in) || !is_sound(&p, weights / p.kinds)) goto done;
    if (fill_place(&p, columns) < 0) goto done;
    result = Py_NewRef(Py_None);
done:
    views_release(&in.views);
    return result;
}

PyDoc_STRVAR(count_links_doc,
"count_links(block_end, start, end, kind, link, strong, chars, number, bold)\n--\n\n"
"Links and bold text of each block. See cleanbody.features.structure.count_links.");
PyDoc_STRVAR(form_columns_doc,
"form_columns(start, end, kind, level, flags, container, role, chars, number, bold, words, heading, forms, flags,\n"
"             paragraph, columns)\n--\n\n"
"Columns of a block's form. See cleanbody.features.structure.form_columns.");
PyDoc_STRVAR(container_totals_doc,
"container_totals(first, last, words, link_share, sum, linked, blocks)\n--\n\n"
"Sums over each container's blocks. See cleanbody.features.structure.container_totals.");
PyDoc_STRVAR(place_columns_doc,
"place_columns(parent, container, role, tags, name, weights, kinds, decay, sum, linked, blocks, cards, shape, words,\n"
"              link_share, columns)\n--\n\n"
"Columns of a block's place. See cleanbody.features.structure.place_columns.");

PyMethodDef place_methods[] = {
    METHOD(count_links),
    METHOD(form_columns),
    METHOD(container_totals),
    METHOD(place_columns),
    {NULL, NULL, 0, NULL},
};
