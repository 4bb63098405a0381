/* The headline and its copies. Twin: cleanbody.features.headline (search). */

#include "headline.h"

#include <math.h>

/* Also in features.headline, and in page.Flag. */
enum { MOST_CRUMBS = 8, MOST_SITE = 7, LEAST_WORDS = 3, LONE_LINES = 4, AHEAD = 8, NEAR_PROSE = 6, OPENING = 3 };
enum { HIDDEN = 1, NOSCRIPT = 2, MOST_KEPT = 1024 };
static const double MOST_WORDS = 40.0, LEAST_LONE = 4.0, MOST_LONE = 25.0, RANK_COST = 0.6;

/* A text that may be the headline. */
typedef struct {
    Key key;
    PyObject *source;    /* borrowed: what gave it */
    Py_ssize_t distinct; /* words */
    int rank;            /* how far it stands behind the most trusted; -1: not known */
    int joined;          /* its lines are to be joined */
} Title;

typedef struct {
    Py_ssize_t block;
    Key key;
    Py_ssize_t title; /* that it is a copy of, or -1 */
} Line;

typedef struct {
    PyObject *texts, *candidates, *is_date;
    const double *words, *link_share;
    const unsigned char *prose, *kind, *level, *flags;
    double *copy, *joined, *near, *is_headline, *distance, *has;
    Py_ssize_t n, first_prose;
    int heading, item, markup, has_copy;
    Keys keys;
    Line *lines;
    Title *titles;
    Py_ssize_t line_count, title_count;
    PyObject *wordless; /* the first candidate without a word */
} Page;

static PyObject *text_of(const Page *page, Py_ssize_t i) { return PyTuple_GET_ITEM(page->texts, i); }

static const unsigned char *bytes_of(const Page *page, const Key *key) { return page->keys.bytes + key->begin; }

/* --- lines and titles --------------------------------------------------------------------------------------------- */

/* Add the key of text[begin:end]; -1 and an exception otherwise. */
static int add_piece(Page *page, PyObject *text, Py_ssize_t begin, Py_ssize_t end, Key *key) {
    if (!begin) return keys_add(&page->keys, text, end, key);
    PyObject *piece = PyUnicode_Substring(text, begin, end);
    if (!piece) return -1;
    int result = keys_add(&page->keys, piece, PY_SSIZE_T_MAX, key);
    Py_DECREF(piece);
    return result;
}

static Py_ssize_t title_of(const Page *page, const Key *key) {
    for (Py_ssize_t i = 0; i < page->title_count; i++)
        if (keys_equal(&page->keys, &page->titles[i].key, key)) return i;
    return -1;
}

static int read_lines(Page *page) {
    for (Py_ssize_t i = 0; i < page->n; i++) {
        if (!(page->words[i] > 0 && page->words[i] <= MOST_WORDS)) continue;
        Line *line = &page->lines[page->line_count++];
        line->block = i;
        line->title = -1;
        if (keys_add(&page->keys, text_of(page, i), PY_SSIZE_T_MAX, &line->key) < 0) return -1;
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

/* --- pieces between marks ----------------------------------------------------------------------------------------- */

/* Whether what stands before one of a text's marks is the title, or where there is none, a line; -1: an exception. */
static int has_head(Page *page, PyObject *text, const Key *title, const Names *lines) {
    Py_ssize_t at = 0, begin, end;
    for (int i = 0; i < MOST_MARKS && next_mark(text, at, &begin, &end); i++, at = end) {
        Key key;
        if (!begin) continue;
        if (keys_add(&page->keys, text, begin, &key) < 0) return -1;
        int found = title ? keys_equal(&page->keys, title, &key) : names_find(lines, bytes_of(page, &key), key.size) >= 0;
        keys_drop(&page->keys, &key);
        if (found) return 1;
    }
    return 0;
}

/* Call `use` with the key of each piece of a text between its marks, until it is not 0: that. */
static int each_piece(Page *page, PyObject *text, int (*use)(Page *, const Key *, void *), void *with) {
    Py_ssize_t at = 0, size = PyUnicode_GET_LENGTH(text), begin, end, next;
    for (int more = 1; more; at = next) {
        Key key;
        more = next_mark(text, at, &begin, &end);
        next = more ? end : size;
        end = more ? begin : size;
        for (begin = at; begin < end && Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, begin));) begin++;
        if (begin == end) continue;
        if (add_piece(page, text, begin, end, &key) < 0) return -1;
        int result = use(page, &key, with);
        keys_drop(&page->keys, &key);
        if (result) return result;
    }
    return 0;
}

/* --- a headline that the page does not name ----------------------------------------------------------------------- */

static Py_ssize_t next_prose(const Page *page, Py_ssize_t from, Py_ssize_t to) {
    if (to > page->n) to = page->n;
    for (; from < to; from++)
        if (page->prose[from]) return from;
    return -1;
}

static int is_h1(const Page *page, Py_ssize_t i) { return page->kind[i] == page->heading && page->level[i] == 1; }

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

/* What is known of each different line. */
typedef struct {
    Names names;
    int32_t *counts, *tails;
    Py_ssize_t *opening; /* the first of the first lines that it is a piece of, or -1 */
    Py_ssize_t text;
} Repeats;

static void free_repeats(Repeats *repeats) {
    names_free(&repeats->names);
    PyMem_RawFree(repeats->counts);
    PyMem_RawFree(repeats->tails);
    PyMem_RawFree(repeats->opening);
}

static int add_opening(Page *page, const Key *key, void *with) {
    Repeats *repeats = with;
    int64_t name = names_find(&repeats->names, bytes_of(page, key), key->size);
    if (name >= 0 && repeats->opening[name] < 0) repeats->opening[name] = repeats->text;
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

static int read_repeats(Page *page, Repeats *repeats) {
    size_t room = (size_t)page->line_count + 1;
    repeats->counts = PyMem_RawCalloc(room, sizeof *repeats->counts);
    repeats->tails = PyMem_RawCalloc(room, sizeof *repeats->tails);
    repeats->opening = PyMem_RawCalloc(room, sizeof *repeats->opening);
    if (!repeats->counts || !repeats->tails || !repeats->opening) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t i = 0; i < room; i++) repeats->opening[i] = -1;
    for (Py_ssize_t k = 0; k < page->line_count; k++) {
        int64_t name = names_add(&repeats->names, bytes_of(page, &page->lines[k].key), page->lines[k].key.size);
        if (name < 0) return -1;
        repeats->counts[name]++;
    }
    for (Py_ssize_t k = 0, seen = 0; k < page->line_count; k++) { /* each once: new names come in order */
        const Key *key = &page->lines[k].key;
        if (names_find(&repeats->names, bytes_of(page, key), key->size) != seen) continue;
        count_tails(page, key, repeats);
        seen++;
    }
    for (repeats->text = 0; repeats->text < OPENING && repeats->text < page->n; repeats->text++)
        if (each_piece(page, text_of(page, repeats->text), add_opening, repeats) < 0) return -1;
    return 0;
}

/* The best line that stands again above the prose into `best`, or -1; -1 and an exception otherwise. */
static int find_repeated(Page *page, Repeats *repeats, Py_ssize_t *best) {
    double best_score = 1.9;
    Py_ssize_t last = page->n - 1, second = next_prose(page, page->first_prose + 1, page->n);
    if (second < 0) second = page->n;
    while (!page->prose[last]) last--;
    *best = -1;
    for (Py_ssize_t k = 0; k < page->line_count; k++) {
        const Line *line = &page->lines[k];
        Py_ssize_t i = line->block;
        if (page->words[i] < LEAST_WORDS || i > last || i > second || next_prose(page, i, i + AHEAD) < 0) continue;
        int64_t name = names_find(&repeats->names, bytes_of(page, &line->key), line->key.size);
        Py_ssize_t opening = repeats->opening[name];
        double score = repeats->counts[name] < 4 ? repeats->counts[name] : 4;
        score = score + 1.5 * repeats->tails[name] + (opening >= 0 && opening != i ? 1.5 : 0.0);
        if (!(score > best_score)) continue;
        int site = has_head(page, text_of(page, i), NULL, &repeats->names); /* the same with a site's name behind it */
        if (site < 0) return -1;
        if (site) continue;
        *best = i;
        best_score = score;
    }
    return 0;
}

static int is_one_of(Py_UCS4 c, const uint16_t *set) {
    while (*set && *set != c) set++;
    return *set != 0;
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
    static const uint16_t no_end[] = {'.', ':', ';', ',', 0x3002, 0xff1a, 0xff1b, 0xff0c, 0x3001, 0};
    static const uint16_t no_start[] = {'-', 0x2013, 0x2014, 0x2022, 0xb7, '*', '#', '>', '[', '(', '"', 0x201c, 0x201e,
                                        0xab, 0x300c, 0x300e, 0x2018, '\'', 0};
    PyObject *text = text_of(page, i);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (!(page->words[i] >= LEAST_LONE && page->words[i] <= MOST_LONE) || !size || is_speaker(text)) return 0;
    if (PyUnicode_FindChar(text, '\n', 0, size, 1) >= 0 || PyUnicode_FindChar(text, '\t', 0, size, 1) >= 0) return 0;
    Py_UCS4 first = PyUnicode_READ_CHAR(text, 0);
    if (is_one_of(PyUnicode_READ_CHAR(text, size - 1), no_end) || is_one_of(first, no_start)) return 0;
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
    int result = read_repeats(page, &repeats) < 0 ? -1 : find_repeated(page, &repeats, &best);
    free_repeats(&repeats);
    if (result < 0) return -2;
    return best >= 0 ? best : find_lone(page);
}

/* Put the headline that no candidate names before them; -1 and an exception otherwise. */
static int add_found(Page *page) {
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

/* --- copies ------------------------------------------------------------------------------------------------------- */

/* The words of all titles, and which of them have each. */
typedef struct {
    Names names, of_line;
    Py_ssize_t *seen;      /* by word: the last line that had it */
    Py_ssize_t *common;    /* by title: words of the line */
    unsigned char *has;    /* by word and title */
} Bags;

static void free_bags(Bags *bags) {
    names_free(&bags->names);
    names_free(&bags->of_line);
    PyMem_RawFree(bags->seen);
    PyMem_RawFree(bags->common);
    PyMem_RawFree(bags->has);
}

static size_t word_size(const Keys *keys, const Key *key, size_t i) {
    size_t end = i + 1 < key->count ? keys->words[key->first + i + 1] : key->begin + key->size;
    return end - keys->words[key->first + i];
}

static int64_t word_in(const Page *page, const Names *names, const Key *key, size_t i) {
    return names_find(names, page->keys.bytes + page->keys.words[key->first + i], word_size(&page->keys, key, i));
}

/* Add the words of a line; -1 and an exception otherwise. */
static int add_words(const Page *page, Names *names, const Key *key) {
    for (size_t i = 0; i < key->count; i++)
        if (names_add(names, page->keys.bytes + page->keys.words[key->first + i], word_size(&page->keys, key, i)) < 0)
            return -1;
    return 0;
}

static int read_bags(Page *page, Bags *bags) {
    size_t titles = (size_t)page->title_count;
    for (size_t t = 0; t < titles; t++)
        if (add_words(page, &bags->names, &page->titles[t].key) < 0) return -1;
    size_t words = bags->names.count;
    bags->seen = PyMem_RawCalloc(words + 1, sizeof *bags->seen);
    bags->common = PyMem_RawCalloc(titles + 1, sizeof *bags->common);
    bags->has = words < PY_SSIZE_T_MAX / (titles + 1) ? PyMem_RawCalloc(words * titles + 1, 1) : NULL;
    if (!bags->seen || !bags->common || !bags->has) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t t = 0; t < titles; t++) {
        Title *title = &page->titles[t];
        for (size_t i = 0; i < title->key.count; i++) {
            unsigned char *has = &bags->has[(size_t)word_in(page, &bags->names, &title->key, i) * titles + t];
            title->distinct += !*has;
            *has = 1;
        }
    }
    return 0;
}

/* How many words a line has in common with each title: whether any; `number` is the line's, from 1. */
static int count_common(const Page *page, Bags *bags, const Key *key, Py_ssize_t number) {
    size_t titles = (size_t)page->title_count;
    int any = 0;
    memset(bags->common, 0, titles * sizeof *bags->common);
    for (size_t i = 0; i < key->count; i++) {
        int64_t word = word_in(page, &bags->names, key, i);
        if (word < 0 || bags->seen[word] == number) continue;
        bags->seen[word] = number;
        any = 1;
        for (size_t t = 0; t < titles; t++) bags->common[t] += bags->has[(size_t)word * titles + t];
    }
    return any;
}

/* Whether a line ends as one that was cut short. */
static int is_cut(PyObject *text) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    while (size && Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, size - 1))) size--;
    if (size && PyUnicode_READ_CHAR(text, size - 1) == 0x2026) return 1;
    for (int i = 1; i <= 3; i++)
        if (size < i || PyUnicode_READ_CHAR(text, size - i) != '.') return 0;
    return 1;
}

/* Whether a line is the title: exact, cut short, or with a site's name behind a mark; -1 and an exception otherwise. */
static int is_copy(Page *page, const Key *key, const Key *title, PyObject *text) {
    if (keys_equal(&page->keys, key, title)) return 1;
    if (key->count < title->count && key->count >= LEAST_WORDS && is_cut(text)) {
        Key cut = *key;
        cut.size--; /* without the zero behind its last word, which may be cut */
        return keys_starts(&page->keys, title, &cut);
    }
    if (key->count <= title->count || key->count - title->count > MOST_SITE || title->count < 2) return 0;
    return keys_starts(&page->keys, key, title) ? has_head(page, text, title, NULL) : 0;
}

static int ends_with(const Page *page, const Key *key, const Key *title) {
    if (key->count <= title->count || key->count - title->count > MOST_CRUMBS || key->size < title->size) return 0;
    size_t begin = page->keys.words[key->first + key->count - title->count], end = key->begin + key->size;
    return end - begin == title->size && !memcmp(page->keys.bytes + begin, bytes_of(page, title), title->size);
}

/* Compare a line with the titles that it has words in common with; -1 and an exception otherwise. */
static int compare(Page *page, const Bags *bags, Line *line, Py_ssize_t distinct) {
    Py_ssize_t i = line->block;
    for (Py_ssize_t t = 0; t < page->title_count; t++) {
        Title *title = &page->titles[t];
        if (!bags->common[t]) continue;
        double near = (double)bags->common[t] / (double)(distinct + title->distinct - bags->common[t]);
        if (near > page->near[i]) page->near[i] = near;
        double value = is_copy(page, &line->key, &title->key, text_of(page, i));
        if (value < 0) return -1;
        if (value > 0 && title->key.count < LEAST_WORDS && i > page->first_prose) value = 0.5; /* may stand in the body */
        if (value > page->copy[i] || (value > 0 && keys_equal(&page->keys, &line->key, &title->key))) {
            page->copy[i] = value;
            line->title = t;
            page->has_copy = 1;
        }
        if (title->key.count >= LEAST_WORDS && ends_with(page, &line->key, &title->key)) page->joined[i] = 1.0;
    }
    return 0;
}

static int find_copies(Page *page) {
    Bags bags = {.seen = NULL};
    int result = page->title_count ? read_bags(page, &bags) : 0;
    for (Py_ssize_t k = 0; result == 0 && page->title_count && k < page->line_count; k++) {
        Line *line = &page->lines[k];
        if (!count_common(page, &bags, &line->key, k + 1)) continue;
        if (bags.of_line.slot_count > MOST_KEPT) names_free(&bags.of_line); /* to clear it for each line takes long */
        names_clear(&bags.of_line);
        result = add_words(page, &bags.of_line, &line->key);
        if (result == 0) result = compare(page, &bags, line, bags.of_line.count);
    }
    free_bags(&bags);
    return result;
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

static double score_of(const Page *page, const Line *line) {
    Py_ssize_t i = line->block, begin, end;
    int rank = page->titles[line->title].rank;
    size_t words = line->key.count < 8 ? line->key.count : 8;
    double score = 6.0 + page->copy[i] - RANK_COST * (rank < 0 ? 0 : rank < 5 ? rank : 5) + 0.3 * (double)words;
    if (is_upper(text_of(page, i)) || next_mark(text_of(page, i), 0, &begin, &end)) score -= 0.4;
    if (page->kind[i] == page->heading) score += 3.25 - 0.25 * page->level[i];
    if (page->kind[i] == page->item) score -= 1.0;
    if (page->flags[i] & (HIDDEN | NOSCRIPT)) score -= 3.0;
    if (page->link_share[i] == page->link_share[i]) score -= page->link_share[i];
    score += next_prose(page, i + 1, i + 1 + NEAR_PROSE) >= 0 ? 0.5 : 0.0;
    return score + (i <= page->first_prose ? 0.25 : -0.5);
}

/* The copy that is the headline: of the most trusted candidate, the highest heading, near the prose, not linked. */
static const Line *choose(const Page *page) {
    const Line *best = NULL;
    double best_score = 0.0;
    for (Py_ssize_t k = 0; k < page->line_count; k++) {
        const Line *line = &page->lines[k];
        double score = page->copy[line->block] < 0.5 ? 0.0 : score_of(page, line);
        if (!(score > best_score + 1e-9)) continue;
        best = line;
        best_score = score;
    }
    return best;
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
    PyObject *text = title->joined ? PyObject_CallMethod(title->source, "replace", "ss", "\n", " ") : Py_NewRef(title->source);
    return text ? Py_BuildValue("nN", block, text) : NULL;
}

static PyObject *search(Page *page) {
    if (read_lines(page) < 0 || read_titles(page) < 0) return NULL;
    if (!has_line(page) && add_found(page) < 0) return NULL;
    if (find_copies(page) < 0 || (page->has_copy && rank_titles(page) < 0)) return NULL;
    const Line *line = choose(page);
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
    for (Py_ssize_t i = 0; i < n; i++)
        if (!PyUnicode_Check(text_of(page, i))) {
            PyErr_SetString(PyExc_TypeError, "find_headline: texts are strings");
            return -1;
        }
    page->first_prose = next_prose(page, 0, n);
    if (page->first_prose < 0) page->first_prose = n;
    return 0;
}

static PyObject *native_find_headline(PyObject *self, PyObject *args) {
    (void)self;
    Page page = {.n = 0};
    PyObject *accents, *arrays[6], *columns, *result = NULL;
    if (!PyArg_ParseTuple(args, "OOO!OOOO!OOOiipO:find_headline", &accents, &page.is_date, &PyTuple_Type, &page.texts,
                          &arrays[0], &arrays[1], &arrays[2], &PyTuple_Type, &page.candidates, &arrays[3], &arrays[4],
                          &arrays[5], &page.heading, &page.item, &page.markup, &columns))
        return NULL;
    if (!(page.keys.accents = accents_of(accents))) return NULL;
    page.n = PyTuple_GET_SIZE(page.texts);
    Views views = {.count = 0};
    page.lines = PyMem_RawCalloc((size_t)page.n + 1, sizeof *page.lines);
    page.titles = PyMem_RawCalloc((size_t)PyTuple_GET_SIZE(page.candidates) + 2, sizeof *page.titles);
    if (!page.lines || !page.titles)
        PyErr_NoMemory();
    else if (read_arrays(&page, &views, arrays, columns) == 0)
        result = search(&page);
    views_release(&views);
    keys_free(&page.keys);
    PyMem_RawFree(page.lines);
    PyMem_RawFree(page.titles);
    return result;
}

PyDoc_STRVAR(find_headline_doc,
"find_headline(accents, is_date, texts, words, link_share, prose, candidates, kind, level, flags, heading, item, markup, columns)\n"
"--\n\n"
"The block that is the headline, or -1; and the headline, None where it is that block's own text. Fills six columns, all\n"
"zero before: copy, joined, near, is the headline, distance from it, whether there is one.");

PyMethodDef headline_methods[] = {
    {"accents", native_accents, METH_O, native_accents_doc},
    {"find_headline", native_find_headline, METH_VARARGS, find_headline_doc},
    {NULL, NULL, 0, NULL},
};
