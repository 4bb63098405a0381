/* A headline that the page does not name. Twins: cleanbody.features.headline (_h1, _repeated, _again, _beginnings,
   _lone). */

#include "headline.h"

enum { LONE_LINES = 4, REACH = 20, OPENING = 3, MOST_BEGUN = 40 };
static const double LEAST_LONE = 4.0, MOST_LONE = 25.0, OPENED = 4.0;
static const uint16_t NO_END[] = {'.', ':', ';', ',', 0x3002, 0xff1a, 0xff1b, 0xff0c, 0x3001, 0};
static const uint16_t NO_START[] = {'-', 0x2013, 0x2014, 0x2022, 0xb7, '*', '#', '>', '[', '(', '"', 0x201c, 0x201e,
                                    0xab, 0x300c, 0x300e, 0x2018, '\'', 0};

static int is_one_of(Py_UCS4 c, const uint16_t *set) {
    while (*set && *set != c) set++;
    return *set != 0;
}

/* The page's only first-level heading, if prose follows it or the page has none at all; or -1. */
static Py_ssize_t find_h1(const Page *page) {
    Py_ssize_t found = -1;
    for (Py_ssize_t k = 0; k < page->line_count; k++) {
        Py_ssize_t i = page->lines[k].block;
        if (!is_h1(page, i) || page->flags[i] & HIDDEN) continue;
        if (found >= 0) return -1;
        found = i;
    }
    if (found < 0 || page->first_prose == page->n) return found;
    return page->words[found] < 2 || next_prose(page, found, page->n) < 0 ? -1 : found;
}

/* What is known of each different line, by its number in `names`; of how those that are cut short begin, in `stems`. */
typedef struct {
    Names names, stems;
    Py_ssize_t *counts, *fronts; /* lines up to the second prose: the same; the same before a site's name */
    Py_ssize_t *tails;           /* different lines that end in it behind a breadcrumb */
    Py_ssize_t *cuts;            /* lines up to the second prose that are it, cut short */
    Py_ssize_t *opening;         /* the first of the first lines that it is a piece of, or -1 */
    Py_ssize_t *in_front;        /* the last line that it was a front of, from 1 */
    Py_ssize_t *starts, *begun;  /* of a stem: such lines; different lines that begin so */
    Py_ssize_t at, second;       /* the text that is read; the second prose */
} Repeats;

static void free_repeats(Repeats *repeats) {
    names_free(&repeats->names);
    names_free(&repeats->stems);
    PyMem_RawFree(repeats->counts);
}

static int64_t find_name(const Page *page, const Names *names, const Key *key) {
    return names_find(names, bytes_of(page, key), key->size);
}

static int is_known(Page *page, const Key *key, void *repeats) {
    return find_name(page, &((const Repeats *)repeats)->names, key) >= 0;
}

static int add_opening(Page *page, const Key *key, void *with) {
    Repeats *repeats = with;
    int64_t name = find_name(page, &repeats->names, key);
    if (name >= 0 && repeats->opening[name] < 0) repeats->opening[name] = repeats->at;
    return 0;
}

static int add_front(Page *page, const Key *key, void *with) {
    Repeats *repeats = with;
    int64_t name = find_name(page, &repeats->names, key);
    if (name < 0 || repeats->in_front[name] == repeats->at + 1) return 0;
    repeats->in_front[name] = repeats->at + 1;
    repeats->fronts[name]++;
    return 0;
}

/* Count the lines that end in a whole line, with at most a breadcrumb's words before it. */
static void count_tails(const Page *page, const Key *key, Repeats *repeats) {
    const unsigned char *end = bytes_of(page, key) + key->size;
    for (size_t cut = 1; cut <= MOST_CRUMBS && cut + 2 <= key->count && key->count - cut >= LEAST_WORDS; cut++) {
        const unsigned char *tail = page->keys.bytes + page->keys.words[key->first + cut];
        int64_t name = names_find(&repeats->names, tail, (size_t)(end - tail));
        if (name >= 0) repeats->tails[name]++;
    }
}

/* The first `count` words of a line. */
static Key begin_of(const Page *page, const Key *key, size_t count) {
    Key begin = *key;
    begin.count = count;
    if (count < key->count) begin.size = page->keys.words[key->first + count] - key->begin;
    return begin;
}

/* Count the stems with which a line begins: `name` is its number. */
static void count_stems(const Page *page, const Key *key, Repeats *repeats, Py_ssize_t name) {
    size_t most = key->count < MOST_BEGUN ? key->count : MOST_BEGUN;
    for (size_t count = 2; repeats->stems.count && count <= most; count++) {
        Key begin = begin_of(page, key, count);
        int64_t stem = find_name(page, &repeats->stems, &begin);
        if (stem < 0) continue;
        repeats->begun[stem]++;
        if (count < most) repeats->cuts[name] += repeats->starts[stem];
    }
}

/* Number the lines and the stems of those that are cut short; -1 and an exception otherwise. */
static int number_lines(Page *page, Repeats *repeats) {
    for (Py_ssize_t k = 0; k < page->line_count; k++) {
        const Key *key = &page->lines[k].key;
        int near = page->lines[k].block <= repeats->second;
        int64_t name = names_add(&repeats->names, bytes_of(page, key), key->size);
        if (name < 0) return -1;
        repeats->counts[name] += near;
        if (key->count < LEAST_WORDS || !is_cut(text_of(page, page->lines[k].block))) continue;
        Key stem = begin_of(page, key, key->count - 1);
        int64_t number = names_add(&repeats->stems, bytes_of(page, &stem), stem.size);
        if (number < 0) return -1;
        repeats->starts[number] += near;
    }
    return 0;
}

static int read_repeats(Page *page, Repeats *repeats) {
    size_t room = (size_t)page->line_count + 1;
    Py_ssize_t **arrays[] = {&repeats->counts, &repeats->fronts, &repeats->tails, &repeats->cuts, &repeats->opening,
                             &repeats->in_front, &repeats->starts, &repeats->begun};
    Py_ssize_t *all = PyMem_RawCalloc(room * 8, sizeof *all);
    if (!all) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < 8; i++) *arrays[i] = all + i * room;
    for (size_t i = 0; i < room; i++) repeats->opening[i] = -1;
    if (number_lines(page, repeats) < 0) return -1;
    for (Py_ssize_t k = 0, seen = 0; k < page->line_count; k++) { /* each once: new names come in order */
        const Key *key = &page->lines[k].key;
        if (find_name(page, &repeats->names, key) != seen) continue;
        count_tails(page, key, repeats);
        count_stems(page, key, repeats, seen++);
    }
    for (Py_ssize_t k = 0; k < page->line_count && page->lines[k].block <= repeats->second; k++) {
        repeats->at = page->lines[k].block;
        if (each_head(page, text_of(page, repeats->at), add_front, repeats) < 0) return -1;
    }
    for (repeats->at = 0; repeats->at < OPENING && repeats->at < page->n; repeats->at++)
        if (each_piece(page, text_of(page, repeats->at), add_opening, repeats) < 0) return -1;
    return 0;
}

/* How much speaks for a line, or 0 where it cannot be the headline. */
static double score_line(const Page *page, const Repeats *repeats, const Line *line) {
    Py_ssize_t i = line->block;
    int64_t name = find_name(page, &repeats->names, &line->key);
    int opened = repeats->opening[name] >= 0 && repeats->opening[name] != i;
    int lone = opened && page->words[i] >= LEAST_LONE;
    int leads = (i <= repeats->second && next_prose(page, i, i + REACH) >= 0) || lone;
    if (page->words[i] < LEAST_WORDS || !leads) return 0.0;
    if (is_one_of(PyUnicode_READ_CHAR(text_of(page, i), 0), NO_START)) return 0.0;
    if (line->key.count >= LEAST_WORDS && is_cut(text_of(page, i))) {
        Key stem = begin_of(page, &line->key, line->key.count - 1);
        if (repeats->begun[find_name(page, &repeats->stems, &stem)] > 1) return 0.0; /* another line has it in full */
    }
    double score = repeats->counts[name] < 4 ? (double)repeats->counts[name] : 4.0;
    score = score + 1.5 * (double)repeats->tails[name];
    score += 1.5 * (double)(repeats->fronts[name] < 2 ? repeats->fronts[name] : 2);
    score += (double)(repeats->cuts[name] < 2 ? repeats->cuts[name] : 2);
    return score + (lone ? OPENED : opened ? 1.5 : 0.0);
}

/* The best line that stands again above the prose into `best`, or -1; -1 and an exception otherwise. */
static int find_repeated(Page *page, Repeats *repeats, Py_ssize_t *best) {
    double best_score = 1.9;
    Py_ssize_t last = page->n - 1;
    while (!page->prose[last]) last--;
    *best = -1;
    for (Py_ssize_t k = 0; k < page->line_count && page->lines[k].block <= last; k++) {
        double score = score_line(page, repeats, &page->lines[k]);
        if (!(score > best_score)) continue;
        Py_ssize_t i = page->lines[k].block;
        int site = each_head(page, text_of(page, i), is_known, repeats); /* the same with a site's name behind it */
        if (site < 0) return -1;
        if (site) continue;
        *best = i;
        best_score = score;
    }
    return 0;
}

/* What someone says: a name of at most twelve characters and a colon. */
static int is_speaker(PyObject *text) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t i = 0; i <= 12 && i + 1 < size; i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        if (i && (c == ':' || c == 0xff1a) && Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, i + 1))) return 1;
        if (c == ':' || Py_UNICODE_ISSPACE(c)) return 0;
    }
    return 0;
}

/* Whether a line could be a headline by its shape alone; -1 and an exception otherwise. */
static int is_shaped(const Page *page, Py_ssize_t i) {
    PyObject *text = text_of(page, i);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (!(page->words[i] >= LEAST_LONE && page->words[i] <= MOST_LONE) || !size || is_speaker(text)) return 0;
    if (PyUnicode_FindChar(text, '\n', 0, size, 1) >= 0 || PyUnicode_FindChar(text, '\t', 0, size, 1) >= 0) return 0;
    Py_UCS4 first = PyUnicode_READ_CHAR(text, 0);
    if (is_one_of(PyUnicode_READ_CHAR(text, size - 1), NO_END) || is_one_of(first, NO_START)) return 0;
    if (Py_UNICODE_ISLOWER(first)) return 0;
    PyObject *date = PyObject_CallOneArg(page->is_date, text);
    if (!date) return -1;
    int shaped = date == Py_None;
    Py_DECREF(date);
    return shaped;
}

/* The longest of the few lines before the first prose, if it is shaped like a headline and more prose follows; or -1;
   -2 and an exception otherwise. */
static Py_ssize_t find_lone(const Page *page) {
    Py_ssize_t first = page->first_prose, best = -1;
    double best_words = -1.0;
    if (next_prose(page, first + 1, page->n) < 0) return -1;
    for (Py_ssize_t i = first > LONE_LINES ? first - LONE_LINES : 0; i < first && i < LONE_LINES + 2; i++) {
        int shaped = is_shaped(page, i);
        double words = page->words[i] < 12.0 ? page->words[i] : 12.0;
        if (shaped < 0) return -2;
        if (!shaped || !(words > best_words)) continue;
        best = i;
        best_words = words;
    }
    return best;
}

/* The block that is the headline of a text, or -1; -2 and an exception otherwise. */
static Py_ssize_t find_unnamed(Page *page) {
    Repeats repeats = {.counts = NULL};
    Py_ssize_t best = -1;
    if (page->first_prose == page->n) return -1;
    repeats.second = next_prose(page, page->first_prose + 1, page->n);
    if (repeats.second < 0) repeats.second = page->n;
    int result = read_repeats(page, &repeats) < 0 ? -1 : find_repeated(page, &repeats, &best);
    free_repeats(&repeats);
    if (result < 0) return -2;
    return best >= 0 ? best : find_lone(page);
}

int add_found(Page *page) {
    Py_ssize_t found = find_h1(page);
    int h1 = found >= 0;
    if (found < 0 && !(page->title_count && page->markup)) found = find_unnamed(page);
    if (found == -1) return 0;
    if (found < 0) return -1;
    memmove(page->titles + 1, page->titles, (size_t)page->title_count++ * sizeof *page->titles);
    Title *title = &page->titles[0];
    *title = (Title){.source = text_of(page, found), .rank = -1, .joined = h1};
    if (keys_add(&page->keys, title->source, PY_SSIZE_T_MAX, &title->key) < 0) return -1;
    if (!title->key.count && page->wordless) *title = (Title){.key = title->key, .source = page->wordless, .rank = -1};
    return 0;
}
