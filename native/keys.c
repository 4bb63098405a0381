/* Lines without case and accents, and the marks that part them. Twins: cleanbody.features.keys (key_of, PARTS). */

#include "headline.h"

static const char *const CAPSULE = "cleanbody._native.accents";
enum { TABLE = 0x20000, MOST_ADDED = 3, MOST_BYTES = 4 };
enum { MOST_KEPT = 1 << 20 }; /* bytes, or words */

struct Accents {
    PyObject *plain;
    Keys kept;       /* the memory of the page before; whoever uses it takes it away, as Python is called between */
    uint64_t *table; /* by letter what it is without accents: up to three characters of 21 bits, and `KNOWN` */
};
static const uint64_t KNOWN = (uint64_t)1 << 63;

/* --- letters ------------------------------------------------------------------------------------------------------ */

static void free_memory(Keys *keys) {
    words_free(&keys->split);
    PyMem_RawFree(keys->bytes);
    PyMem_RawFree(keys->words);
    PyMem_RawFree(keys->hashes);
    *keys = (Keys){0};
}

static void release(PyObject *capsule) {
    Accents *accents = PyCapsule_GetPointer(capsule, CAPSULE);
    Py_XDECREF(accents->plain);
    free_memory(&accents->kept);
    PyMem_Free(accents->table);
    PyMem_Free(accents);
}

PyObject *native_accents(PyObject *self, PyObject *plain) {
    (void)self;
    Accents *accents = PyMem_Calloc(1, sizeof *accents);
    uint64_t *table = PyMem_Calloc(TABLE, sizeof *table);
    PyObject *capsule = accents && table ? PyCapsule_New(accents, CAPSULE, release) : PyErr_NoMemory();
    if (!capsule) {
        PyMem_Free(accents);
        PyMem_Free(table);
        return NULL;
    }
    accents->table = table;
    accents->plain = Py_NewRef(plain);
    return capsule;
}

/* What Python says; 0 and an exception otherwise. */
static uint64_t ask(Accents *accents, Py_UCS4 c) {
    uint64_t packed = KNOWN;
    PyObject *letter = PyUnicode_FromOrdinal((int)c);
    PyObject *plain = letter ? PyObject_CallOneArg(accents->plain, letter) : NULL;
    Py_XDECREF(letter);
    if (!plain) return 0;
    Py_ssize_t size = PyUnicode_Check(plain) ? PyUnicode_GET_LENGTH(plain) : -1;
    for (Py_ssize_t i = 0; i < size && i < MOST_ADDED; i++) /* no letter is more yet */
        packed |= (uint64_t)PyUnicode_READ_CHAR(plain, i) << 21 * i;
    if (size < 0) PyErr_SetString(PyExc_TypeError, "accents: a string");
    Py_DECREF(plain);
    return size < 0 ? 0 : packed;
}

static uint64_t plain_of(Accents *accents, Py_UCS4 c) {
    if (c < 0x80 || (c >= 0x4e00 && c <= 0x9fff)) return KNOWN | c;
    if (c >= 0xac00 && c <= 0xd7a3) { /* Korean: lead, vowel, tail */
        uint64_t number = c - 0xac00, tail = number % 28;
        return KNOWN | (0x1100 + number / 588) | (0x1161 + number % 588 / 28) << 21 | (tail ? 0x11a7 + tail : 0) << 42;
    }
    if (c >= TABLE) return ask(accents, c);
    if (!accents->table[c]) accents->table[c] = ask(accents, c);
    return accents->table[c];
}

/* --- keys --------------------------------------------------------------------------------------------------------- */

static int no_memory(void) {
    PyErr_NoMemory();
    return -1;
}

static int make_room(Keys *keys, size_t bytes, size_t words) {
    if (bytes > PY_SSIZE_T_MAX / 4 - keys->used) return no_memory();
    if (keys->used + bytes > keys->room) {
        size_t room = 2 * (keys->used + bytes);
        unsigned char *grown = PyMem_RawRealloc(keys->bytes, room);
        if (!grown) return no_memory();
        keys->bytes = grown;
        keys->room = room;
    }
    if (keys->word_count + words > keys->word_room) {
        size_t room = 2 * (keys->word_count + words);
        size_t *grown = PyMem_RawRealloc(keys->words, room * sizeof *grown);
        if (grown) keys->words = grown;
        uint64_t *hashes = grown ? PyMem_RawRealloc(keys->hashes, room * sizeof *hashes) : NULL;
        if (!hashes) return no_memory();
        keys->hashes = hashes;
        keys->word_room = room;
    }
    return 0;
}

static size_t put(unsigned char *out, uint32_t c) {
    if (c < 0x80) return out[0] = (unsigned char)c, 1;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    for (int i = more; i; i--, c >>= 6) out[i] = (unsigned char)(0x80 | (c & 0x3f));
    out[0] = (unsigned char)(lead[more] | c);
    return (size_t)more + 1;
}

/* The character at bytes that are UTF-8, and which lie before a zero. */
static Py_UCS4 get(const unsigned char **at) {
    const unsigned char *p = *at;
    int more = p[0] < 0x80 ? 0 : p[0] < 0xe0 ? 1 : p[0] < 0xf0 ? 2 : 3;
    Py_UCS4 c = more ? p[0] & (0x3f >> more) : p[0];
    for (int i = 1; i <= more; i++) c = c << 6 | (p[i] & 0x3f);
    *at = p + more + 1;
    return c;
}

/* Add a word without its accents, for which there is room (of one that is a mark nothing is left); -1 and an exception
   otherwise. */
static int add_plain(Keys *keys, const unsigned char *word, size_t size) {
    const unsigned char *end = word + size;
    while (word < end) {
        uint64_t packed = plain_of(keys->accents, get(&word));
        if (!packed) return -1;
        for (packed &= ~KNOWN; packed; packed >>= 21) keys->used += put(keys->bytes + keys->used, packed & 0x1fffff);
    }
    keys->bytes[keys->used++] = 0;
    return 0;
}

/* Add the key of the words from `first` to `end`; hashes: of all words, NULL where they are not at hand. */
static int add_words(Keys *keys, const Words *words, const uint64_t *hashes, size_t first, size_t end, int ascii,
                     Key *key) {
    const Word *one = words->items + first;
    size_t count = end - first, begin = count ? one->begin : 0;
    size_t size = count ? one[count - 1].begin + one[count - 1].size + 1 - begin : 0;
    /* Of one byte comes one, of two or more at most three times four. */
    if (make_room(keys, size * (ascii ? 1 : MOST_ADDED * MOST_BYTES / 2) + 1, count + 1) < 0) return -1;
    *key = (Key){keys->used, 0, keys->word_count, count};
    keys->word_count += count;
    if (ascii && count) {
        memcpy(keys->bytes + key->begin, words->bytes + begin, size);
        keys->used += size;
    }
    for (size_t i = 0; i < count; i++, one++) {
        size_t at = ascii ? key->begin + one->begin - begin : keys->used;
        keys->words[key->first + i] = at;
        if (!ascii && add_plain(keys, words->bytes + one->begin, one->size) < 0) return -1;
        keys->hashes[key->first + i] = ascii && hashes ? hashes[first + i]
                                       : names_hash(keys->bytes + at, ascii ? one->size : keys->used - 1 - at);
    }
    key->size = keys->used - key->begin;
    return 0;
}

static int is_ascii(PyObject *text) { return PyUnicode_Check(text) && PyUnicode_IS_ASCII(text); }

int keys_add(Keys *keys, PyObject *text, Py_ssize_t chars, Key *key) {
    Words *split = &keys->split;
    split->count = split->used = 0;
    if (words_split(split, text, chars) < 0) return -1;
    return add_words(keys, split, NULL, 0, split->count, is_ascii(text), key);
}

int keys_add_block(Keys *keys, const BlockWords *blocks, Py_ssize_t i, Key *key) {
    PyObject *text = block_text(blocks, i);
    if (!block_is_whole(blocks, i)) return keys_add(keys, text, PY_SSIZE_T_MAX, key);
    return add_words(keys, &blocks->words, blocks->hashes, blocks->first[i], blocks->first[i + 1], is_ascii(text), key);
}

void keys_drop(Keys *keys, const Key *key) {
    keys->used = key->begin;
    keys->word_count = key->first;
}

int keys_begin(Keys *keys, PyObject *capsule) {
    Accents *accents = PyCapsule_GetPointer(capsule, CAPSULE);
    if (!accents) return -1;
    *keys = accents->kept;
    accents->kept = (Keys){0};
    keys->accents = accents;
    keys->used = keys->word_count = 0;
    return 0;
}

void keys_end(Keys *keys) {
    Accents *accents = keys->accents;
    int small = keys->room <= MOST_KEPT && keys->word_room <= MOST_KEPT && keys->split.room <= MOST_KEPT
                && keys->split.items_room <= MOST_KEPT;
    if (!small || accents->kept.bytes) {
        free_memory(keys);
        return;
    }
    free_memory(&accents->kept);
    accents->kept = *keys;
}

/* --- marks -------------------------------------------------------------------------------------------------------- */

static int is_loose(Py_UCS4 c) { /* a mark where white space stands around it */
    return c == '|' || c == '-' || c == 0x2013 || c == 0x2014 || c == 0xb7 || c == 0x2022 || c == 0xbb || c == ':'
           || c == '/';
}

static int is_firm(Py_UCS4 c) { return c == 0xff5c || c == '_' || c == '|' || c == 0xbb; }

static Py_ssize_t behind_space(int kind, const void *data, Py_ssize_t at, Py_ssize_t size) {
    while (at < size && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at))) at++;
    return at;
}

/* The end of the mark whose first mark's own character stands at `at`, behind white space if `spaced`; 0: none. */
static Py_ssize_t mark_end(int kind, const void *data, Py_ssize_t at, Py_ssize_t size, int spaced) {
    Py_ssize_t end = at, last;
    while (spaced && end < size && is_loose(PyUnicode_READ(kind, data, end))) end++;
    if (end > at && (last = behind_space(kind, data, end, size)) > end) return last;
    return at < size && is_firm(PyUnicode_READ(kind, data, at)) ? behind_space(kind, data, at + 1, size) : 0;
}

int next_mark(PyObject *text, Py_ssize_t at, Py_ssize_t *begin, Py_ssize_t *end) {
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = PyUnicode_GET_LENGTH(text), found;
    while (at < size) {
        Py_UCS4 c = PyUnicode_READ(kind, data, at);
        Py_ssize_t next = at + 1;
        if (Py_UNICODE_ISSPACE(c)) {
            int inside = at && Py_UNICODE_ISSPACE(PyUnicode_READ(kind, data, at - 1));
            next = behind_space(kind, data, at, size);
            found = inside ? 0 : mark_end(kind, data, next, size, 1);
        } else {
            found = mark_end(kind, data, at, size, 0);
            if (!found && c == ':' && next < size && PyUnicode_READ(kind, data, next) == ' ') found = at + 2;
        }
        if (found) {
            *begin = at;
            *end = found;
            return 1;
        }
        at = next;
    }
    return 0;
}

const char native_accents_doc[] = PyDoc_STR(
"accents(plain)\n--\n\n"
"What letters are without their accents, for `find_headline`: `plain` tells what one is, up to three characters.");
