/* The copies of a headline. Twin: cleanbody.features.headline (_copies). */

#include "headline.h"

enum { FEW_WORDS = 24 }; /* of a line, that are told apart by comparing each with all before it */

/* The words of all titles, and which of them have each. */
typedef struct {
    Names names, of_line;
    Py_ssize_t *seen;      /* by word: the last line that had it */
    Py_ssize_t *common;    /* by title: words of the line */
    unsigned char *has;    /* by word and title */
    uint64_t sieve[16];    /* a bit for the end of each word's hash: most other words have another, told at once */
} Bags;

static void free_bags(Bags *bags) {
    names_free(&bags->names);
    names_free(&bags->of_line);
    PyMem_RawFree(bags->seen);
    PyMem_RawFree(bags->common);
    PyMem_RawFree(bags->has);
}

/* The length of a word, with the zero behind it. */
static size_t word_size(const Keys *keys, const Key *key, size_t i) {
    size_t end = i + 1 < key->count ? keys->words[key->first + i + 1] : key->begin + key->size;
    return end - keys->words[key->first + i];
}

static int64_t word_in(const Page *page, const Names *names, const Key *key, size_t i) {
    const Keys *keys = &page->keys;
    const unsigned char *word = keys->bytes + keys->words[key->first + i];
    return names_find_hashed(names, keys->hashes[key->first + i], word, word_size(keys, key, i));
}

/* Add the words of a line; -1 and an exception otherwise. */
static int add_words(const Page *page, Names *names, const Key *key) {
    const Keys *keys = &page->keys;
    for (size_t i = 0; i < key->count; i++) {
        const unsigned char *word = keys->bytes + keys->words[key->first + i];
        if (names_add_hashed(names, keys->hashes[key->first + i], word, word_size(keys, key, i)) < 0) return -1;
    }
    return 0;
}

/* How many different words a line has; -1 and an exception otherwise. */
static Py_ssize_t distinct_words(const Page *page, Names *names, const Key *key) {
    const Keys *keys = &page->keys;
    const uint64_t *hashes = keys->hashes + key->first;
    const size_t *words = keys->words + key->first;
    Py_ssize_t distinct = 0;
    if (key->count > FEW_WORDS) {
        names_clear(names);
        return add_words(page, names, key) < 0 ? -1 : (Py_ssize_t)names->count;
    }
    for (size_t i = 0, j; i < key->count; i++) {
        size_t size = word_size(keys, key, i);
        for (j = 0; j < i; j++)
            if (hashes[j] == hashes[i] && !memcmp(keys->bytes + words[j], keys->bytes + words[i], size)) break;
        distinct += j == i;
    }
    return distinct;
}

static int read_bags(Page *page, Bags *bags) {
    size_t titles = (size_t)page->title_count;
    for (size_t t = 0; t < titles; t++)
        if (add_words(page, &bags->names, &page->titles[t].key) < 0) return -1;
    for (uint32_t i = 0; i < bags->names.count; i++) {
        uint64_t hash = bags->names.items[i].hash;
        bags->sieve[hash >> 6 & 15] |= UINT64_C(1) << (hash & 63);
    }
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
        uint64_t hash = page->keys.hashes[key->first + i];
        if (!(bags->sieve[hash >> 6 & 15] >> (hash & 63) & 1)) continue;
        int64_t word = word_in(page, &bags->names, key, i);
        if (word < 0 || bags->seen[word] == number) continue;
        bags->seen[word] = number;
        any = 1;
        for (size_t t = 0; t < titles; t++) bags->common[t] += bags->has[(size_t)word * titles + t];
    }
    return any;
}

int is_cut(PyObject *text) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    while (size && Py_UNICODE_ISSPACE(PyUnicode_READ_CHAR(text, size - 1))) size--;
    if (size && PyUnicode_READ_CHAR(text, size - 1) == 0x2026) return 1;
    for (int i = 1; i <= 3; i++)
        if (size < i || PyUnicode_READ_CHAR(text, size - i) != '.') return 0;
    return 1;
}

static int is_key(Page *page, const Key *key, void *title) { return keys_equal(&page->keys, key, title); }

/* Whether a line is the title: exact, cut short, or with a site's name behind a mark; -1 and an exception otherwise. */
static int is_copy(Page *page, const Key *key, Key *title, PyObject *text) {
    if (keys_equal(&page->keys, key, title)) return 1;
    if (key->count < title->count && key->count >= LEAST_WORDS && is_cut(text)) {
        Key cut = *key;
        cut.size--; /* without the zero behind its last word, which may be cut */
        return keys_starts(&page->keys, title, &cut);
    }
    if (key->count <= title->count || key->count - title->count > MOST_SITE || title->count < 2) return 0;
    return keys_starts(&page->keys, key, title) ? each_head(page, text, is_key, title) : 0;
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
        /* One word may well stand alone in the body. */
        if (value > 0 && title->key.count < LEAST_WORDS && i > page->first_prose) value = 0.5;
        if (value > page->copy[i] || (value > 0 && keys_equal(&page->keys, &line->key, &title->key))) {
            page->copy[i] = value;
            line->title = t;
            page->has_copy = 1;
        }
        if (title->key.count >= LEAST_WORDS && ends_with(page, &line->key, &title->key)) page->joined[i] = 1.0;
    }
    return 0;
}

int find_copies(Page *page) {
    Bags bags = {.seen = NULL};
    int result = page->title_count ? read_bags(page, &bags) : 0;
    for (Py_ssize_t k = 0; result == 0 && page->title_count && k < page->line_count; k++) {
        Line *line = &page->lines[k];
        if (!count_common(page, &bags, &line->key, k + 1)) continue;
        Py_ssize_t distinct = distinct_words(page, &bags.of_line, &line->key);
        result = distinct < 0 ? -1 : compare(page, &bags, line, distinct);
    }
    free_bags(&bags);
    return result;
}
