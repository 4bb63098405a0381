/* The headline of a page. Twin: cleanbody.features.headline (search). */

#include "headline.h"

#include <math.h>

enum { NEAR_PROSE = 6 };
static const double MOST_WORDS = 40.0, RANK_COST = 0.6, SITE_COST = 1.2;

/* --- lines and titles --------------------------------------------------------------------------------------------- */

static int read_lines(Page *page) {
    for (Py_ssize_t i = 0; i < page->n; i++) {
        if (!(page->words[i] > 0 && page->words[i] <= MOST_WORDS)) continue;
        Line *line = &page->lines[page->line_count++];
        line->block = i;
        line->title = -1;
        if (keys_add_block(&page->keys, page->blocks, i, &line->key) < 0) return -1;
    }
    return 0;
}

static int read_titles(Page *page) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(page->candidates); i++) {
        PyObject *source = PyTuple_GET_ITEM(page->candidates, i);
        Title *title = &page->titles[page->title_count];
        *title = (Title){.source = source, .rank = -1};
        if (keys_add(&page->keys, source, PY_SSIZE_T_MAX, &title->key) < 0) return -1;
        if (!title->key.count) page->wordless = page->wordless ? page->wordless : source;
        if (title->key.count && title_of(page, &title->key) < 0) page->title_count++;
    }
    return 0;
}

static int has_line(const Page *page) {
    for (Py_ssize_t k = 0; k < page->line_count; k++)
        if (title_of(page, &page->lines[k].key) >= 0) return 1;
    return 0;
}

/* --- the one that is the headline --------------------------------------------------------------------------------- */

static int rank_piece(Page *page, const Key *key, void *rank) {
    Py_ssize_t title = title_of(page, key);
    if (title >= 0 && page->titles[title].rank < 0) page->titles[title].rank = *(int *)rank;
    return 0;
}

/* How far each title stands behind the most trusted: the pieces of a candidate are trusted alike, after the whole. */
static int rank_titles(Page *page) {
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(page->candidates); i++) {
        PyObject *source = PyTuple_GET_ITEM(page->candidates, i);
        Key key;
        int rank = i < 1000 ? (int)i : 1000;
        if (keys_add(&page->keys, source, PY_SSIZE_T_MAX, &key) < 0) return -1;
        rank_piece(page, &key, &rank);
        keys_drop(&page->keys, &key);
        rank++;
        if (each_piece(page, source, rank_piece, &rank) < 0) return -1;
    }
    return 0;
}

static int is_upper(PyObject *text) {
    int kind = PyUnicode_KIND(text), cased = 0;
    const void *data = PyUnicode_DATA(text);
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(text); i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (Py_UNICODE_ISLOWER(c) || Py_UNICODE_ISTITLE(c)) return 0;
        cased |= Py_UNICODE_ISUPPER(c);
    }
    return cased;
}

/* `site`: another line has the same without a site's name. */
static double score_of(const Page *page, const Line *line, int site) {
    Py_ssize_t i = line->block, begin, end;
    int rank = page->titles[line->title].rank;
    size_t words = line->key.count < 8 ? line->key.count : 8;
    double score = 6.0 + page->copy[i] - RANK_COST * (rank < 0 ? 0 : rank < 5 ? rank : 5) + 0.3 * (double)words;
    if (is_upper(text_of(page, i)) || next_mark(text_of(page, i), 0, &begin, &end)) score -= 0.4;
    if (site) score -= SITE_COST;
    if (page->kind[i] == page->heading) score += 3.25 - 0.25 * page->level[i];
    if (page->kind[i] == page->item) score -= 1.0;
    if (page->flags[i] & (HIDDEN | NOSCRIPT)) score -= 3.0;
    if (page->link_share[i] == page->link_share[i]) score -= page->link_share[i];
    score += next_prose(page, i + 1, i + 1 + NEAR_PROSE) >= 0 ? 0.5 : 0.0;
    return score + (i <= page->first_prose ? 0.25 : -0.5);
}

/* Whether a key is a title that a line has in full, and not the line's own. */
static int is_whole(Page *page, const Key *key, void *own) {
    Py_ssize_t title = title_of(page, key);
    return title >= 0 && page->titles[title].whole && !keys_equal(&page->keys, key, own);
}

/* The copy that is the headline: of the most trusted candidate, the highest heading, near the prose, not linked; -1 and
   an exception otherwise. */
static int choose(Page *page, Line **best) {
    double best_score = 0.0;
    *best = NULL;
    for (Py_ssize_t k = 0; page->has_copy && k < page->line_count; k++) {
        Py_ssize_t title = title_of(page, &page->lines[k].key);
        if (title >= 0) page->titles[title].whole = 1;
    }
    for (Py_ssize_t k = 0; k < page->line_count; k++) {
        Line *line = &page->lines[k];
        if (page->copy[line->block] < 0.5) continue;
        int site = each_head(page, text_of(page, line->block), is_whole, &line->key);
        if (site < 0) return -1;
        double score = score_of(page, line, site);
        if (!(score > best_score + 1e-9)) continue;
        *best = line;
        best_score = score;
    }
    return 0;
}

/* The title with which a text opens, the first of all otherwise; -1 and an exception otherwise. */
static Py_ssize_t opening_title(Page *page) {
    Py_ssize_t best = -1;
    for (Py_ssize_t i = 0; i < page->n; i++) {
        Py_ssize_t size = PyUnicode_GET_LENGTH(text_of(page, i));
        Py_ssize_t newline = PyUnicode_FindChar(text_of(page, i), '\n', 0, size < 200 ? size : 200, 1);
        Key key;
        if (newline < 0) continue;
        if (keys_add(&page->keys, text_of(page, i), newline, &key) < 0) return -1;
        Py_ssize_t title = title_of(page, &key);
        keys_drop(&page->keys, &key);
        if (title >= 0 && (best < 0 || title < best)) best = title;
    }
    return best < 0 ? 0 : best;
}

static void fill(const Page *page, Py_ssize_t headline) {
    page->is_headline[headline] = 1.0;
    for (Py_ssize_t i = 0; i < page->n; i++) {
        double distance = (double)(i - headline);
        page->distance[i] = copysign(log1p(fabs(distance)), distance);
        page->has[i] = 1.0;
    }
}

static PyObject *answer(Py_ssize_t block, const Title *title) {
    PyObject *text = title->joined ? PyObject_CallMethod(title->source, "replace", "ss", "\n", " ")
                                   : Py_NewRef(title->source);
    return text ? Py_BuildValue("nN", block, text) : NULL;
}

static PyObject *search(Page *page) {
    if (read_lines(page) < 0 || read_titles(page) < 0) return NULL;
    if (!has_line(page) && add_found(page) < 0) return NULL;
    if (find_copies(page) < 0 || (page->has_copy && rank_titles(page) < 0)) return NULL;
    Line *line;
    if (choose(page, &line) < 0) return NULL;
    if (line) {
        const Title *title = &page->titles[line->title];
        fill(page, line->block);
        if (keys_equal(&page->keys, &title->key, &line->key) || is_h1(page, line->block))
            return Py_BuildValue("nO", line->block, Py_None);
        return answer(line->block, title);
    }
    if (!page->title_count) return Py_BuildValue("ns", (Py_ssize_t)-1, "");
    Py_ssize_t title = opening_title(page);
    return title < 0 ? NULL : answer(-1, &page->titles[title]);
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

static int read_arrays(Page *page, Views *views, PyObject **arrays, PyObject *columns) {
    double *out[6];
    Py_ssize_t n = page->n;
    page->words = views_get(views, arrays[0], sizeof(double), n, 0);
    page->link_share = page->words ? views_get(views, arrays[1], sizeof(double), n, 0) : NULL;
    page->prose = page->link_share ? views_get(views, arrays[2], 1, n, 0) : NULL;
    page->kind = page->prose ? views_get(views, arrays[3], 1, n, 0) : NULL;
    page->level = page->kind ? views_get(views, arrays[4], 1, n, 0) : NULL;
    page->flags = page->level ? views_get(views, arrays[5], 1, n, 0) : NULL;
    if (!page->flags || views_columns(views, columns, 6, n, out, 1) < 0) return -1;
    page->copy = out[0];
    page->joined = out[1];
    page->near = out[2];
    page->is_headline = out[3];
    page->distance = out[4];
    page->has = out[5];
    for (int k = 0; k < 6; k++) memset(out[k], 0, (size_t)n * sizeof(double)); /* what is a copy is told by them */
    page->first_prose = next_prose(page, 0, n);
    if (page->first_prose < 0) page->first_prose = n;
    return 0;
}

static PyObject *native_find_headline(PyObject *self, PyObject *args) {
    (void)self;
    Page page = {.n = 0};
    PyObject *accents, *blocks, *arrays[6], *columns, *result = NULL;
    if (!PyArg_ParseTuple(args, "OOOOOOO!OOOiipO:find_headline", &accents, &page.is_date, &blocks, &arrays[0],
                          &arrays[1], &arrays[2], &PyTuple_Type, &page.candidates, &arrays[3], &arrays[4], &arrays[5],
                          &page.heading, &page.item, &page.markup, &columns))
        return NULL;
    if (!(page.blocks = block_words_of(blocks)) || keys_begin(&page.keys, accents) < 0) return NULL;
    page.n = page.blocks->rows;
    Views views;
    views.count = 0;
    page.lines = PyMem_RawCalloc((size_t)page.n + 1, sizeof *page.lines);
    page.titles = PyMem_RawCalloc((size_t)PyTuple_GET_SIZE(page.candidates) + 2, sizeof *page.titles);
    if (!page.lines || !page.titles)
        PyErr_NoMemory();
    else if (read_arrays(&page, &views, arrays, columns) == 0)
        result = search(&page);
    views_release(&views);
    keys_end(&page.keys);
    PyMem_RawFree(page.lines);
    PyMem_RawFree(page.titles);
    return result;
}

PyDoc_STRVAR(find_headline_doc,
"find_headline(accents, is_date, block_words, words, link_share, prose, candidates, kind, level, flags, heading,\n"
"              item, markup, columns)\n--\n\n"
"The block that is the headline, or -1; and the headline, None where it is that block's own text. Fills six columns:\n"
"copy, joined, near, is the headline, distance from it, whether there is one.");

PyMethodDef headline_methods[] = {
    {"accents", native_accents, METH_O, native_accents_doc},
    {"find_headline", native_find_headline, METH_VARARGS, find_headline_doc},
    {NULL, NULL, 0, NULL},
};
