/* What characters are, by pages of 256, each made when the first of its characters is met: a class and what it folds
   to, as the Python that runs this knows Unicode. */

#include "native.h"

const CharPage *char_pages[0x1100];
static CharPage nothing; /* stands in for a page that there is no memory for */

typedef struct {
    uint32_t class;
    const uint16_t *chars; /* ends with 0 */
} Set;

static const uint16_t commas[] = {',', ';', ':', 0x60C, 0x61B, 0x3001, 0xFF0C, 0xFF1B, 0xFF1A, 0};
static const uint16_t separators[] = {'|', '>', '/', 0xBB, 0x203A, 0x2022, 0xB7, 0x2192, 0};
static const uint16_t stops[] = {'.', '!', '?', 0x2026, 0};
static const uint16_t full_stops[] = {0x3002, 0xFF01, 0xFF1F, 0x61F, 0x6D4, 0x964, 0};
static const uint16_t closers[] = {'"', '\'', ')', ']', 0x201D, 0x2019, 0xBB, 0};
static const uint16_t openers[] = {'(', '"', '\'', '/', '-', 0x201C, 0xAB, 0x201E, 0x2018, 0};
static const uint16_t at[] = {'@', '#', 0};
static const uint16_t w[] = {'w', 0};
static const uint16_t colon[] = {':', 0};
static const uint16_t money[] = {'$', 0xA3, 0xA5, 0xE3F, 0x20A9, 0x20AC, 0x20B4, 0x20B9, 0x20BA, 0x20BD, 0};
static const uint16_t signs[] = {'(', 0xA9, 0};
static const uint16_t parts[] = {'.', '/', '-', 0};
static const uint16_t newline[] = {'\n', 0};
static const uint16_t capitals[] = { /* of Latin beyond Latin-1 */
    0x100, 0x102, 0x104, 0x106, 0x10C, 0x10E, 0x110, 0x112, 0x118, 0x11A, 0x11E, 0x122, 0x12A, 0x12E, 0x130, 0x136,
    0x13B, 0x141, 0x143, 0x145, 0x147, 0x150, 0x152, 0x154, 0x158, 0x15A, 0x15E, 0x160, 0x164, 0x16A, 0x16E, 0x170,
    0x172, 0x179, 0x17B, 0x17D, 0};
static const Set sets[] = {
    {CHAR_COMMA, commas},   {CHAR_SEPARATOR, separators}, {CHAR_STOP, stops},       {CHAR_FULL_STOP, full_stops},
    {CHAR_CLOSER, closers}, {CHAR_OPENER, openers},       {CHAR_UPPER, capitals},   {CHAR_AT, at},
    {CHAR_W, w},            {CHAR_COLON, colon},          {CHAR_MONEY, money},      {CHAR_SIGN, signs},
    {CHAR_PART, parts},     {CHAR_NEWLINE, newline},
};

static int between(Py_UCS4 c, Py_UCS4 first, Py_UCS4 last) { return c - first <= last - first; }

static int is_spaceless(Py_UCS4 c) {
    return between(c, 0xE00, 0xE7F) || between(c, 0x1780, 0x17FF) || between(c, 0x3040, 0x30FF) ||
           between(c, 0x3400, 0x4DBF) || between(c, 0x4E00, 0x9FFF) || between(c, 0xF900, 0xFAFF);
}

static int is_upper(Py_UCS4 c) {
    return between(c, 'A', 'Z') || between(c, 0xC0, 0xD6) || between(c, 0xD8, 0xDE) || between(c, 0x391, 0x3A9) ||
           between(c, 0x386, 0x38F) || between(c, 0x400, 0x42F);
}

static uint32_t class_of(Py_UCS4 c) {
    uint32_t class = 0;
    class |= Py_UNICODE_ISSPACE(c) ? CHAR_SPACE | CHAR_CLOSER | CHAR_OPENER : CHAR_SOLID;
    if (Py_UNICODE_ISALNUM(c) || c == '_') class |= CHAR_WORD;
    if (Py_UNICODE_ISDECIMAL(c)) class |= CHAR_DECIMAL;
    if (class & CHAR_WORD && !(class & CHAR_DECIMAL) && c != '_') class |= CHAR_LETTER;
    if (!(class & (CHAR_WORD | CHAR_SPACE))) class |= CHAR_MARK;
    if (class & CHAR_LETTER && (c > 0x7F || between(c, 'A', 'Z'))) class |= CHAR_CAPITAL;
    if (is_spaceless(c)) class |= CHAR_SPACELESS;
    class |= class & (CHAR_SPACE | CHAR_SPACELESS) ? CHAR_GAP : CHAR_JOINED;
    if (is_upper(c)) class |= CHAR_UPPER;
    return class;
}

/* What one character folds to, packed; -1 and an exception: none. */
static int fold(Py_UCS4 c, uint64_t *packed) {
    PyObject *one = PyUnicode_FromOrdinal((int)c);
    PyObject *folded = one ? PyObject_CallMethod(one, "casefold", NULL) : NULL;
    Py_XDECREF(one);
    if (!folded) return -1;
    Py_ssize_t size = PyUnicode_GET_LENGTH(folded);
    int known = size >= 1 && size <= 3; /* Unicode promises no more, and none is NUL but NUL itself */
    *packed = 0;
    for (Py_ssize_t i = 0; known && i < size; i++) *packed |= (uint64_t)PyUnicode_READ_CHAR(folded, i) << (21 * i);
    Py_DECREF(folded);
    if (!known) PyErr_SetString(PyExc_ValueError, "a character folds to more than three");
    return known ? 0 : -1;
}

/* Whether all 256 fold to themselves, in one call; -1 and an exception: unknown. */
static int folds_to_itself(Py_UCS4 first) {
    Py_UCS4 all[256];
    for (int i = 0; i < 256; i++) all[i] = first + (Py_UCS4)i;
    PyObject *text = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, all, 256);
    PyObject *folded = text ? PyObject_CallMethod(text, "casefold", NULL) : NULL;
    int same = folded ? PyUnicode_Compare(text, folded) == 0 : -1;
    Py_XDECREF(text);
    Py_XDECREF(folded);
    return PyErr_Occurred() ? -1 : same;
}

static CharPage *make(Py_UCS4 first) {
    int same = folds_to_itself(first);
    if (same < 0) return NULL;
    CharPage *page = PyMem_RawCalloc(1, sizeof *page + (same ? 0 : 256 * sizeof(uint64_t)));
    if (!page) {
        PyErr_NoMemory();
        return NULL;
    }
    if (!same) page->folds = (uint64_t *)(page + 1);
    for (int i = 0; i < 256; i++) {
        page->classes[i] = class_of(first + (Py_UCS4)i);
        if (!same && fold(first + (Py_UCS4)i, &page->folds[i]) < 0) {
            PyMem_RawFree(page);
            return NULL;
        }
    }
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++)
        for (const uint16_t *c = sets[s].chars; *c; c++)
            if ((*c & ~255u) == first) page->classes[*c & 255] |= sets[s].class;
    return page;
}

const CharPage *chars_make(Py_UCS4 c) {
    if (PyErr_Occurred()) return &nothing;
    CharPage *page = make(c & ~(Py_UCS4)255);
    if (!page) return &nothing;
    return char_pages[c >> 8] = page; /* for the life of the process: at most 4352 of them */
}
