/* Words of texts, as bytes. Twin: cleanbody.features.tokens.find_words. */

#include "ascii.h"

static int no_memory(void) {
    PyErr_NoMemory();
    return -1;
}

static int make_room(Words *words, size_t bytes) {
    if (words->room - words->used < bytes || !words->bytes) {
        size_t room = words->used + words->used / 2 + bytes + 1024;
        unsigned char *grown = PyMem_RawRealloc(words->bytes, room);
        if (!grown) return no_memory();
        words->bytes = grown;
        words->room = room;
    }
    return 0;
}

/* Close the word of `chars` characters that began at `begin` and ends at `end`; there is room for the zero. */
static inline int close_word(Words *words, size_t begin, size_t end, size_t chars) {
    if (words->count == words->items_room) {
        size_t room = words->items_room ? 2 * words->items_room : 256;
        Word *grown = PyMem_RawRealloc(words->items, room * sizeof *grown);
        if (!grown) return no_memory();
        words->items = grown;
        words->items_room = room;
    }
    words->bytes[end] = 0;
    words->items[words->count++] = (Word){begin, end - begin, chars};
    words->used = end + 1;
    return 0;
}

void words_free(Words *words) {
    PyMem_RawFree(words->bytes);
    PyMem_RawFree(words->items);
    *words = (Words){0};
}

/* A machine that is fed folded characters. */
enum { LONGEST = 40 }; /* bytes that one of them adds at most, and those that may be written on behind a run */

typedef struct {
    Words *words;
    size_t out, chars; /* of the open word: where it goes on, and its characters; 0: none is open */
    Py_UCS4 mark;      /* an apostrophe behind a character of words, which counts if another follows */
    int after_word;
} Machine;

static inline void put(Machine *m, Py_UCS4 c) {
    unsigned char *out = m->words->bytes + m->out;
    m->chars++;
    if (c < 0x80) {
        *out = (unsigned char)c;
        m->out += 1;
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[4] = {0, 0xC0, 0xE0, 0xF0};
    *out++ = (unsigned char)(lead[more] | c >> (6 * more));
    for (int i = more - 1; i >= 0; i--) *out++ = (unsigned char)(0x80 | (c >> (6 * i) & 0x3F));
    m->out += (size_t)more + 1;
}

static inline int close_open(Machine *m) {
    if (!m->chars) return 0;
    if (close_word(m->words, m->words->used, m->out, m->chars) < 0) return -1;
    m->out = m->words->used;
    m->chars = 0;
    return 0;
}

static inline int feed(Machine *m, Py_UCS4 c, uint32_t class) {
    if (m->mark) {
        if (class & CHAR_WORD) put(m, m->mark);
        else if (close_open(m) < 0) return -1;
        m->mark = 0;
    }
    if (class & CHAR_SPACELESS) {
        if (close_open(m) < 0) return -1;
        put(m, c);
        if (close_open(m) < 0) return -1;
    } else if (class & CHAR_WORD && c != '_') put(m, c);
    else if ((c == '\'' || c == 0x2019) && m->after_word) m->mark = c;
    else if (close_open(m) < 0) return -1;
    m->after_word = !!(class & CHAR_WORD);
    return 0;
}

/* Feed what a character beyond ASCII folds to, and see to it that there is room for `left` of ASCII behind it. */
static int feed_folded(Machine *m, Py_UCS4 c, size_t left) {
    const CharPage *page = chars_page(c);
    uint64_t packed = page->folds ? page->folds[c & 255] : c;
    uint32_t class = packed == c ? page->classes[c & 255] : chars_class(packed & 0x1FFFFF);
    int letter = (class & (CHAR_WORD | CHAR_SPACELESS)) == CHAR_WORD && !(packed >> 21);
    if (letter && !m->mark && m->words->room - m->out >= 2 * left + LONGEST) { /* what most of them are */
        put(m, (Py_UCS4)packed);
        m->after_word = 1;
        return 0;
    }
    do {
        Py_UCS4 one = packed & 0x1FFFFF;
        size_t open = m->out - m->words->used; /* `used` is where the open word begins */
        size_t room = 2 * left + LONGEST;
        if (m->words->room - m->out < room && make_room(m->words, open + room) < 0) return -1;
        if (feed(m, one, chars_class(one)) < 0) return -1;
    } while (packed >>= 21);
    return 0;
}

/* Put eight characters together, those beyond ASCII as any; in `beyond` the highest bit of each byte tells which. */
static inline uint64_t eight1(const Py_UCS1 *text, uint64_t *beyond) {
    uint64_t eight = load64(text);
    *beyond = eight & EACH(0x80);
    return eight & EACH(0x7F);
}

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_BIG_ENDIAN__
static inline uint64_t narrow(uint64_t four) {
    four = (four | four >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    return (four | four >> 16) & UINT64_C(0xFFFFFFFF);
}

#define EACH2(pair) (UINT64_C(0x0001000100010001) * (pair))

static inline uint64_t eight2(const Py_UCS2 *text, uint64_t *beyond) {
    uint64_t low = load64((const unsigned char *)text), high = load64((const unsigned char *)(text + 4));
    uint64_t low_beyond = ((low >> 7 & EACH2(0x1FF)) + EACH2(0x7FFF)) >> 8 & EACH2(0x80);
    uint64_t high_beyond = ((high >> 7 & EACH2(0x1FF)) + EACH2(0x7FFF)) >> 8 & EACH2(0x80);
    *beyond = narrow(low_beyond) | narrow(high_beyond) << 32;
    return narrow(low & EACH2(0x7F)) | narrow(high & EACH2(0x7F)) << 32;
}
#else
#define eight2(text, beyond) split2_end(text, 8, beyond)
#endif

/* A few characters at the end, or four bytes each. */
#define EIGHT(NAME, TYPE)                                                                                              \
    static inline uint64_t NAME(const TYPE *text, size_t size, uint64_t *beyond) {                                     \
        unsigned char eight[8] = {0}, others[8] = {0};                                                                 \
        for (size_t i = 0; i < size && i < 8; i++) {                                                                   \
            eight[i] = (unsigned char)(text[i] & 0x7F);                                                                \
            others[i] = text[i] > 0x7F ? 0x80 : 0;                                                                     \
        }                                                                                                              \
        *beyond = load64(others);                                                                                      \
        return load64(eight);                                                                                          \
    }

/* Up to 64 characters: which are letters and digits of ASCII, which of another kind than these and what parts words;
   and the former folded. */
enum { UNIT = 64 };
typedef struct {
    uint64_t plain, special;
    unsigned char folded[UNIT + 16];
} Bits;

static inline void read_eight(Bits *bits, int at, uint64_t eight, uint64_t beyond) {
    uint64_t lower = eight | EACH(0x20), plain = (ascii_letters(eight) | ascii_digits(eight)) & ~beyond;
    uint64_t special = ascii_equal(eight, '\'') | ascii_equal(eight, '_') | beyond;
    memcpy(bits->folded + at, &lower, 8);
    bits->plain |= ascii_bits(plain) << at;
    if (special) bits->special |= ascii_bits(special) << at;
}

/* Append a run of plain characters to the open word. */
static inline void put_run(Machine *m, const unsigned char *from, size_t size) {
    if (m->mark) put(m, m->mark);
    unsigned char *out = m->words->bytes + m->out;
    for (size_t i = 0; i < size; i += 16) memcpy(out + i, from + i, 16); /* there is room for more, of both */
    m->out += size;
    m->chars += size;
    m->mark = 0;
    m->after_word = 1;
}

static inline int feed_separator(Machine *m) {
    m->mark = 0;
    m->after_word = 0;
    return close_open(m);
}

#define SPLIT(NAME, TYPE, EIGHT_HERE)                                                                                  \
    EIGHT(NAME##_end, TYPE)                                                                                            \
    static void NAME##_bits(Bits *bits, const TYPE *text, size_t size) {                                               \
        uint64_t eight, beyond;                                                                                        \
        int at = 0;                                                                                                    \
        bits->plain = bits->special = 0;                                                                               \
        for (; size >= 8 && at < UNIT; at += 8, size -= 8) {                                                           \
            eight = EIGHT_HERE(text + at, &beyond);                                                                    \
            read_eight(bits, at, eight, beyond);                                                                       \
        }                                                                                                              \
        if (at == UNIT || !size) return;                                                                               \
        eight = NAME##_end(text + at, size, &beyond);                                                                  \
        read_eight(bits, at, eight, beyond);                                                                           \
    }                                                                                                                  \
    static int NAME(Words *words, const TYPE *text, size_t size) {                                                     \
        Machine m = {.words = words, .out = words->used};                                                              \
        const CharPage *latin = chars_page(0);                                                                         \
        Bits bits;                                                                                                     \
        if (size > SIZE_MAX / 8) return no_memory();                                                                   \
        if (make_room(words, 2 * size + LONGEST) < 0) return -1;                                                       \
        for (size_t unit = 0; unit < size; unit += UNIT) {                                                             \
            size_t count = size - unit < UNIT ? size - unit : UNIT;                                                    \
            NAME##_bits(&bits, text + unit, size - unit);                                                              \
            for (size_t i = 0; i < count;) {                                                                           \
                uint64_t plain = bits.plain >> i, special = bits.special >> i;                                         \
                if (plain & 1) {                                                                                       \
                    size_t run = ~plain ? (size_t)low_bit(~plain) : UNIT;                                              \
                    put_run(&m, bits.folded + i, run);                                                                 \
                    i += run;                                                                                          \
                } else if (special & 1) {                                                                              \
                    Py_UCS4 c = text[unit + i++];                                                                      \
                    if (c >= 0x80 ? feed_folded(&m, c, size - unit - i) : feed(&m, c, latin->classes[c])) return -1;   \
                } else {                                                                                               \
                    if (feed_separator(&m) < 0) return -1;                                                             \
                    i += plain | special ? (size_t)low_bit(plain | special) : UNIT;                                    \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        return close_open(&m) < 0 || PyErr_Occurred() ? -1 : 0;                                                        \
    }
#define eight4(text, beyond) split4_end(text, 8, beyond)
SPLIT(split1, Py_UCS1, eight1)
SPLIT(split2, Py_UCS2, eight2)
SPLIT(split4, Py_UCS4, eight4)

int words_split(Words *words, PyObject *text, Py_ssize_t chars) {
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "a text is a str, not %.100s", Py_TYPE(text)->tp_name);
        return -1;
    }
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (size > chars) size = chars;
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: return split1(words, PyUnicode_1BYTE_DATA(text), (size_t)size);
    case PyUnicode_2BYTE_KIND: return split2(words, PyUnicode_2BYTE_DATA(text), (size_t)size);
    default: return split4(words, PyUnicode_4BYTE_DATA(text), (size_t)size);
    }
}

int words_is_spaceless(const Words *words, const Word *word) {
    if (word->chars != 1 || word->size != 3) return 0;
    const unsigned char *p = words->bytes + word->begin;
    return !!(chars_class((Py_UCS4)(p[0] & 15) << 12 | (Py_UCS4)(p[1] & 63) << 6 | (p[2] & 63)) & CHAR_SPACELESS);
}
