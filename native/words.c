/* Words and stems, and what blocks share. Twins: cleanbody.features.tokens, context. */

#include "block_words.h"
#include "columns.h"

/* Also in features.tokens and features.context. */
enum { SHORTEST = 4, STEM = 6, WIDE = 3, STEMS_OF_HEADING = 400, WORDS_OF_KEY = 60 };
static const double PROSE_WORDS = 18.0;

/* --- words that say nothing of a subject -------------------------------------------------------------------------- */

static const char *const CAPSULE = "cleanbody._native.function_words";
enum { LONGEST = 100 }; /* bytes of a function word */

typedef struct {
    Names names;
    uint64_t sieve[512]; /* a bit for the end of each name's hash: most other words have another, told at once */
} FunctionWords;

static void release(PyObject *capsule) {
    FunctionWords *empty = PyCapsule_GetPointer(capsule, CAPSULE);
    if (empty) names_free(&empty->names);
    PyMem_Free(empty);
}

static int add_all(FunctionWords *empty, PyObject *words) {
    PyObject *iterator = PyObject_GetIter(words), *word = NULL;
    while (iterator && (word = PyIter_Next(iterator))) {
        Py_ssize_t size = 0;
        const char *bytes = PyUnicode_AsUTF8AndSize(word, &size);
        if (bytes && size > LONGEST) PyErr_Format(PyExc_ValueError, "a word of more than %d bytes", LONGEST);
        if (!PyErr_Occurred()) {
            uint64_t hash = names_hash((const unsigned char *)bytes, (size_t)size);
            empty->sieve[hash >> 6 & 511] |= UINT64_C(1) << (hash & 63);
            names_add_hashed(&empty->names, hash, (const unsigned char *)bytes, (size_t)size);
        }
        Py_DECREF(word);
        if (PyErr_Occurred()) break;
    }
    Py_XDECREF(iterator);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *native_function_words(PyObject *self, PyObject *words) {
    (void)self;
    FunctionWords *empty = PyMem_Calloc(1, sizeof *empty);
    if (!empty) return PyErr_NoMemory();
    PyObject *capsule = add_all(empty, words) < 0 ? NULL : PyCapsule_New(empty, CAPSULE, release);
    if (!capsule) {
        names_free(&empty->names);
        PyMem_Free(empty);
    }
    return capsule;
}

/* Whether a word is a function word once each ’ in it is an apostrophe. */
static int with_apostrophes(const FunctionWords *empty, const unsigned char *bytes, size_t size) {
    unsigned char plain[3 * LONGEST];
    size_t out = 0;
    if (size > sizeof plain || !memchr(bytes, 0xE2, size)) return 0;
    for (size_t i = 0; i < size; i++) {
        int quote = i + 2 < size && bytes[i] == 0xE2 && bytes[i + 1] == 0x80 && bytes[i + 2] == 0x99;
        plain[out++] = quote ? '\'' : bytes[i];
        if (quote) i += 2;
    }
    return out < size && names_find(&empty->names, plain, out) >= 0;
}

static inline int is_empty(const FunctionWords *empty, uint64_t hash, const unsigned char *bytes, const Word *word) {
    int may = empty->sieve[hash >> 6 & 511] >> (hash & 63) & 1;
    if (may && names_find_hashed(&empty->names, hash, bytes, word->size) >= 0) return 1;
    return word->size != word->chars && with_apostrophes(empty, bytes, word->size);
}

/* --- stems of a page ---------------------------------------------------------------------------------------------- */

enum { IN_TITLE = 1, IN_DESCRIPTION = 2 };
typedef struct {
    uint32_t seen;     /* number of the text that it was last seen in */
    uint32_t of_body;  /* prose blocks that have it */
    uint32_t mark;     /* of the last prose block that has it */
    uint32_t where;    /* title, description */
} Stem;

typedef struct {
    const FunctionWords *empty;
    Words words; /* of the last text that is no block's */
    Names names;
    Stem *stems; /* one for each name */
    size_t stem_room;
    uint32_t *ids; /* the stems of one text behind those of another, each once a text */
    size_t id_count, id_room;
    uint32_t texts;
} Stems;

static int no_memory(void) {
    PyErr_NoMemory();
    return -1;
}

static void stems_free(Stems *s) {
    words_free(&s->words);
    names_free(&s->names);
    PyMem_RawFree(s->stems);
    PyMem_RawFree(s->ids);
}

/* What the last page was read into: its memory is used again, as the system takes long to give it anew. Under the lock
   of the interpreter only; whoever takes it leaves nothing behind. */
#ifdef Py_GIL_DISABLED
enum { MOST_KEPT = 0 };
#else
enum { MOST_KEPT = 1 << 13 }; /* slots of names, and stems; eight words and sixteen bytes of words for each */
#endif
static Stems spare_stems;
static Names spare_keys;

static void names_spare(Names *names, Names *spare) {
    if (spare->slots || names->slot_room > MOST_KEPT || names->bytes_room > 64 * MOST_KEPT) {
        names_free(names);
        return;
    }
    names_clear(names);
    *spare = *names;
    *names = (Names){0};
}

static void stems_take(Stems *s) {
    const FunctionWords *empty = s->empty;
    *s = spare_stems;
    spare_stems = (Stems){0};
    s->empty = empty;
}

static void stems_spare(Stems *s) {
    const Words *words = &s->words;
    int large = words->room > 16 * MOST_KEPT || words->items_room > 8 * MOST_KEPT || s->id_room > 8 * MOST_KEPT;
    if (large || spare_stems.ids || s->names.slot_room > MOST_KEPT || s->names.bytes_room > 64 * MOST_KEPT) {
        stems_free(s);
        return;
    }
    size_t used = s->names.count < s->stem_room ? s->names.count : s->stem_room;
    if (s->stems) memset(s->stems, 0, used * sizeof *s->stems);
    names_clear(&s->names);
    s->words.count = s->words.used = s->id_count = 0;
    s->texts = 0;
    spare_stems = *s;
}

static int add_stem(Stems *s, uint64_t hash, const unsigned char *bytes, size_t size) {
    int64_t id = names_add_hashed(&s->names, hash, bytes, size);
    if (id < 0) return -1;
    if ((size_t)id == s->stem_room) {
        size_t room = s->stem_room ? 2 * s->stem_room : 512;
        Stem *grown = PyMem_RawRealloc(s->stems, room * sizeof *grown);
        if (!grown) return no_memory();
        memset(grown + s->stem_room, 0, (room - s->stem_room) * sizeof *grown);
        s->stems = grown;
        s->stem_room = room;
    }
    if (s->stems[id].seen == s->texts) return 0;
    s->stems[id].seen = s->texts;
    s->ids[s->id_count++] = (uint32_t)id;
    return 0;
}

/* Bytes of a word's first characters. */
static size_t stem_size(const unsigned char *bytes, const Word *word) {
    if (word->chars <= STEM) return word->size;
    if (word->chars == word->size) return STEM;
    size_t size = 0;
    for (int chars = 0; chars <= STEM; size++) chars += (bytes[size] & 0xC0) != 0x80;
    return size - 1;
}

/* Append a character and the one behind it, with the zero between them: no word has one. */
static int add_pair(Stems *s, const unsigned char *bytes, const Word *first) {
    size_t size = first->size + 1 + first[1].size;
    return add_stem(s, names_hash(bytes + first->begin, size), bytes + first->begin, size);
}

/* Append the stems of the words from `first` to `end`; hashes: of all words, NULL where they are not at hand. */
static int add_stems(Stems *s, const Words *words, const uint64_t *hashes, size_t first, size_t end) {
    const Word *previous = NULL; /* the character of a script without spaces that stands before */
    if (s->id_room - s->id_count < end - first || !s->ids) {
        size_t room = 2 * (s->id_count + end - first) + 1024;
        uint32_t *grown = PyMem_RawRealloc(s->ids, room * sizeof *grown);
        if (!grown) return no_memory();
        s->ids = grown;
        s->id_room = room;
    }
    s->texts++;
    for (size_t i = first; i < end; i++) {
        const Word *word = &words->items[i];
        const unsigned char *bytes = words->bytes + word->begin;
        if (word->chars < SHORTEST) {
            int spaceless = words_is_spaceless(words, word);
            if (spaceless && previous && add_pair(s, words->bytes, previous) < 0) return -1;
            previous = spaceless ? word : NULL;
            continue;
        }
        previous = NULL;
        uint64_t hash = hashes ? hashes[i] : names_hash(bytes, word->size);
        if (is_empty(s->empty, hash, bytes, word)) continue;
        size_t size = stem_size(bytes, word);
        if (add_stem(s, size == word->size ? hash : names_hash(bytes, size), bytes, size) < 0) return -1;
    }
    return 0;
}

/* Append the stems of the first characters of a text. */
static int stems_of(Stems *s, PyObject *text, Py_ssize_t chars) {
    s->words.count = s->words.used = 0;
    return words_split(&s->words, text, chars) < 0 ? -1 : add_stems(s, &s->words, NULL, 0, s->words.count);
}

/* Note where all the stems of a text stand, and forget them otherwise; how many they are, or -1. */
static int64_t stems_stand(Stems *s, PyObject *text, uint32_t where) {
    s->id_count = 0;
    if (stems_of(s, text, PY_SSIZE_T_MAX) < 0) return -1;
    int64_t count = (int64_t)s->id_count;
    for (size_t k = 0; k < s->id_count; k++) s->stems[s->ids[k]].where |= where;
    s->id_count = 0;
    return count;
}

static double share(size_t part, size_t whole) { return (double)part / (double)(whole ? whole : 1); }

/* --- coherence ---------------------------------------------------------------------------------------------------- */

enum {
    TITLE_OVERLAP, BODY_OVERLAP, BEFORE_OVERLAP, AFTER_OVERLAP, BEFORE_WIDE, AFTER_WIDE, DESCRIPTION_OVERLAP,
    TITLE_IN_BLOCK, STEMS, COPIES, COPY_NUMBER, COHERENCE_COLUMNS
};

typedef struct {
    Stems stems;
    Names keys;      /* the first words of blocks */
    size_t *begin;   /* of each block's stems; one more for the end */
    uint32_t *key;   /* of each block */
    uint8_t *prose;  /* whether a block is prose */
    uint32_t *times; /* that a key has been seen: in all, and so far */
    const double *words, *link_share;
    double **columns;
    Py_ssize_t rows;
    size_t title_stems;
} Page;

static int read_blocks(Page *page, const BlockWords *held) {
    Stems *s = &page->stems;
    const Words *words = &held->words;
    page->begin = PyMem_RawMalloc(((size_t)page->rows + 1) * sizeof *page->begin);
    page->key = PyMem_RawMalloc(((size_t)page->rows + 1) * sizeof *page->key);
    page->prose = PyMem_RawMalloc((size_t)page->rows + 1);
    if (!page->begin || !page->key || !page->prose) return no_memory();
    for (Py_ssize_t i = 0; i < page->rows; i++) {
        size_t first = held->first[i], end = held->first[i + 1];
        page->begin[i] = s->id_count;
        if (add_stems(s, words, held->hashes, first, end) < 0) return -1;
        size_t count = end - first < WORDS_OF_KEY ? end - first : WORDS_OF_KEY;
        const Word *one = &words->items[first], *last = one + count - 1;
        int64_t key = count ? names_add(&page->keys, words->bytes + one->begin, last->begin + last->size - one->begin)
                            : names_add(&page->keys, (const unsigned char *)"", 0);
        if (key < 0) return -1;
        page->key[i] = (uint32_t)key;
        page->prose[i] = page->words[i] * (1.0 - page->link_share[i]) >= PROSE_WORDS;
        if (!page->prose[i]) continue;
        for (size_t k = page->begin[i]; k < s->id_count; k++) s->stems[s->ids[k]].of_body++;
    }
    page->begin[page->rows] = s->id_count;
    return 0;
}

/* What a block shares with the title, the description, the body, and the prose that left the mark. */
static void fill_shares(const Page *page, Py_ssize_t i, uint32_t mark) {
    const Stems *s = &page->stems;
    size_t size = page->begin[i + 1] - page->begin[i], title = 0, description = 0, body = 0, before = 0, wide = 0;
    uint32_t mine = page->prose[i];
    for (size_t k = page->begin[i]; k < page->begin[i + 1]; k++) {
        const Stem *stem = &s->stems[s->ids[k]];
        title += stem->where & IN_TITLE;
        description += stem->where >> 1;
        body += stem->of_body > mine;
        before += stem->mark == mark;
        wide += mark - stem->mark < WIDE;
    }
    page->columns[TITLE_OVERLAP][i] = share(title, size);
    page->columns[BODY_OVERLAP][i] = share(body, size);
    page->columns[BEFORE_OVERLAP][i] = share(before, size);
    page->columns[BEFORE_WIDE][i] = share(wide, size);
    page->columns[DESCRIPTION_OVERLAP][i] = share(description, size);
    page->columns[TITLE_IN_BLOCK][i] = share(title, page->title_stems);
    page->columns[STEMS][i] = (double)size;
}

/* The same of the prose after it, and of the next `WIDE`. */
static void fill_after(const Page *page, Py_ssize_t i, uint32_t mark) {
    const Stems *s = &page->stems;
    size_t size = page->begin[i + 1] - page->begin[i], after = 0, wide = 0;
    for (size_t k = page->begin[i]; k < page->begin[i + 1]; k++) {
        uint32_t since = mark - s->stems[s->ids[k]].mark;
        after += !since;
        wide += since < WIDE;
    }
    page->columns[AFTER_OVERLAP][i] = share(after, size);
    page->columns[AFTER_WIDE][i] = share(wide, size);
}

static void leave_mark(const Page *page, Py_ssize_t i, uint32_t mark) {
    const Stems *s = &page->stems;
    for (size_t k = page->begin[i]; k < page->begin[i + 1]; k++) s->stems[s->ids[k]].mark = mark;
}

/* Down the page and up again: the prose that was met last has left its mark on its stems, a new number each time. */
static void fill_overlaps(const Page *page) {
    uint32_t mark = WIDE; /* stems have none yet, which is 0 */
    for (Py_ssize_t i = 0; i < page->rows; i++) {
        fill_shares(page, i, mark);
        if (page->prose[i]) leave_mark(page, i, ++mark);
    }
    mark += WIDE;
    for (Py_ssize_t i = page->rows - 1; i >= 0; i--) {
        fill_after(page, i, mark);
        if (page->prose[i]) leave_mark(page, i, ++mark);
    }
}

static int fill_copies(Page *page) {
    uint32_t *all = page->times = PyMem_RawCalloc(2 * ((size_t)page->keys.count + 1), sizeof *all);
    if (!all) return no_memory();
    uint32_t *so_far = all + page->keys.count;
    for (Py_ssize_t i = 0; i < page->rows; i++) all[page->key[i]]++;
    for (Py_ssize_t i = 0; i < page->rows; i++) {
        page->columns[COPIES][i] = signed_log((double)(all[page->key[i]] - 1));
        page->columns[COPY_NUMBER][i] = so_far[page->key[i]]++;
    }
    return 0;
}

static int fill_coherence(Page *page, const BlockWords *held, PyObject *title, PyObject *description) {
    int64_t count = stems_stand(&page->stems, title, IN_TITLE);
    if (count < 0 || stems_stand(&page->stems, description, IN_DESCRIPTION) < 0) return -1;
    page->title_stems = (size_t)count;
    if (read_blocks(page, held) < 0 || fill_copies(page) < 0) return -1;
    fill_overlaps(page);
    return 0;
}

static void page_free(Page *page) {
    stems_spare(&page->stems);
    names_spare(&page->keys, &spare_keys);
    PyMem_RawFree(page->begin);
    PyMem_RawFree(page->key);
    PyMem_RawFree(page->prose);
    PyMem_RawFree(page->times);
}

static PyObject *native_coherence_columns(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *block_words, *words, *link_share, *title, *description, *capsule, *columns;
    double *out[COHERENCE_COLUMNS];
    if (!PyArg_ParseTuple(args, "OOOUUOO", &block_words, &words, &link_share, &title, &description, &capsule, &columns))
        return NULL;
    Page page = {.stems.empty = PyCapsule_GetPointer(capsule, CAPSULE), .columns = out};
    const BlockWords *held = page.stems.empty ? block_words_of(block_words) : NULL;
    if (!held) return NULL;
    stems_take(&page.stems);
    page.keys = spare_keys;
    spare_keys = (Names){0};
    names_expect(&page.stems.names, held->words.count / 2); /* most words stand there more than once */
    names_expect(&page.keys, (size_t)held->rows);
    Views views;
    views.count = 0;
    page.rows = held->rows;
    int done = (page.words = views_get(&views, words, 8, page.rows, 0)) &&
               (page.link_share = views_get(&views, link_share, 8, page.rows, 0)) &&
               views_columns(&views, columns, COHERENCE_COLUMNS, page.rows, out, 1) == 0 &&
               fill_coherence(&page, held, title, description) == 0;
    page_free(&page);
    views_release(&views);
    return done && !PyErr_Occurred() ? Py_NewRef(Py_None) : NULL;
}

/* --- sections ----------------------------------------------------------------------------------------------------- */

enum { LEVEL, SECTION_WORDS, LINKED, BLOCKS, PLACE, HEADING_OVERLAP, SECTION_COLUMNS };

typedef struct {
    Stems stems;     /* of the title, once a heading is longer than what is looked at of one */
    PyObject *title;
    const BlockWords *held;
    const double *words, *link_share, *headings;
    const double *title_overlap; /* of all blocks */
    double *columns[SECTION_COLUMNS];
} Sections;

/* The share of a heading's stems that stand in the title; -1 and an exception otherwise. */
static double heading_overlap(Sections *s, Py_ssize_t i) {
    PyObject *text = block_text(s->held, i);
    if (PyUnicode_GET_LENGTH(text) <= STEMS_OF_HEADING) return s->title_overlap[i];
    size_t shared = 0;
    if (!s->stems.texts && stems_stand(&s->stems, s->title, IN_TITLE) < 0) return -1.0;
    s->stems.id_count = 0;
    if (stems_of(&s->stems, text, STEMS_OF_HEADING) < 0) return -1.0;
    for (size_t k = 0; k < s->stems.id_count; k++) shared += !!s->stems.stems[s->stems.ids[k]].where;
    return share(shared, s->stems.id_count);
}

/* The blocks begin...end, of which the first may be a heading. */
static int fill_section(Sections *s, Py_ssize_t begin, Py_ssize_t end) {
    double size = 0.0, linked = 0.0, level = s->headings[begin] > 0.0 ? s->headings[begin] : 0.0;
    double overlap = level ? heading_overlap(s, begin) : 0.0;
    if (overlap < 0.0) return -1;
    for (Py_ssize_t i = begin; i < end; i++) {
        size += s->words[i];
        linked += s->words[i] * s->link_share[i];
    }
    linked /= size != 0.0 ? size : 1.0;
    double log_size = signed_log(size), log_blocks = signed_log((double)(end - begin));
    for (Py_ssize_t i = begin; i < end; i++) {
        s->columns[LEVEL][i] = level;
        s->columns[SECTION_WORDS][i] = log_size;
        s->columns[LINKED][i] = linked;
        s->columns[BLOCKS][i] = log_blocks;
        s->columns[PLACE][i] = signed_log((double)(i - begin));
        s->columns[HEADING_OVERLAP][i] = overlap;
    }
    return 0;
}

static int fill_sections(Sections *s) {
    for (Py_ssize_t begin = 0, end; begin < s->held->rows; begin = end) {
        for (end = begin + 1; end < s->held->rows && !(s->headings[end] > 0.0);) end++;
        if (fill_section(s, begin, end) < 0) return -1;
    }
    return 0;
}

static PyObject *native_section_columns(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *block_words, *words, *link_share, *headings, *title, *overlap, *capsule, *columns;
    if (!PyArg_ParseTuple(args, "OOOOUOOO", &block_words, &words, &link_share, &headings, &title, &overlap, &capsule,
                          &columns))
        return NULL;
    Sections s = {.stems.empty = PyCapsule_GetPointer(capsule, CAPSULE), .title = title};
    if (!s.stems.empty || !(s.held = block_words_of(block_words))) return NULL;
    stems_take(&s.stems);
    Views views;
    views.count = 0;
    Py_ssize_t rows = s.held->rows;
    int done = (s.words = views_get(&views, words, 8, rows, 0)) &&
               (s.link_share = views_get(&views, link_share, 8, rows, 0)) &&
               (s.headings = views_get(&views, headings, 8, rows, 0)) &&
               (s.title_overlap = views_get(&views, overlap, 8, rows, 0)) &&
               views_columns(&views, columns, SECTION_COLUMNS, rows, s.columns, 1) == 0 && fill_sections(&s) == 0;
    stems_spare(&s.stems);
    views_release(&views);
    return done && !PyErr_Occurred() ? Py_NewRef(Py_None) : NULL;
}

/* --- words for others --------------------------------------------------------------------------------------------- */

static PyObject *native_words_of(PyObject *self, PyObject *text) {
    (void)self;
    Words words = {0};
    PyObject *list = words_split(&words, text, PY_SSIZE_T_MAX) < 0 ? NULL : PyList_New((Py_ssize_t)words.count);
    for (size_t i = 0; list && i < words.count; i++) {
        const Word *word = &words.items[i];
        PyObject *item = PyUnicode_DecodeUTF8((char *)words.bytes + word->begin, (Py_ssize_t)word->size, NULL);
        if (item) PyList_SET_ITEM(list, (Py_ssize_t)i, item);
        else Py_CLEAR(list);
    }
    words_free(&words);
    return list;
}

PyDoc_STRVAR(function_words_doc,
"function_words(words)\n--\n\n"
"A table of words that say nothing of a subject, for the other functions.");
PyDoc_STRVAR(coherence_columns_doc,
"coherence_columns(block_words, words, link_share, title, description, function_words, columns)\n--\n\n"
"Fill the columns; see cleanbody.features.context.coherence_columns.");
PyDoc_STRVAR(section_columns_doc,
"section_columns(block_words, words, link_share, headings, title, title_overlap, function_words, columns)\n--\n\n"
"Fill the columns; see cleanbody.features.context.section_columns.");
PyDoc_STRVAR(words_of_doc,
"words_of(text)\n--\n\n"
"The words of a text, case-folded; see cleanbody.features.tokens.words_of.");

PyMethodDef words_methods[] = {
    {"function_words", native_function_words, METH_O, function_words_doc},
    {"coherence_columns", native_coherence_columns, METH_VARARGS, coherence_columns_doc},
    {"section_columns", native_section_columns, METH_VARARGS, section_columns_doc},
    {"words_of", native_words_of, METH_O, words_of_doc},
    {NULL, NULL, 0, NULL},
};
