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

/* --- ASCII ------------------------------------------------------------------------------------------------------- */

/* A letter or digit folded, else 0. */
#define F(c) ((c) >= 'a' && (c) <= 'z' ? (c) : (c) >= 'A' && (c) <= 'Z' ? (c) + 32 : (c) >= '0' && (c) <= '9' ? (c) : 0)
#define F4(c) F(c), F((c) + 1), F((c) + 2), F((c) + 3)
#define F16(c) F4(c), F4((c) + 4), F4((c) + 8), F4((c) + 12)
static const unsigned char folds[128] = {F16(0), F16(16), F16(32), F16(48), F16(64), F16(80), F16(96), F16(112)};

static int is_word(unsigned char c) { return folds[c] || c == '_'; }

static int split_ascii(Words *words, const unsigned char *text, size_t size) {
    if (size > SIZE_MAX / 4 || make_room(words, 2 * size + 2) < 0) return no_memory();
    for (size_t i = 0; i < size;) {
        int mark = text[i] == '\'' && i && is_word(text[i - 1]) && i + 1 < size && is_word(text[i + 1]);
        if (!folds[text[i]] && !mark) {
            i++;
            continue;
        }
        unsigned char *begin = words->bytes + words->used, *out = begin;
        for (unsigned char c; i < size; i++) {
            if ((c = folds[text[i]])) *out++ = c;
            else if (text[i] == '\'' && is_word(text[i - 1]) && i + 1 < size && is_word(text[i + 1])) *out++ = '\'';
            else break;
        }
        if (close_word(words, words->used, words->used + (size_t)(out - begin), (size_t)(out - begin)) < 0) return -1;
    }
    return 0;
}

/* --- all others: a machine that is fed folded characters ---------------------------------------------------------- */

enum { LONGEST = 16 }; /* bytes that one folded character adds at most: an apostrophe, itself, two zeros */

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

static inline int feed(Machine *m, Py_UCS4 c) {
    uint32_t class = chars_class(c);
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

static int split_any(Words *words, PyObject *text, Py_ssize_t size) {
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Machine m = {.words = words, .out = words->used};
    if (make_room(words, LONGEST) < 0) return -1;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        const CharPage *page = chars_page(c);
        uint64_t packed = page->folds ? page->folds[c & 255] : c;
        do { /* `used` is where the open word begins, so room is counted from `out` */
            if (words->room - m.out < LONGEST && make_room(words, m.out - words->used + LONGEST) < 0) return -1;
            if (feed(&m, packed & 0x1FFFFF) < 0) return -1;
        } while (packed >>= 21);
    }
    return close_open(&m) < 0 || PyErr_Occurred() ? -1 : 0;
}

int words_split(Words *words, PyObject *text, Py_ssize_t chars) {
    if (!PyUnicode_Check(text)) {
        PyErr_Format(PyExc_TypeError, "a text is a str, not %.100s", Py_TYPE(text)->tp_name);
        return -1;
    }
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    if (size > chars) size = chars;
    if (PyUnicode_IS_ASCII(text)) return split_ascii(words, PyUnicode_DATA(text), (size_t)size);
    return split_any(words, text, size);
}

int words_is_spaceless(const Words *words, const Word *word) {
    if (word->chars != 1 || word->size != 3) return 0;
    const unsigned char *p = words->bytes + word->begin;
    return !!(chars_class((Py_UCS4)(p[0] & 15) << 12 | (Py_UCS4)(p[1] & 63) << 6 | (p[2] & 63)) & CHAR_SPACELESS);
}
