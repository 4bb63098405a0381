/* White space as str.isspace knows it, in UTF-8. What is not valid is let through: it fails when it is decoded. */

#include "ascii.h"
#include "walk.h"

unsigned char byte_kinds[256];

void walk_text_setup(void) {
    for (int c = 0; c < 0x80; c++) byte_kinds[c] = Py_UNICODE_ISSPACE((Py_UCS4)c) ? 1 : 0;
    for (int c = 0xC2; c < 0xF0; c++) { /* two and three bytes; all white space lies in there */
        int last = c < 0xE0 ? 0x3F : 0xFFF;
        Py_UCS4 first = c < 0xE0 ? (Py_UCS4)(c & 0x1F) << 6 : (Py_UCS4)(c & 0x0F) << 12;
        for (int rest = c == 0xE0 ? 0x800 : 0; rest <= last; rest++)
            if (Py_UNICODE_ISSPACE(first + (Py_UCS4)rest)) byte_kinds[c] = 2;
    }
}

static int is_tail(unsigned char c) { return (c & 0xC0) == 0x80; }

/* The character at p, and its size in bytes; 0 and 1 where there is no valid one. */
static Py_UCS4 char_at(const unsigned char *p, const unsigned char *end, size_t *size) {
    size_t left = (size_t)(end - p);
    *size = 1;
    if (*p < 0x80) return *p;
    if (*p < 0xC2 || left < 2 || !is_tail(p[1])) return 0;
    if (*p < 0xE0) {
        *size = 2;
        return (Py_UCS4)(*p & 0x1F) << 6 | (p[1] & 0x3F);
    }
    if (left < 3 || !is_tail(p[2])) return 0;
    if (*p < 0xF0) {
        *size = 3;
        return (Py_UCS4)(*p & 0x0F) << 12 | (Py_UCS4)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    }
    if (left < 4 || !is_tail(p[3])) return 0;
    *size = 4;
    return (Py_UCS4)(*p & 7) << 18 | (Py_UCS4)(p[1] & 0x3F) << 12 | (Py_UCS4)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
}

/* How many bytes the white space at p takes; 0: there is none. */
size_t space_at(const unsigned char *p, const unsigned char *end) {
    if (byte_kinds[*p] < 2) return byte_kinds[*p];
    size_t size;
    return Py_UNICODE_ISSPACE(char_at(p, end, &size)) ? size : 0;
}

const unsigned char *skip_spaces(const unsigned char *p, const unsigned char *end) {
    while (p < end) {
        size_t size = byte_kinds[*p];
        if (size == 2) size = space_at(p, end);
        if (!size) break;
        p += size;
        while (end - p >= 8 && (!memcmp(p, "        ", 8) || !memcmp(p, "\t\t\t\t\t\t\t\t", 8))) p += 8;
    }
    return p;
}

/* Where the character begins that ends at p. */
static const unsigned char *step_back(const unsigned char *begin, const unsigned char *p) {
    const unsigned char *at = p - 1;
    while (at > begin && p - at < 4 && is_tail(*at)) at--;
    return at;
}

const unsigned char *skip_spaces_back(const unsigned char *begin, const unsigned char *p) {
    while (p > begin) {
        const unsigned char *at = step_back(begin, p);
        if (space_at(at, p) != (size_t)(p - at)) break;
        p = at;
    }
    return p;
}

/* How many bytes a character takes that nobody sees: soft hyphen, word joiner, the byte order mark inside a text, and
   outside the scripts of South-East Asia, where it parts words, the space without width; 0: there is none at p. */
static size_t unseen_at(const unsigned char *begin, const unsigned char *p, const unsigned char *end) {
    if (*p == 0xC2) return end - p > 1 && p[1] == 0xAD ? 2 : 0;
    if (end - p < 3) return 0;
    if (*p == 0xEF) return p[1] == 0xBB && p[2] == 0xBF ? 3 : 0;
    if (*p != 0xE2) return 0;
    if (p[1] == 0x81) return p[2] == 0xA0 ? 3 : 0;
    if (p[1] != 0x80 || p[2] != 0x8B) return 0;
    size_t size;
    Py_UCS4 before = p > begin ? char_at(step_back(begin, p), p, &size) : 0;
    return (before >= 0x0E00 && before <= 0x109F) || (before >= 0x1780 && before <= 0x17FF) ? 0 : 3;
}

static int is_ascii(const unsigned char *p, const unsigned char *end) {
    uint64_t word, all = 0;
    size_t size = (size_t)(end - p);
    for (; end - p >= 8; p += 8) all |= (memcpy(&word, p, 8), word);
    if (size >= 8) return !((all | (memcpy(&word, end - 8, 8), word)) & EACH(0x80));
    for (; p < end; p++) all |= *p;
    return !(all & 0x80);
}

static const unsigned char *next_unseen(const unsigned char *begin, const unsigned char *p, const unsigned char *end) {
    for (; p < end; p++)
        if (*p >= 0xC2 && unseen_at(begin, p, end)) return p;
    return NULL;
}

/* A text without what nobody sees; it stands in `Walk.seen` where it differs, until the next one is asked for. */
Str seen(Walk *w, Str text) {
    const unsigned char *begin = text.data, *end = begin + text.size, *from = begin, *at;
    if (!text.size || is_ascii(begin, end) || !(at = next_unseen(begin, begin, end))) return text;
    w->seen.size = 0;
    for (; at; at = next_unseen(begin, from, end)) {
        buffer_put(w, &w->seen, from, (size_t)(at - from));
        from = at + unseen_at(begin, at, end);
    }
    buffer_put(w, &w->seen, from, (size_t)(end - from));
    return (Str){(const unsigned char *)w->seen.data, w->seen.size};
}

/* Whether eight bytes are ASCII without control characters, and no two of them are spaces side by side. */
static int is_tidy(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101), top = ones << 7;
    if (word & top || ~(word + ones * (0x80 - 0x20)) & top) return 0;
    uint64_t spaces = ~(word + ones * (0x80 - 0x21)) & top;
    return !(spaces & spaces >> 8);
}

/* The words of a text with a space between them, into room for eight bytes more than the text has; it must not begin
   with white space. Returns where they end, and how many of their bytes go on in a character. */
unsigned char *tidy(const unsigned char *p, const unsigned char *end, unsigned char *out, long *tails) {
    for (long found = 0;;) {
        while (p < end) {
            uint64_t word;
            if (end - p > 8 && (memcpy(&word, p, 8), is_tidy(word))) {
                int size = p[7] == ' ' ? 7 : 8; /* what follows a space has to be seen with it */
                memcpy(out, &word, 8);
                p += size;
                out += size;
            } else if (byte_kinds[*p] && space_at(p, end)) {
                break;
            } else {
                found += is_tail(*p);
                *out++ = *p++;
            }
        }
        p = skip_spaces(p, end);
        if (p == end) {
            *tails = found;
            return out;
        }
        *out++ = ' ';
    }
}

long count_chars(const void *data, size_t size) {
    const signed char *p = data;
    long count = 0;
    for (size_t i = 0; i < size; i++) count += p[i] >= -64; /* all but those that go on in a character */
    return count;
}

/* How many bytes the first characters of a text take. */
size_t first_chars(Str text, size_t chars) {
    if (text.size <= chars) return text.size;
    size_t at = 0;
    for (; at < text.size; at++)
        if (!is_tail(text.data[at]) && !chars--) break;
    return at;
}

int is_blank(Str text) { return !text.size || skip_spaces(text.data, text.data + text.size) == text.data + text.size; }

Py_UCS4 first_char(Str text) {
    size_t size;
    return text.size ? char_at(text.data, text.data + text.size, &size) : 0;
}

Py_UCS4 last_char(Str text) {
    size_t size;
    const unsigned char *end = text.data + text.size;
    return text.size ? char_at(step_back(text.data, end), end, &size) : 0;
}

/* `" ".join(seen(text).split())` as a string; NULL and no exception where that is empty. */
PyObject *tidied(Walk *w, const Buffer *gathered) {
    if (w->failed || !gathered->size) return NULL;
    Str text = seen(w, (Str){(const unsigned char *)gathered->data, gathered->size});
    const unsigned char *end = text.data + text.size, *p = skip_spaces(text.data, end);
    if (p == end) return NULL;
    unsigned char *out = PyMem_Malloc((size_t)(end - p) + 16);
    PyObject *made = NULL;
    long tails;
    if (out) made = decoded(w, (Str){out, (size_t)(tidy(p, end, out, &tails) - out)});
    else PyErr_NoMemory(), w->failed = 1;
    PyMem_Free(out);
    return made;
}
