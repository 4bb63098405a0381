/* Words of texts, as bytes. Twin: cleanbody.features.tokens.find_words. */

#include "native.h"

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

/* A letter or digit of ASCII folded, else 0. */
#define F(c) ((c) >= 'a' && (c) <= 'z' ? (c) : (c) >= 'A' && (c) <= 'Z' ? (c) + 32 : (c) >= '0' && (c) <= '9' ? (c) : 0)
#define F4(c) F(c), F((c) + 1), F((c) + 2), F((c) + 3)
#define F16(c) F4(c), F4((c) + 4), F4((c) + 8), F4((c) + 12)
static const unsigned char folded[128] = {F16(0), F16(16), F16(32), F16(48), F16(64), F16(80), F16(96), F16(112)};

/* A machine that is fed folded characters. */
enum { LONGEST = 24 }; /* bytes that one of them adds at most, and eight to write on */

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

#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Fold the letters and digits that begin eight characters of ASCII; how many they are. */
static inline size_t fold_eight(uint64_t eight, unsigned char *out) {
    uint64_t lower = eight | EACH(0x20);
    uint64_t letter = (lower + EACH(0x80 - 'a')) & ~(lower + EACH(0x7F - 'z'));
    uint64_t number = (eight + EACH(0x80 - '0')) & ~(eight + EACH(0x7F - '9'));
    uint64_t other = ~(letter | number) & EACH(0x80);
    eight |= (letter & EACH(0x80)) >> 2;
    memcpy(out, &eight, 8);
    return other ? (size_t)__builtin_ctzll(other) >> 3 : 8;
}

/* Whether the eight characters at text are all ASCII; if so, they are put together. */
static inline int eight1(const Py_UCS1 *text, uint64_t *eight) {
    memcpy(eight, text, 8);
    return !(*eight & EACH(0x80));
}

static inline uint64_t narrow(uint64_t four) {
    four = (four | four >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    return (four | four >> 16) & UINT64_C(0xFFFFFFFF);
}

static inline int eight2(const Py_UCS2 *text, uint64_t *eight) {
    uint64_t low, high;
    memcpy(&low, text, 8);
    memcpy(&high, text + 4, 8);
    *eight = narrow(low) | narrow(high) << 32;
    return !((low | high) & UINT64_C(0xFF80FF80FF80FF80));
}
#else
static inline size_t fold_eight(uint64_t eight, unsigned char *out) { return (void)eight, (void)out, 0; }
static inline int eight1(const Py_UCS1 *text, uint64_t *eight) { return (void)text, (void)eight, 0; }
static inline int eight2(const Py_UCS2 *text, uint64_t *eight) { return (void)text, (void)eight, 0; }
#endif
static inline int eight4(const Py_UCS4 *text, uint64_t *eight) { return (void)text, (void)eight, 0; }

/* A run of letters and digits of ASCII is read by eights while that goes, and then one by one. */
#define SPLIT(NAME, TYPE, EIGHT)                                                                                       \
    static inline size_t NAME##_run(const TYPE *text, size_t size, unsigned char *out) {                               \
        size_t i = 0, more = 8;                                                                                        \
        for (uint64_t eight; more == 8 && i + 8 <= size && EIGHT(text + i, &eight); i += more)                         \
            more = fold_eight(eight, out + i);                                                                         \
        if (more < 8) return i;                                                                                        \
        for (; i < size && text[i] < 0x80 && folded[text[i]]; i++) out[i] = folded[text[i]];                           \
        return i;                                                                                                      \
    }                                                                                                                  \
    static int NAME(Words *words, const TYPE *text, size_t size) {                                                     \
        Machine m = {.words = words, .out = words->used};                                                              \
        const CharPage *latin = chars_page(0);                                                                         \
        if (size > SIZE_MAX / 8) return no_memory();                                                                   \
        if (make_room(words, 2 * size + LONGEST) < 0) return -1;                                                       \
        for (size_t i = 0; i < size;) {                                                                                \
            Py_UCS4 c = text[i];                                                                                       \
            if (c >= 0x80) {                                                                                           \
                i++;                                                                                                   \
                if (feed_folded(&m, c, size - i) < 0) return -1;                                                       \
            } else if (folded[c]) {                                                                                    \
                if (m.mark) put(&m, m.mark);                                                                           \
                size_t count = NAME##_run(text + i, size - i, words->bytes + m.out);                                   \
                m.out += count;                                                                                        \
                m.chars += count;                                                                                      \
                m.mark = 0;                                                                                            \
                m.after_word = 1;                                                                                      \
                i += count;                                                                                            \
            } else {                                                                                                   \
                i++;                                                                                                   \
                if (c == '\'' || c == '_') {                                                                           \
                    if (feed(&m, c, latin->classes[c]) < 0) return -1;                                                 \
                    continue;                                                                                          \
                }                                                                                                      \
                if (close_open(&m) < 0) return -1;                                                                     \
                m.mark = 0;                                                                                            \
                m.after_word = 0;                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        return close_open(&m) < 0 || PyErr_Occurred() ? -1 : 0;                                                        \
    }
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
