/* Columns of a block's own text. Twin: cleanbody.features.text. */

#include <math.h>

#include "native.h"

/* The columns, in the order of features.text.COLUMNS. */
enum {
    CHARS, WORDS, LOG_WORDS, WORD_LENGTH, SENTENCES, ENDS_SENTENCE, COMMAS, DIGITS, CAPITALS, STARTS_LOWER, SHOUTING,
    MARKS, LINES, LINE_WORDS, DATES, ADDRESSES, MONEY, COPYRIGHT, SEPARATORS, BULLET, QUOTED, COLUMNS
};
/* What is counted: classes that are looked for in the sample, and events that are looked for in all of a text. */
enum { UPPER, LETTER, DECIMAL, MARK, COMMA, SEPARATOR, COUNTED };
enum { CLOSED, CAPITAL, WORD, JOINED_WORD, FULL_STOP, SPACELESS, NEWLINE, EVENTS };
/* Counts of a stretch of so many characters lie side by side in 64 bits. */
enum { STRETCH = 500, COUNTED_BITS = 10, EVENT_BITS = 9, EVENT_SHIFT = 6 };

/* A count of one for each bit of an index of 64 or 128. */
#define C1(i, k, w) ((uint64_t)((i) >> (k) & 1) << ((k) * (w)))
#define CLASS(i) (C1(i, 0, 10) | C1(i, 1, 10) | C1(i, 2, 10) | C1(i, 3, 10) | C1(i, 4, 10) | C1(i, 5, 10))
#define EVENT(i) (C1(i, 0, 9) | C1(i, 1, 9) | C1(i, 2, 9) | C1(i, 3, 9) | C1(i, 4, 9) | C1(i, 5, 9) | C1(i, 6, 9))
#define FOUR(f, i) f(i), f((i) + 1), f((i) + 2), f((i) + 3)
#define SIXTEEN(f, i) FOUR(f, i), FOUR(f, (i) + 4), FOUR(f, (i) + 8), FOUR(f, (i) + 12)
#define SIXTYFOUR(f, i) SIXTEEN(f, i), SIXTEEN(f, (i) + 16), SIXTEEN(f, (i) + 32), SIXTEEN(f, (i) + 48)
static const uint64_t of_class[64] = {SIXTYFOUR(CLASS, 0u)};
static const uint64_t of_event[128] = {SIXTYFOUR(EVENT, 0u), SIXTYFOUR(EVENT, 64u)};

typedef struct {
    Py_ssize_t counted[COUNTED], events[EVENTS];
    uint32_t seen;   /* classes of any character */
    uint32_t pairs;  /* classes of any two characters side by side */
    uint32_t before; /* classes of the last character */
} Counts;

/* Whether an event happens is told by the class of a character and of the one before it. */
static inline uint64_t events_at(uint32_t class, uint32_t before) {
    uint32_t always = CHAR_FULL_STOP | CHAR_SPACELESS | CHAR_NEWLINE;
    return of_event[(class & (before >> CHAR_BEHIND | always)) >> EVENT_SHIFT & 127];
}

static inline void add_up(Counts *counts, uint64_t events, uint64_t classes) {
    for (int k = 0; k < EVENTS; k++) counts->events[k] += events >> (EVENT_BITS * k) & ((1 << EVENT_BITS) - 1);
    for (int k = 0; k < COUNTED; k++) counts->counted[k] += classes >> (COUNTED_BITS * k) & ((1 << COUNTED_BITS) - 1);
}

#if defined(__GNUC__)
#define UNROLLED _Pragma("GCC unroll 4")
#else
#define UNROLLED
#endif

/* Count the characters begin...end, in stretches. */
#define COUNT(NAME, TYPE, CLASS_OF)                                                                                    \
    static void NAME(const TYPE *chars, Py_ssize_t begin, Py_ssize_t end, Counts *counts) {                            \
        uint32_t before = counts->before, seen = 0, pairs = 0;                                                         \
        const uint32_t *latin = chars_page(0)->classes;                                                                \
        (void)latin;                                                                                                   \
        for (Py_ssize_t i = begin; i < end;) {                                                                         \
            uint64_t events = 0, classes = 0;                                                                          \
            Py_ssize_t stop = end - i > STRETCH ? i + STRETCH : end;                                                   \
            UNROLLED for (; i < stop; i++) {                                                                           \
                uint32_t class = CLASS_OF(chars[i]);                                                                   \
                events += events_at(class, before);                                                                    \
                classes += of_class[class & 63];                                                                       \
                seen |= class;                                                                                         \
                pairs |= class & before;                                                                               \
                before = class;                                                                                        \
            }                                                                                                          \
            add_up(counts, events, classes);                                                                           \
        }                                                                                                              \
        counts->before = before;                                                                                       \
        counts->seen |= seen;                                                                                          \
        counts->pairs |= pairs;                                                                                        \
    }
#define IN_LATIN(c) latin[c]
#define IN_ANY(c) ((c) < 256 ? latin[c] : chars_class(c))
COUNT(count1, Py_UCS1, IN_LATIN)
COUNT(count2, Py_UCS2, IN_ANY)
COUNT(count4, Py_UCS4, IN_ANY)

static void count(PyObject *text, Py_ssize_t begin, Py_ssize_t end, Counts *counts) {
    const void *data = PyUnicode_DATA(text);
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: count1(data, begin, end, counts); break;
    case PyUnicode_2BYTE_KIND: count2(data, begin, end, counts); break;
    default: count4(data, begin, end, counts); break;
    }
}

static Counts at_start(void) { return (Counts){.before = CHAR_SPACE | CHAR_GAP | CHAR_OPENER}; }

/* Characters of a script without spaces part words, and two make one. */
static double words_in(const Counts *counts) {
    return (double)counts->events[JOINED_WORD] + (double)counts->events[SPACELESS] / 2.0;
}

/* 1 where the last character that is no closer ends a sentence, .5 for a colon. */
static double ending(PyObject *text) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    for (Py_ssize_t i = size - 1; i >= 0 && i >= size - 12; i--) {
        Py_UCS4 c = PyUnicode_READ_CHAR(text, i);
        if (c == ' ' || c == 0x300D || c == 0x300F) continue;
        uint32_t class = chars_class(c);
        if (class & CHAR_CLOSER && !(class & CHAR_SPACE)) continue;
        if (class & (CHAR_STOP | CHAR_FULL_STOP)) return 1.0;
        return c == ':' || c == 0xFF1A ? 0.5 : 0.0;
    }
    return 0.0;
}

static int opens_quote(Py_UCS4 c) {
    static const uint16_t quotes[] = {'"', 0x201C, 0x201E, 0xAB, 0x2018, 0x2014, 0x2013, 0x300C, 0x300E, 0x2039};
    for (size_t k = 0; k < sizeof quotes / sizeof *quotes; k++)
        if (c == quotes[k]) return 1;
    return 0;
}

static double most(double a, double b) { return a > b ? a : b; }
static double least(double a, double b) { return a < b ? a : b; }

/* Whether anything that an expression needs has been seen; most blocks have none of it. */
static int needs_patterns(const Counts *counts, uint32_t first) {
    const uint32_t seen = CHAR_AT | CHAR_MONEY | CHAR_SIGN, pairs = CHAR_W | CHAR_COLON | CHAR_UPPER | CHAR_SEPARATOR;
    if (counts->seen & seen || counts->pairs & pairs || counts->counted[DECIMAL] >= 3) return 1;
    return !!(first & (CHAR_MARK | CHAR_DECIMAL));
}

static void fill_patterns(const Sample *s, const Counts *counts, double *const *columns, Py_ssize_t row) {
    uint32_t seen = counts->seen, pairs = counts->pairs;
    int codes = pairs & CHAR_UPPER && counts->counted[UPPER] >= 3;
    columns[DATES][row] = counts->counted[DECIMAL] >= 3 ? sample_dates(s) : 0;
    columns[ADDRESSES][row] = seen & CHAR_AT || pairs & (CHAR_W | CHAR_SEPARATOR) ? sample_addresses(s) : 0;
    columns[MONEY][row] = seen & CHAR_MONEY || codes ? sample_money(s) : 0;
    columns[COPYRIGHT][row] = seen & CHAR_SIGN ? sample_is_copyright(s) : 0;
    columns[SEPARATORS][row] += pairs & CHAR_COLON ? sample_double_colons(s) : 0;
    columns[BULLET][row] = sample_is_bullet(s);
}

/* Columns of the sample that are shares or of its first character. */
static void fill_shares(PyObject *text, const Counts *counts, double words, double *const *columns, Py_ssize_t row) {
    double chars = (double)PyUnicode_GET_LENGTH(text), size = most(least(chars, SAMPLE), 1.0);
    double per_sample = most(words, 1.0) * least(1.0, size / most(chars, 1.0));
    const Py_ssize_t *n = counts->counted;
    Py_UCS4 first = PyUnicode_GET_LENGTH(text) ? PyUnicode_READ_CHAR(text, 0) : 0;
    columns[COMMAS][row] = (double)n[COMMA] / most(per_sample, 1.0);
    columns[DIGITS][row] = (double)n[DECIMAL] / size;
    columns[CAPITALS][row] = least(1.0, (double)counts->events[CAPITAL] / most((double)counts->events[WORD], 1.0));
    columns[STARTS_LOWER][row] = Py_UNICODE_ISLOWER(first);
    columns[SHOUTING][row] = (double)n[UPPER] / most((double)n[LETTER], 1.0);
    columns[MARKS][row] = (double)n[MARK] / size;
    columns[SEPARATORS][row] = (double)n[SEPARATOR];
    columns[QUOTED][row] = opens_quote(first);
    static const int patterns[] = {DATES, ADDRESSES, MONEY, COPYRIGHT, BULLET};
    for (size_t k = 0; k < sizeof patterns / sizeof *patterns; k++) columns[patterns[k]][row] = 0.0;
    if (!needs_patterns(counts, chars_class(first))) return;
    Sample sample;
    sample_fill(&sample, text);
    fill_patterns(&sample, counts, columns, row);
}

static void fill_row(PyObject *text, double *const *columns, Py_ssize_t row) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), size_of_sample = size < SAMPLE ? size : SAMPLE;
    Counts counts = at_start(), whole;
    count(text, 0, size_of_sample, &counts);
    whole = counts;
    if (size > size_of_sample) count(text, size_of_sample, size, &whole);
    double chars = (double)size, words = words_in(&whole);
    double lines = (double)whole.events[NEWLINE] + 1.0;
    columns[CHARS][row] = chars;
    columns[WORDS][row] = words;
    columns[LOG_WORDS][row] = log1p(words);
    columns[WORD_LENGTH][row] = chars / most(words, 1.0);
    columns[SENTENCES][row] = (double)(whole.events[CLOSED] + whole.events[FULL_STOP] + !!(whole.before & CHAR_STOP));
    columns[ENDS_SENTENCE][row] = ending(text);
    columns[LINES][row] = lines;
    columns[LINE_WORDS][row] = words / lines;
    fill_shares(text, &counts, words, columns, row);
}

static int is_text(PyObject *text) {
    if (PyUnicode_Check(text)) return 1;
    PyErr_Format(PyExc_TypeError, "a text is a str, not %.100s", Py_TYPE(text)->tp_name);
    return 0;
}

static PyObject *native_text_columns(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *texts, *columns, *held;
    double *out[COLUMNS];
    if (!PyArg_ParseTuple(args, "OO", &texts, &columns)) return NULL;
    if (!(held = PySequence_Fast(texts, "texts: a list or tuple of str"))) return NULL;
    Views views;
    views.count = 0;
    Py_ssize_t rows = PySequence_Fast_GET_SIZE(held);
    int done = views_columns(&views, columns, COLUMNS, rows, out, 1) == 0;
    for (Py_ssize_t i = 0; done && i < rows; i++) {
        PyObject *text = PySequence_Fast_GET_ITEM(held, i);
        done = is_text(text);
        if (done) fill_row(text, out, i);
    }
    views_release(&views);
    Py_DECREF(held);
    return done && !PyErr_Occurred() ? Py_NewRef(Py_None) : NULL;
}

static PyObject *native_word_count(PyObject *self, PyObject *text) {
    (void)self;
    if (!is_text(text)) return NULL;
    Counts counts = at_start();
    count(text, 0, PyUnicode_GET_LENGTH(text), &counts);
    return PyErr_Occurred() ? NULL : PyFloat_FromDouble(words_in(&counts));
}

PyDoc_STRVAR(text_columns_doc,
"text_columns(texts, columns)\n--\n\n"
"Fill the columns of texts, one for each of cleanbody.features.text.COLUMNS.");
PyDoc_STRVAR(word_count_doc,
"word_count(text)\n--\n\n"
"Words of a text; see cleanbody.features.tokens.word_count.");

PyMethodDef text_methods[] = {
    {"text_columns", native_text_columns, METH_VARARGS, text_columns_doc},
    {"word_count", native_word_count, METH_O, word_count_doc},
    {NULL, NULL, 0, NULL},
};
