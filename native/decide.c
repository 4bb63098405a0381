/* Rules over columns, and the cut of a page. Twins: cleanbody.rules, cleanbody.classify, cleanbody.cut, cleanbody.page_type. */

#include "native.h"

#include <math.h>

/* -- rules --------------------------------------------------------------------------------------------------------- */

typedef struct {
    const uint16_t *column, *end; /* of each condition its column; of each rule the condition behind its last */
    const uint8_t *sign;
    const double *limit;
    Py_ssize_t conditions, rules;
} Program; /* as in cleanbody.rules.Book */

enum { AT_LEAST, AT_MOST, ABOVE, BELOW }; /* the order of cleanbody.rules.rule.OPERATORS */

/* NaN reaches no lower limit and breaks no upper one. */
static inline int is_true(int sign, double v, double limit) {
    switch (sign) {
    case AT_LEAST: return v >= limit;
    case AT_MOST: return !(v > limit);
    case ABOVE: return v > limit;
    default: return !(v >= limit);
    }
}

static Py_ssize_t first_filter(int sign, const double *x, double limit, Py_ssize_t rows, uint32_t *left) {
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        left[count] = (uint32_t)i;
        count += is_true(sign, x[i], limit);
    }
    return count;
}

static Py_ssize_t filter(int sign, const double *x, double limit, Py_ssize_t rows, uint32_t *left) {
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        uint32_t row = left[i];
        left[count] = row;
        count += is_true(sign, x[row], limit);
    }
    return count;
}

/* The same with the sign known when this is compiled, so that no loop asks for it. */
static Py_ssize_t narrow(int first, int sign, const double *x, double limit, Py_ssize_t rows, uint32_t *left) {
    switch (sign) {
    case AT_LEAST: return first ? first_filter(AT_LEAST, x, limit, rows, left) : filter(AT_LEAST, x, limit, rows, left);
    case AT_MOST: return first ? first_filter(AT_MOST, x, limit, rows, left) : filter(AT_MOST, x, limit, rows, left);
    case ABOVE: return first ? first_filter(ABOVE, x, limit, rows, left) : filter(ABOVE, x, limit, rows, left);
    default: return first ? first_filter(BELOW, x, limit, rows, left) : filter(BELOW, x, limit, rows, left);
    }
}

static void hold(const Program *p, double *const *columns, Py_ssize_t rows, uint32_t *left, uint64_t *out) {
    Py_ssize_t words = (p->rules + 63) / 64, at = 0;
    for (Py_ssize_t k = 0; k < p->rules; k++) {
        Py_ssize_t count = rows, begin = at;
        for (; at < p->end[k] && count; at++)
            count = narrow(at == begin, p->sign[at], columns[p->column[at]], p->limit[at], count, left);
        at = p->end[k];
        if (begin == at)
            for (Py_ssize_t i = 0; i < rows; i++) left[i] = (uint32_t)i;
        for (Py_ssize_t i = 0; i < count; i++) out[left[i] * words + k / 64] |= (uint64_t)1 << (k % 64);
    }
}

static int open_program(Views *views, PyObject *objects, Program *p, Py_ssize_t width) {
    static const Py_ssize_t sizes[4] = {2, 1, 8, 2};
    const void *data[4];
    if (!PyTuple_Check(objects) || PyTuple_GET_SIZE(objects) != 4) {
        PyErr_SetString(PyExc_TypeError, "hold: rules are a tuple of four arrays");
        return -1;
    }
    for (int i = 0; i < 4; i++)
        if (!(data[i] = views_get(views, PyTuple_GET_ITEM(objects, i), sizes[i],
                                  i == 1 || i == 2 ? p->conditions : 0, 0)))
            return -1;
        else if (i == 0)
            p->conditions = views->items[views->count - 1].len / sizes[i];
        else if (i == 3)
            p->rules = views->items[views->count - 1].len / sizes[i];
    *p = (Program){data[0], data[3], data[1], data[2], p->conditions, p->rules};
    Py_ssize_t before = 0;
    for (Py_ssize_t k = 0; k < p->rules; before = p->end[k], k++)
        if (p->end[k] < before || p->end[k] > p->conditions) goto wrong;
    for (Py_ssize_t k = 0; k < p->conditions; k++)
        if (p->column[k] >= width || p->sign[k] > BELOW) goto wrong;
    return 0;
wrong:
    PyErr_SetString(PyExc_ValueError, "hold: a rule points outside the table");
    return -1;
}

/* The columns that some rule looks at. */
static int open_columns(Views *views, PyObject *columns, const Program *p, Py_ssize_t rows, double **out) {
    for (Py_ssize_t k = 0; k < p->conditions; k++) {
        Py_ssize_t c = p->column[k];
        if (!out[c] && !(out[c] = views_get(views, PyTuple_GET_ITEM(columns, c), sizeof(double), rows, 0))) return -1;
    }
    return 0;
}

static PyObject *native_hold(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *columns, *program, *array, *result = NULL;
    Py_ssize_t rows;
    if (!PyArg_ParseTuple(args, "O!nOO", &PyTuple_Type, &columns, &rows, &program, &array)) return NULL;
    if (rows < 0 || rows > INT32_MAX) return PyErr_Format(PyExc_ValueError, "hold: %zd rows", rows);
    Views views;
    views.count = 0;
    Program p = {.conditions = 0};
    Py_ssize_t width = PyTuple_GET_SIZE(columns);
    double **x = PyMem_Calloc((size_t)width + 1, sizeof *x);
    uint32_t *left = PyMem_Malloc(sizeof *left * ((size_t)rows + 1));
    if (!x || !left) {
        PyErr_NoMemory();
        goto done;
    }
    if (open_program(&views, program, &p, width) < 0 || open_columns(&views, columns, &p, rows, x) < 0) goto done;
    uint64_t *out = views_get(&views, array, sizeof *out, rows * ((p.rules + 63) / 64), 1);
    if (!out) goto done;
    hold(&p, x, rows, left, out);
    result = Py_NewRef(Py_None);
done:
    views_release(&views);
    PyMem_Free(x);
    PyMem_Free(left);
    return result;
}

/* -- the verdict --------------------------------------------------------------------------------------------------- */

enum { CONTENT, DOUBTFUL, NAMED }; /* of classify.Verdict.fate */

typedef struct {
    double threshold, below, above, line;
} Cut;

typedef struct {
    Py_ssize_t rows, words, rules, headline, told; /* told: so many lines that go by their words make a text unclean */
    const uint64_t *held, *against, *asks, *tells, *sure; /* `words` words a row; rules against it, that ask, tell, name */
    const double *pull, *base, *size;      /* of each rule; of each row */
    const uint8_t *kind, *lines; /* of each row; of each kind, whether it may be a line */
    int markup, clean; /* clean: whether a text may be so for the most part */
    double clean_logit, clean_slope, clean_gone, few_words, few_logit, prose_share, line_words, trust, lift, floor;
    Cut own, usual; /* as asked for; by which a clean text is known */
    double *score;
    uint8_t *keep, *fate;
} Verdict;

static int any(const Verdict *v, Py_ssize_t row, const uint64_t *which) {
    for (Py_ssize_t k = 0; k < v->words; k++)
        if (v->held[row * v->words + k] & which[k]) return 1;
    return 0;
}

static double pull_of(const Verdict *v, Py_ssize_t row) {
    double sum = 0.0;
    for (Py_ssize_t k = 0; k < v->words; k++)
        for (uint64_t word = v->held[row * v->words + k]; word; word &= word - 1)
            sum += v->pull[64 * k + low_bit(word)];
    return sum;
}

static double sigmoid(double x) { return x > -700.0 ? 1.0 / (1.0 + exp(-x)) : 0.0; }

/* Twin: classify._priors. */
static void find_priors(Verdict *v, const double *logit) {
    double total = 0.0, kept = 0.0;
    Py_ssize_t told = 0;
    for (Py_ssize_t i = 0; i < v->rows; i++) {
        total += v->size[i];
        if (logit[i] >= v->clean_logit) kept += v->size[i];
        told += logit[i] < 0.0 && any(v, i, v->tells);
    }
    v->trust = v->lift = 0.0;
    v->clean = !v->markup && told < v->told;
    if (v->clean && kept != 0.0) {
        double gone = v->clean_slope * (1.0 - kept / (total != 0.0 ? total : 1.0));
        gone = gone > 0.01 ? gone : 0.01;
        v->trust = -log(gone < 1.0 ? gone : 1.0);
    }
    if (kept != 0.0 || !(total <= v->few_words)) return;
    int found = 0;
    double most = 0.0, least = 0.0;
    for (Py_ssize_t i = 0; i < v->rows; i++) {
        if (any(v, i, v->against)) continue;
        if (!found || logit[i] > most) most = logit[i];
        if (!found || logit[i] < least) least = logit[i];
        found = 1;
    }
    if (found) v->lift = v->markup ? -most : v->few_logit - least;
}

/* Rows by score, the greatest first, equal ones in their order: a merge sort, as the time of `qsort` has no bound. */
static uint32_t *sort_rows(const double *score, Py_ssize_t rows, uint32_t *from, uint32_t *to) {
    for (Py_ssize_t i = 0; i < rows; i++) from[i] = (uint32_t)i;
    for (Py_ssize_t size = 1; size < rows; size *= 2) {
        for (Py_ssize_t begin = 0; begin < rows; begin += 2 * size) {
            Py_ssize_t middle = begin + size < rows ? begin + size : rows;
            Py_ssize_t end = middle + size < rows ? middle + size : rows, a = begin, b = middle;
            for (Py_ssize_t i = begin; i < end; i++) {
                int second = a >= middle || (b < end && score[from[b]] > score[from[a]]);
                to[i] = second ? from[b++] : from[a++];
            }
        }
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

/* Twin: cut.page_cut. */
static double find_cut(const Verdict *v, const Cut *near, uint32_t *scratch) {
    double total = 0.0, right = 0.0, kept = 0.0, best = 0.0, cut = near->threshold;
    for (Py_ssize_t i = 0; i < v->rows; i++) total += (i == v->headline ? 0.0 : v->size[i]) * v->score[i];
    const uint32_t *order = sort_rows(v->score, v->rows, scratch, scratch + v->rows);
    for (Py_ssize_t k = 0; k < v->rows; k++) {
        Py_ssize_t i = order[k];
        double size = i == v->headline ? 0.0 : v->size[i];
        right += size * v->score[i];
        kept += size;
        double expected = kept != 0.0 ? right / (kept + total) : 0.0;
        if (expected > best) {
            best = expected;
            cut = v->score[i];
        }
    }
    double low = near->threshold - near->below, high = near->threshold + near->above;
    cut = low > cut ? low : cut;
    return high < cut ? high : cut;
}

/* Twin: cut.line_cut. */
static double find_line_cut(const Verdict *v, const Cut *near, double cut) {
    double kept = 0.0, longer = 0.0, line = near->threshold + near->line;
    for (Py_ssize_t i = 0; i < v->rows; i++)
        if (v->score[i] >= cut && i != v->headline) {
            kept += v->size[i];
            longer += v->size[i] > v->line_words ? v->size[i] : 0.0;
        }
    return kept != 0.0 && longer >= v->prose_share * kept && line > cut ? line : cut;
}

/* Twin: cut.keeps. */
static void cut_rows(Verdict *v, const Cut *near, uint32_t *scratch) {
    double cut = find_cut(v, near, scratch), line = find_line_cut(v, near, cut);
    for (Py_ssize_t i = 0; i < v->rows; i++) {
        int is_line = v->lines[v->kind[i]] && (i == v->headline || v->size[i] <= v->line_words);
        v->keep[i] = v->score[i] >= (is_line ? line : cut);
    }
}

/* A text of which little would go loses only what tells by its words what it is. */
static void raise_rows(Verdict *v, uint32_t *scratch) {
    cut_rows(v, &v->usual, scratch);
    double gone = 0.0, total = 0.0;
    for (Py_ssize_t i = 0; i < v->rows; i++) {
        double size = i == v->headline ? 0.0 : v->size[i];
        total += size;
        if (!v->keep[i]) gone += size;
    }
    if (!(gone < v->clean_gone * total)) return;
    v->floor = v->usual.threshold + v->usual.line;
    for (Py_ssize_t i = 0; i < v->rows; i++)
        if (!v->keep[i] && i != v->headline && !any(v, i, v->tells)) v->score[i] = v->floor;
}

/* Twin: classify._settle. */
static int settle(Verdict *v) {
    double *logit = PyMem_Malloc(sizeof *logit * ((size_t)v->rows + 1));
    uint32_t *scratch = PyMem_Malloc(2 * sizeof *scratch * ((size_t)v->rows + 1));
    int result = -1;
    if (!logit || !scratch) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < v->rows; i++) logit[i] = v->base[i] + pull_of(v, i);
    find_priors(v, logit);
    for (Py_ssize_t i = 0; i < v->rows; i++) {
        double prior = !any(v, i, v->against) ? v->trust + v->lift : any(v, i, v->asks) ? 0.0 : v->trust;
        v->score[i] = sigmoid(logit[i] + prior);
    }
    if (v->clean) raise_rows(v, scratch);
    cut_rows(v, &v->own, scratch);
    for (Py_ssize_t i = 0; i < v->rows; i++) {
        v->fate[i] = v->keep[i] ? CONTENT : any(v, i, v->sure) ? NAMED : DOUBTFUL;
        v->keep[i] = (uint8_t)(v->keep[i] || i == v->headline);
    }
    if (v->headline >= 0 && v->own.threshold > v->score[v->headline]) v->score[v->headline] = v->own.threshold;
    result = 0;
done:
    PyMem_Free(logit);
    PyMem_Free(scratch);
    return result;
}

static PyObject *native_settle(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *in[10], *out[3], *result = NULL;
    Verdict v = {.rows = 0};
    if (!PyArg_ParseTuple(args, "(OOOOOO)OO(npdOO)(dddndddd)(ddddddd)(OOO)",
                          &in[0], &in[1], &in[8], &in[9], &in[2], &in[3], &in[4], &in[5], &v.headline,
                          &v.markup, &v.own.threshold, &in[6], &in[7], &v.clean_logit, &v.clean_slope, &v.clean_gone,
                          &v.told, &v.few_words, &v.few_logit, &v.prose_share, &v.line_words, &v.own.below,
                          &v.own.above, &v.own.line, &v.usual.threshold, &v.usual.below, &v.usual.above, &v.usual.line,
                          &out[0], &out[1], &out[2]))
        return NULL;
    Views views;
    views.count = 0;
    if (!(v.pull = views_get(&views, in[0], 8, 0, 0))) goto done;
    v.rules = views.items[0].len / 8;
    v.words = (v.rules + 63) / 64;
    if (!(v.against = views_get(&views, in[1], 8, v.words, 0)) || !(v.sure = views_get(&views, in[2], 8, v.words, 0)) ||
        !(v.base = views_get(&views, in[4], 8, 0, 0)))
        goto done;
    v.rows = views.items[3].len / 8;
    if (v.rows > INT32_MAX || v.headline >= v.rows) {
        PyErr_SetString(PyExc_ValueError, "settle: too many rows, or a headline that is none of them");
        goto done;
    }
    if (!(v.held = views_get(&views, in[3], 8, v.rows * v.words, 0)) ||
        !(v.size = views_get(&views, in[5], 8, v.rows, 0)) || !(v.kind = views_get(&views, in[6], 1, v.rows, 0)) ||
        !(v.lines = views_get(&views, in[7], 1, 0, 0)) || !(v.asks = views_get(&views, in[8], 8, v.words, 0)) ||
        !(v.tells = views_get(&views, in[9], 8, v.words, 0)) ||
        !(v.score = views_get(&views, out[0], 8, v.rows, 1)) || !(v.keep = views_get(&views, out[1], 1, v.rows, 1)) ||
        !(v.fate = views_get(&views, out[2], 1, v.rows, 1)))
        goto done;
    for (Py_ssize_t i = 0; i < v.rows; i++)
        if (v.kind[i] >= views.items[7].len) {
            PyErr_SetString(PyExc_ValueError, "settle: a kind that there is not");
            goto done;
        }
    uint64_t last = v.rules % 64 ? ((uint64_t)1 << v.rules % 64) - 1 : ~(uint64_t)0;
    for (Py_ssize_t i = 0; i < v.rows && v.words; i++)
        if (v.held[(i + 1) * v.words - 1] & ~last) {
            PyErr_SetString(PyExc_ValueError, "settle: a rule that there is not holds");
            goto done;
        }
    if (settle(&v) == 0) result = Py_BuildValue("ddd", v.trust, v.lift, v.floor);
done:
    views_release(&views);
    return result;
}

/* -- what a page's columns come to --------------------------------------------------------------------------------- */

/* Twin: classify.confidence. */
static PyObject *native_confidence(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *in[3], *result = NULL;
    if (!PyArg_ParseTuple(args, "OOO", &in[0], &in[1], &in[2])) return NULL;
    Views views;
    views.count = 0;
    const double *words = views_get(&views, in[0], 8, 0, 0), *score = NULL;
    const uint8_t *keep = NULL;
    Py_ssize_t rows = words ? views.items[0].len / 8 : 0;
    if (words) score = views_get(&views, in[1], 8, rows, 0);
    if (score) keep = views_get(&views, in[2], 1, rows, 0);
    if (!keep) goto done;
    double expected = 0.0, kept = 0.0, right = 0.0;
    for (Py_ssize_t i = 0; i < rows; i++) {
        double product = words[i] * score[i];
        expected += product;
        if (!keep[i]) continue;
        kept += words[i];
        right += product;
    }
    result = PyFloat_FromDouble(expected + kept != 0.0 ? 2.0 * right / (expected + kept) : 0.0);
done:
    views_release(&views);
    return result;
}

/* Of columns the rows whose fate is in doubt, column after column. Twin: naming.Doubtful.taken. */
static PyObject *native_take(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *columns, *fates, *array, *result = NULL;
    if (!PyArg_ParseTuple(args, "O!OO", &PyTuple_Type, &columns, &fates, &array)) return NULL;
    Views views;
    views.count = 0;
    uint32_t *row = NULL;
    const uint8_t *fate = views_get(&views, fates, 1, 0, 0);
    double *out = fate ? views_get(&views, array, 8, 0, 1) : NULL;
    if (!out) goto done;
    Py_ssize_t rows = views.items[0].len, room = views.items[1].len / 8, taken = 0;
    if (rows > INT32_MAX || !(row = PyMem_Malloc(sizeof *row * ((size_t)rows + 1)))) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < rows; i++) {
        row[taken] = (uint32_t)i;
        taken += fate[i] == DOUBTFUL;
    }
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(columns); k++) {
        Views one;
        one.count = 0;
        if ((k + 1) * taken > room) {
            PyErr_SetString(PyExc_ValueError, "take: no room for all columns");
            goto done;
        }
        const double *x = views_get(&one, PyTuple_GET_ITEM(columns, k), 8, rows, 0);
        for (Py_ssize_t i = 0; x && i < taken; i++) out[k * taken + i] = x[row[i]];
        views_release(&one);
        if (!x) goto done;
    }
    result = Py_NewRef(Py_None);
done:
    views_release(&views);
    PyMem_Free(row);
    return result;
}

PyDoc_STRVAR(hold_doc,
"hold(columns, rows, rules, out)\n--\n\n"
"Set a bit of `out` for each rule that holds for a row; `rules` is column, sign, limit of conditions, end of rules.");
PyDoc_STRVAR(settle_doc,
"settle((pull, against, asks, tells, sure, held), base, words, page, constants, cuts, (score, keep, fate))\n--\n\n"
"Score rows and tell which are kept; trust, lift and floor. See cleanbody.classify._settle.");
PyDoc_STRVAR(confidence_doc, "confidence(words, score, keep)\n--\n\nSee cleanbody.classify.confidence.");
PyDoc_STRVAR(take_doc, "take(columns, fate, out)\n--\n\nThe doubtful rows, column after column.");
PyMethodDef decide_methods[] = {
    {"hold", native_hold, METH_VARARGS, hold_doc},
    {"settle", native_settle, METH_VARARGS, settle_doc},
    {"confidence", native_confidence, METH_VARARGS, confidence_doc},
    {"take", native_take, METH_VARARGS, take_doc},
    {NULL, NULL, 0, NULL},
};
