/* A headline that the page does not name. Twin: cleanbody.features.unnamed. */

#include "headline.h"

#include <math.h>

enum { OPENING = 3, MOST_BEGUN = 40, CLOSE = 8, FAR = 40, MOST_NAME = 5, LEAST_H1 = 2 };
enum { SAID_OF = 30, SAID_CHARACTERS = 400, LONG_WORD = 4, STEM = 5, LEAST_DIGITS = 3 };
static const double MOST_WORDS = 40.0, LEAST_LONE = 4.0, MOST_LONE = 25.0;
static const double AGAIN_FAR = 2.5, AGAIN_UNSHAPED = 2.0, MOST_AGAIN = 8.0, MOST_LONG = 8.0;
static const double ENOUGH = 0.5, ENOUGH_NAMED = 2.6;
/* What speaks for a line to be the headline, and against it. */
static const double AGAIN = 0.5, OPENED = 3.2, LIKE_FIRST = 3.0, SAID = 3.1, LONG = 1.2, SHAPED = 1.0, UNTIL = 0.8,
                    BEFORE = 0.6, ENDS = 1.7, BEHIND = 1.6, BELOW_SHAPED = 0.9;
static const uint16_t NO_END[] = {'.', ':', ';', ',', 0x3002, 0xff1a, 0xff1b, 0xff0c, 0x3001, 0};
static const uint16_t NO_START[] = {'-', 0x2013, 0x2014, 0x2022, 0xb7, '*', '#', '>', '[', '(', 0};
static const uint16_t QUOTES[] = {'"', 0x201c, 0x201e, 0xab, 0x300c, 0x300e, 0x2018, '\'', 0};
static const uint16_t TOLD[] = {'.', '!', '?', 0x2026, ':', ';', '"', 0x201d, 0xbb, 0x2019, '\'', ')', ']', 0x3002,
                                0xff01, 0xff1f, 0xff1a, 0xff1b, 0x300d, 0x300f, 0};
static const uint16_t STEPS[] = {'>', 0x203a, 0xbb, 0xb7, 0x2022, '/', 0x2192, 0};

static int is_one_of(Py_UCS4 c, const uint16_t *set) {
    while (*set && *set != c) set++;
    return *set != 0;
}

/* The page's only first-level heading, if prose follows it and it has words enough, or the page has no prose; or -1. */
static Py_ssize_t find_h1(const Page *page) {
    Py_ssize_t found = -1;
    for (Py_ssize_t k = 0; k < page->line_count; k++) {
        Py_ssize_t i = page->lines[k].block;
        if (!is_h1(page, i) || page->flags[i] & HIDDEN) continue;
        if (found >= 0) return -1;
        found = i;
    }
    if (found < 0 || page->first_prose == page->n) return found;
    double least = PyTuple_GET_SIZE(page->candidates) ? LEAST_H1 : 1.0;
    return page->words[found] < least || next_prose(page, found, page->n) < 0 ? -1 : found;
}

/* The first line that is what stands behind the first colon of a candidate, or -1; -2 and an exception otherwise. */
static Py_ssize_t find_behind_colon(Page *page) {
    Py_ssize_t best = page->line_count;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(page->candidates); i++) {
        PyObject *text = PyTuple_GET_ITEM(page->candidates, i);
        Py_ssize_t size = PyUnicode_GET_LENGTH(text), at = 0;
        while (at + 1 < size && !(PyUnicode_READ_CHAR(text, at) == ':' && PyUnicode_READ_CHAR(text, at + 1) == ' '))
            at++;
        if (at + 2 >= size) continue;
        Key key;
        PyObject *rest = PyUnicode_Substring(text, at + 2, size);
        int result = rest ? keys_add(&page->keys, rest, PY_SSIZE_T_MAX, &key) : -1;
        Py_XDECREF(rest);
        if (result < 0) return -2;
        for (Py_ssize_t k = 0; key.count >= LEAST_WORDS && k < best; k++)
            if (keys_equal(&page->keys, &page->lines[k].key, &key)) best = k;
        keys_drop(&page->keys, &key);
    }
    return best < page->line_count ? page->lines[best].block : -1;
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
    Py_ssize_t at, own;          /* the text that is read; the number of its line */
    Names said, first;           /* how words of the prose begin; words of the first line */
    unsigned char *told;         /* which texts are prose that reads like it */
    /* the first of these that others follow closely; the next one; the last */
    Py_ssize_t start, second, last, first_told;
} Repeats;

static void free_repeats(Repeats *repeats) {
    names_free(&repeats->names);
    names_free(&repeats->stems);
    names_free(&repeats->said);
    names_free(&repeats->first);
    PyMem_RawFree(repeats->counts);
    PyMem_RawFree(repeats->told);
}

static int64_t find_name(const Page *page, const Names *names, const Key *key) {
    return names_find(names, bytes_of(page, key), key->size);
}

static int is_another(Page *page, const Key *key, void *with) {
    const Repeats *repeats = with;
    int64_t name = find_name(page, &repeats->names, key);
    return name >= 0 && name != repeats->own;
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
    if (name < 0 || name == repeats->own || repeats->in_front[name] == repeats->at + 1) return 0;
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

/* The size of the first characters of a word, and how many characters it has. */
static size_t stem_size(const unsigned char *word, size_t *characters) {
    size_t size = 0, stem = 0;
    *characters = 0;
    for (; word[size]; size++) {
        if ((word[size] & 0xc0) == 0x80) continue;
        if (++*characters == STEM + 1) stem = size;
    }
    return stem ? stem : size;
}

/* Read how the words of the prose begin, and those of the first line; -1 and an exception otherwise. */
static int read_said(Page *page, Repeats *repeats) {
    int left = SAID_OF;
    for (Py_ssize_t i = repeats->start; i < page->n && left; i++) {
        Key key;
        if (!repeats->told[i]) continue;
        left--;
        if (keys_add(&page->keys, text_of(page, i), SAID_CHARACTERS, &key) < 0) return -1;
        for (size_t w = 0; w < key.count; w++) {
            const unsigned char *word = page->keys.bytes + page->keys.words[key.first + w];
            size_t characters, size = stem_size(word, &characters);
            if (names_add(&repeats->said, word, size) < 0) return -1;
        }
        keys_drop(&page->keys, &key);
    }
    const Key *key = &page->lines[0].key;
    for (size_t w = 0; page->line_count && !page->lines[0].block && w < key->count; w++) {
        const unsigned char *word = page->keys.bytes + page->keys.words[key->first + w];
        if (names_add(&repeats->first, word, strlen((const char *)word)) < 0) return -1;
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
        repeats->own = find_name(page, &repeats->names, &page->lines[k].key);
        if (each_head(page, text_of(page, repeats->at), add_front, repeats) < 0) return -1;
    }
    for (repeats->at = 0; repeats->at < OPENING && repeats->at < page->n; repeats->at++)
        if (each_piece(page, text_of(page, repeats->at), add_opening, repeats) < 0 ||
            each_head(page, text_of(page, repeats->at), add_opening, repeats) < 0)
            return -1;
    return read_said(page, repeats);
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

/* Whether a mark of a trail or of a row stands in a text between spaces. */
static int has_step(PyObject *text, Py_ssize_t size) {
    for (Py_ssize_t i = 1; i + 1 < size; i++)
        if (is_one_of(PyUnicode_READ_CHAR(text, i), STEPS) && Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, i - 1)) &&
            Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, i + 1)))
            return 1;
    return 0;
}

/* Whether a text has as many digits as a date has at least. */
static int has_digits(PyObject *text, Py_ssize_t size) {
    int found = 0;
    for (Py_ssize_t i = 0; i < size && found < LEAST_DIGITS; i++)
        found += Py_UNICODE_ISDECIMAL(PyUnicode_READ_CHAR(text, i)) != 0;
    return found == LEAST_DIGITS;
}

/* Whether a line has a break, a tab or three spaces, as a row of a table. */
static int has_gap(PyObject *text, Py_ssize_t size) {
    int spaces = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        spaces = c == ' ' || c == 0xa0 ? spaces + 1 : 0;
        if (c == '\n' || c == '\t' || spaces == 3) return 1;
    }
    return 0;
}

/* Whether a line could be a headline by its shape alone; -1 and an exception otherwise. */
static int is_shaped(const Page *page, Py_ssize_t i) {
    PyObject *text = text_of(page, i);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (!(page->words[i] >= LEAST_LONE && page->words[i] <= MOST_LONE) || !size || is_speaker(text)) return 0;
    if (has_gap(text, size)) return 0;
    Py_UCS4 first = PyUnicode_READ_CHAR(text, 0);
    if (is_one_of(PyUnicode_READ_CHAR(text, size - 1), NO_END) || is_one_of(first, NO_START)) return 0;
    if (is_one_of(first, QUOTES) || Py_UNICODE_ISLOWER(first) || has_step(text, size)) return 0;
    if (!has_digits(text, size)) return 1; /* Python is asked where a date may be */
    PyObject *date = PyObject_CallOneArg(page->is_date, text);
    if (!date) return -1;
    int shaped = date == Py_None;
    Py_DECREF(date);
    return shaped;
}

/* How often a line stands again: as it is, cut short, before a site's name or behind a trail. */
static double count_again(const Repeats *repeats, int64_t name) {
    double again = repeats->counts[name] < 4 ? (double)repeats->counts[name] : 4.0;
    again = again + 1.5 * (double)repeats->tails[name];
    again += 1.5 * (double)(repeats->fronts[name] < 2 ? repeats->fronts[name] : 2);
    return again + (double)(repeats->cuts[name] < 2 ? repeats->cuts[name] : 2);
}

/* The share of a line's long words that the prose says; of all its words where none is long. */
static double share_said(const Page *page, const Repeats *repeats, const Key *key) {
    size_t count[2] = {0, 0}, said[2] = {0, 0};
    for (size_t i = 0; i < key->count; i++) {
        const unsigned char *word = page->keys.bytes + page->keys.words[key->first + i];
        size_t characters;
        int found = names_find(&repeats->said, word, stem_size(word, &characters)) >= 0;
        for (int of_long = 0; of_long <= (characters >= LONG_WORD); of_long++) {
            count[of_long]++;
            said[of_long] += (size_t)found;
        }
    }
    int of_long = count[1] > 0;
    return count[of_long] ? (double)said[of_long] / (double)count[of_long] : 0.0;
}

/* The share of the words of a line and of the first line that both have; -1.0 and an exception otherwise. */
static double like_first(const Page *page, const Repeats *repeats, const Key *key) {
    Names own = {0};
    size_t both = 0;
    for (size_t i = 0; i < key->count; i++) {
        const unsigned char *word = page->keys.bytes + page->keys.words[key->first + i];
        size_t size = strlen((const char *)word);
        uint32_t before = own.count;
        if (names_add(&own, word, size) < 0) {
            names_free(&own);
            return -1.0;
        }
        both += own.count > before && names_find(&repeats->first, word, size) >= 0;
    }
    size_t all = own.count + repeats->first.count - both;
    names_free(&own);
    return LIKE_FIRST * (double)both / (double)(all ? all : 1);
}

/* Whether a line ends in another one that stands more often, with at most a breadcrumb's words before it. */
static int is_behind_trail(const Page *page, const Repeats *repeats, const Key *key, double again) {
    const unsigned char *end = bytes_of(page, key) + key->size;
    for (size_t cut = 1; cut <= MOST_CRUMBS && key->count >= cut + LEAST_WORDS; cut++) {
        const unsigned char *tail = page->keys.bytes + page->keys.words[key->first + cut];
        int64_t name = names_find(&repeats->names, tail, (size_t)(end - tail));
        if (name >= 0 && again < count_again(repeats, name)) return 1;
    }
    return 0;
}

/* Whether a line may be the headline at all; -1 and an exception otherwise. */
static int may_be(Page *page, Repeats *repeats, const Line *line, int opened) {
    Py_ssize_t i = line->block;
    PyObject *text = text_of(page, i);
    double again = count_again(repeats, repeats->own);
    if (!(page->words[i] >= LEAST_WORDS && page->words[i] <= MOST_LONE)) return 0;
    if (is_one_of(PyUnicode_READ_CHAR(text, 0), NO_START)) return 0;
    if (!opened && (i >= repeats->second || i == repeats->start)) return 0;
    if (!opened && repeats->start - i > FAR && again < AGAIN_FAR) return 0;
    int shaped = !opened && again < AGAIN_UNSHAPED ? is_shaped(page, i) : 1;
    if (shaped <= 0) return shaped;
    int site = each_head(page, text, is_another, repeats);
    if (site) return site < 0 ? -1 : 0; /* the same with a site's name behind it */
    if (!opened && is_behind_trail(page, repeats, &line->key, again)) return 0;
    if (line->key.count < LEAST_WORDS || !is_cut(text)) return 1;
    Key stem = begin_of(page, &line->key, line->key.count - 1);
    return repeats->begun[find_name(page, &repeats->stems, &stem)] <= 1; /* or another line has it in full */
}

/* How much speaks for a line into `score`, if it may be the headline: whether; -1 and an exception otherwise. */
static int score_line(Page *page, Repeats *repeats, const Line *line, double *score) {
    Py_ssize_t i = line->block, start = repeats->start, second = repeats->second;
    int64_t name = repeats->own = find_name(page, &repeats->names, &line->key);
    int opened = repeats->opening[name] >= 0 && repeats->opening[name] != i && page->words[i] >= LEAST_LONE;
    if (!opened && i >= second) return 0; /* before anything that takes long */
    int possible = may_be(page, repeats, line, opened);
    if (possible <= 0) return possible;
    int shaped = is_shaped(page, i), below = shaped >= 0 && i ? is_shaped(page, i - 1) : 0;
    if (shaped < 0 || below < 0) return -1;
    PyObject *text = text_of(page, i);
    double like = opened ? OPENED : i ? like_first(page, repeats, &line->key) : 0.0;
    if (like < 0.0) return -1;
    double until = i >= second ? 1.0 : (double)((i < start ? start : second) - i);
    double words = page->words[i] < MOST_LONG ? page->words[i] : MOST_LONG;
    double again = count_again(repeats, name);
    double sum = AGAIN * ((again < MOST_AGAIN ? again : MOST_AGAIN) - 1.0);
    sum += like;
    sum += SAID * share_said(page, repeats, &line->key);
    sum += LONG * words / MOST_LONG;
    sum -= UNTIL * log1p(until) + BEFORE * log1p((double)i);
    sum += shaped ? SHAPED : 0.0;
    sum -= is_one_of(PyUnicode_READ_CHAR(text, PyUnicode_GET_LENGTH(text) - 1), NO_END) ? ENDS : 0.0;
    sum -= start < i && !opened ? BEHIND : 0.0;
    sum -= below ? BELOW_SHAPED : 0.0;
    *score = sum;
    return 1;
}

/* Find the prose that reads like it: 1 if there is any; -1 and an exception otherwise. */
static int find_told(const Page *page, Repeats *repeats) {
    Py_ssize_t found = 0, before[2] = {-1, -1};
    repeats->start = repeats->second = -1;
    if (!(repeats->told = PyMem_RawCalloc((size_t)page->n + 1, 1))) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < page->n; i++) {
        Py_ssize_t size = PyUnicode_GET_LENGTH(text_of(page, i));
        int ends = size && is_one_of(PyUnicode_READ_CHAR(text_of(page, i), size - 1), TOLD);
        if (!page->prose[i] || !(page->words[i] > MOST_WORDS || ends)) continue;
        repeats->told[i] = 1;
        repeats->last = i;
        if (!found++) repeats->first_told = i;
        if (repeats->start < 0 && found > 2 && i - before[0] <= CLOSE) repeats->start = before[0];
        before[0] = before[1];
        before[1] = i;
    }
    if (repeats->start < 0) repeats->start = repeats->first_told;
    for (repeats->second = repeats->start + 1; repeats->second < page->n && !repeats->told[repeats->second];)
        repeats->second++;
    return found > 0;
}

/* The block that is the headline of a text, or -1; -2 and an exception otherwise. */
static Py_ssize_t find_unnamed(Page *page, double enough) {
    Repeats repeats = {.counts = NULL};
    Py_ssize_t best = -1;
    int result = find_told(page, &repeats);
    if (result > 0) result = read_repeats(page, &repeats) < 0 ? -1 : 1;
    for (Py_ssize_t k = 0; result > 0 && k < page->line_count && page->lines[k].block <= repeats.last; k++) {
        double score = 0.0;
        int scored = score_line(page, &repeats, &page->lines[k], &score);
        if (scored < 0) result = -1;
        if (scored <= 0 || !(score > enough)) continue;
        best = page->lines[k].block;
        enough = score;
    }
    free_repeats(&repeats);
    return result < 0 ? -2 : best;
}

/* Whether a candidate is longer than a site's name. */
static int has_long_title(const Page *page) {
    for (Py_ssize_t t = 0; t < page->title_count; t++)
        if (page->titles[t].key.count > MOST_NAME) return 1;
    return 0;
}

int add_found(Page *page) {
    Py_ssize_t found = find_h1(page);
    int h1 = found >= 0;
    if (found == -1) found = find_behind_colon(page);
    if (found == -1 && !(page->markup && has_long_title(page)))
        found = find_unnamed(page, page->title_count && page->markup ? ENOUGH_NAMED : ENOUGH);
    if (found == -1) return 0;
    if (found < 0) return -1;
    memmove(page->titles + 1, page->titles, (size_t)page->title_count++ * sizeof *page->titles);
    Title *title = &page->titles[0];
    *title = (Title){.source = text_of(page, found), .rank = -1, .joined = h1};
    if (keys_add(&page->keys, title->source, PY_SSIZE_T_MAX, &title->key) < 0) return -1;
    if (!title->key.count && page->wordless) *title = (Title){.key = title->key, .source = page->wordless, .rank = -1};
    return 0;
}
