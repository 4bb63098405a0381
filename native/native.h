/* The compiled core: bytes, arrays and nodes in, arrays out, no rule of what is content. The Python twin of each
   function is its specification; tests compare the two. */

#ifndef CLEANBODY_NATIVE_H
#define CLEANBODY_NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Functions of the module, a table for each file. */
extern PyMethodDef block_words_methods[], blocks_methods[], context_methods[], decide_methods[],
    ensemble_methods[], forest_methods[], grade_methods[], head_methods[], headline_methods[],
    kinds_methods[], lexbor_methods[], lexicon_methods[], lines_methods[], mend_methods[], noscript_methods[],
    phrases_methods[], place_methods[], plaintext_methods[], region_methods[], render_methods[],
    scan_methods[], second_methods[], tags_methods[], telling_methods[], text_methods[], tree_methods[], utf8_methods[],
    walk_methods[], words_methods[];

/* Buffers of arrays (views.c): begin with `Views views; views.count = 0;`, as to set all of it to
   zeros takes long, and release on every way out. */
enum { MAX_VIEWS = 256 };
typedef struct {
    Py_buffer items[MAX_VIEWS];
    int count;
} Views;
/* The items of an array: at least `least` of `itemsize` bytes each; NULL and an exception otherwise. */
void *views_get(Views *views, PyObject *array, Py_ssize_t itemsize, Py_ssize_t least, int writable);
/* `count` columns of doubles of a tuple or list, at least `rows` long, into `out`; -1 and an exception otherwise. */
int views_columns(Views *views, PyObject *columns, Py_ssize_t count, Py_ssize_t rows, double **out, int writable);
void views_release(Views *views);

/* The number of the lowest bit of a word that is not 0. */
static inline int low_bit(uint64_t word) {
#if defined(__GNUC__)
    return __builtin_ctzll(word);
#else
    int at = 0;
    for (; !(word & 1); word >>= 1) at++;
    return at;
#endif
}

/* A table of element names (tags.c). */
enum { MAX_TAGS = 400, TAG_SLOTS = 1024, MAX_TAG_NAME = 23 };
typedef struct {
    int16_t slots[TAG_SLOTS]; /* number of a name + 1, or 0 */
    uint64_t keys[MAX_TAGS];  /* its first eight bytes */
    uint32_t flags[MAX_TAGS];
    unsigned char sizes[MAX_TAGS];
    char names[MAX_TAGS][MAX_TAG_NAME + 1];
} Tags;
const Tags *tags_of(PyObject *capsule);                                           /* NULL and an exception: none */
int tags_find(const Tags *tags, const unsigned char *name, Py_ssize_t size);      /* its number, or -1 */
/* The same, and whether a name that is known is in lower case. */
int tags_find_cased(const Tags *tags, const unsigned char *name, Py_ssize_t size, int *lower);
int same_name(const unsigned char *a, const unsigned char *b, Py_ssize_t size);   /* but for the case */

/* What a character is (chars.c), as the Python that runs it knows Unicode. The numbers are chosen for text.c: the
   first six are counted, the next seven are events, four of which happen only behind a character of the class that is
   CHAR_BEHIND higher. */
enum {
    CHAR_UPPER = 1 << 0,     /* upper case, in the scripts that features.text names */
    CHAR_LETTER = 1 << 1,    /* re: [^\W\d_] */
    CHAR_DECIMAL = 1 << 2,   /* re: \d */
    CHAR_MARK = 1 << 3,      /* re: [^\w\s] */
    CHAR_COMMA = 1 << 4,
    CHAR_SEPARATOR = 1 << 5,
    CHAR_CLOSER = 1 << 6,    /* makes the stop before it the end of a sentence: white space, too */
    CHAR_CAPITAL = 1 << 7,   /* A to Z, or a letter beyond ASCII */
    CHAR_SOLID = 1 << 8,     /* re: \S */
    CHAR_JOINED = 1 << 9,    /* neither white space nor of a script without spaces */
    CHAR_FULL_STOP = 1 << 10, /* ends a sentence whatever follows */
    CHAR_SPACELESS = 1 << 11, /* of a script without spaces: features.tokens.SPACELESS */
    CHAR_NEWLINE = 1 << 12,
    CHAR_BEHIND = 10,
    CHAR_STOP = 1 << 16,     /* ends a sentence before a closer or the end */
    CHAR_OPENER = 1 << 17,   /* a word may begin behind it: white space, too */
    CHAR_SPACE = 1 << 18,    /* re: \s */
    CHAR_GAP = 1 << 19,      /* not joined */
    CHAR_WORD = 1 << 20,     /* re: \w */
    CHAR_AT = 1 << 21,       /* "@" or "#" */
    CHAR_W = 1 << 22,        /* "w": two may begin an address */
    CHAR_COLON = 1 << 23,
    CHAR_MONEY = 1 << 24,
    CHAR_SIGN = 1 << 25,     /* of copyright, or the parenthesis that one in letters begins with */
    CHAR_PART = 1 << 26,     /* parts the numbers of a date */
};
typedef struct {
    uint32_t classes[256];
    uint64_t *folds; /* str.casefold: up to three characters of 21 bits, the first lowest; NULL: none changes */
} CharPage;
extern const CharPage *char_pages[0x1100];
/* The page of 256 characters that holds c. Where there is no memory, an empty page and an exception: look for one
   (PyErr_Occurred) when the loop is done. */
const CharPage *chars_make(Py_UCS4 c);
static inline const CharPage *chars_page(Py_UCS4 c) {
    return char_pages[c >> 8] ? char_pages[c >> 8] : chars_make(c);
}
static inline uint32_t chars_class(Py_UCS4 c) { return chars_page(c)->classes[c & 255]; }

/* The first characters of a text with their classes, zeros behind them, and how many matches of the regular expressions
   of features.text there are in them (patterns.c). */
enum { SAMPLE = 600, SAMPLE_PADDING = 16 };
typedef struct {
    Py_ssize_t size;
    Py_UCS4 chars[SAMPLE + SAMPLE_PADDING];
    uint32_t classes[SAMPLE + SAMPLE_PADDING];
} Sample;
void sample_fill(Sample *sample, PyObject *text); /* as chars_make: look for an exception when all is done */
int sample_dates(const Sample *sample);
int sample_addresses(const Sample *sample);
int sample_money(const Sample *sample);
int sample_double_colons(const Sample *sample);
int sample_is_bullet(const Sample *sample);
int sample_is_copyright(const Sample *sample);

/* A hash of bytes, keyed so that no page can choose what collides (names.c). */
extern uint64_t names_key[2];
static inline uint64_t load64(const unsigned char *p) {
    uint64_t value;
    memcpy(&value, p, 8);
    return value;
}
static inline uint64_t load32(const unsigned char *p) {
    uint32_t value;
    memcpy(&value, p, 4);
    return value;
}
static inline uint64_t names_mix(uint64_t a, uint64_t b) { /* both halves of the product, one upon the other */
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t low = al * bl, one = ah * bl + (low >> 32), two = al * bh + (uint32_t)one;
    return (a * b) ^ (ah * bh + (one >> 32) + (two >> 32));
#endif
}
static inline uint64_t names_hash(const unsigned char *p, size_t size) {
    uint64_t hash = names_key[1], a = 0, b = 0;
    size_t left = size;
    for (; left > 16; left -= 16, p += 16) hash = names_mix(load64(p) ^ names_key[0], load64(p + 8) ^ hash);
    if (left >= 4) { /* without a branch for eight, and with no byte left out */
        size_t middle = left >> 3 << 2;
        a = load32(p) << 32 | load32(p + middle);
        b = load32(p + left - 4) << 32 | load32(p + left - 4 - middle);
    } else if (left) a = (uint64_t)p[0] << 16 | (uint64_t)p[left >> 1] << 8 | p[left - 1];
    return names_mix(names_mix(a ^ names_key[0], b ^ hash) ^ size, UINT64_C(0xE7037ED1A0B428DB));
}

/* Distinct strings of bytes, numbered from 0 (names.c): begin with `Names names = {0};`, free on every way out. */
typedef struct {
    uint64_t hash;
    size_t begin, size;
} Name;
typedef struct {
    uint64_t *slots; /* the upper half of a hash, and the number of a name + 1; or 0 */
    Name *items;
    unsigned char *bytes;
    size_t slot_count, slot_room, room, used, bytes_room; /* the slots behind the first slot_count are empty */
    uint32_t count;
} Names;
/* The number of a name, added if it is new; -1 and an exception without memory. */
int64_t names_add(Names *names, const unsigned char *bytes, size_t size);
int64_t names_find(const Names *names, const unsigned char *bytes, size_t size); /* -1: not there, no exception */
/* The same where the hash is at hand. */
int64_t names_add_hashed(Names *names, uint64_t hash, const unsigned char *bytes, size_t size);
int64_t names_find_hashed(const Names *names, uint64_t hash, const unsigned char *bytes, size_t size);
void names_clear(Names *names); /* forget all, keep the memory */
/* Of names that have been cleared, use no more memory than so many need, unless there are more in the end. */
void names_expect(Names *names, size_t count);
void names_free(Names *names);

/* The words of texts as features.tokens.words_of makes them (split.c), each as UTF-8 with a zero byte behind it: words
   a...b are equal as a tuple to words c...d where the bytes from items[a].begin to items[b].begin + items[b].size
   are. Begin with `Words words = {0};`, free on every way out. To begin anew with the memory kept: words.count =
   words.used = 0. */
typedef struct {
    size_t begin, size, chars; /* place in bytes, length in bytes without the zero, and in characters */
} Word;
typedef struct {
    unsigned char *bytes;
    Word *items;
    size_t used, room, count, items_room;
} Words;
/* Append the words of the first `chars` characters of a str, before case-folding; -1 and an exception: none. */
int words_split(Words *words, PyObject *text, Py_ssize_t chars);
/* A word is one character of a script without spaces. */
int words_is_spaceless(const Words *words, const Word *word);
void words_free(Words *words);
/* Called once, when the module is imported; -1 and an exception where that fails. */
void columns_setup(void);
int scan_setup(void), names_setup(void);

#endif
