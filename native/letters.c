/* A text folded and cut into tokens. Twins: cleanbody.lexicon.tokens (fold, tokens_of, capitals).

   What a character is, and what it becomes, Python is asked once (`letter`); where its neighbours matter, as those of a
   combining mark do, Python folds the whole piece of text. */

#include "ascii.h"
#include "lexicon.h"

static const char *const CAPSULE = "cleanbody._native.letters";
enum { TABLE = 0x20000, MOST_ADDED = 4, ON_STACK = 448 * MOST_ADDED, MOST_BYTES = 256, FIRST_SOLO = 0xe00 };

/* An entry: 0 before Python was asked; bits 0-2 what the character is, 3-4 how it is folded, from 8 on into what, and
   if that is one character, bits 5-7 what that is. */
enum { BREAK = 1, WORD, SOLO, DIGIT };
enum { ONE, MANY, HARD };
#define ENTRY(class, fold, folded_class, value) \
    ((uint32_t)(class) | (uint32_t)(fold) << 3 | (uint32_t)(folded_class) << 5 | (uint32_t)(value) << 8)
#define CLASS(entry) ((entry) & 7)
#define FOLD(entry) ((entry) >> 3 & 3)
#define FOLDED_CLASS(entry) ((entry) >> 5 & 7)
#define VALUE(entry) ((entry) >> 8)

struct Letters {
    uint32_t *entries;
    uint32_t (*added)[MOST_ADDED + 1]; /* what a character becomes where that is not one character, after its length */
    uint32_t added_count, added_room;
    PyObject *letter, *fold, *capitals;
};

const Letters *letters_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, CAPSULE); }

static void release(PyObject *capsule) {
    Letters *letters = PyCapsule_GetPointer(capsule, CAPSULE);
    Py_XDECREF(letters->letter);
    Py_XDECREF(letters->fold);
    Py_XDECREF(letters->capitals);
    PyMem_Free(letters->entries);
    PyMem_Free(letters->added);
    PyMem_Free(letters);
}

/* --- what characters are ------------------------------------------------------------------------------------------ */

static uint32_t many(Letters *letters, uint32_t class, PyObject *folded) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(folded);
    if (size > MOST_ADDED) return ENTRY(class, HARD, 0, 0);
    if (letters->added_count == letters->added_room) {
        uint32_t room = 2 * letters->added_room + 64;
        void *added = PyMem_Realloc(letters->added, room * sizeof *letters->added);
        if (!added) return PyErr_NoMemory(), 0;
        letters->added = added;
        letters->added_room = room;
    }
    uint32_t *added = letters->added[letters->added_count];
    added[0] = (uint32_t)size;
    for (Py_ssize_t i = 0; i < size; i++) added[i + 1] = PyUnicode_READ_CHAR(folded, i);
    return ENTRY(class, MANY, 0, letters->added_count++);
}

/* Ask Python what a character is: its class, and what it becomes (a new reference); 0 and an exception otherwise. */
static int ask(const Letters *letters, Py_UCS4 c, PyObject **folded) {
    PyObject *character = PyUnicode_FromOrdinal((int)c);
    PyObject *answer = character ? PyObject_CallOneArg(letters->letter, character) : NULL;
    int class = 0;
    Py_XDECREF(character);
    if (!answer) return 0;
    if (!PyTuple_Check(answer)) {
        PyErr_SetString(PyExc_TypeError, "letter: a tuple");
    } else if (PyArg_ParseTuple(answer, "iO:letter", &class, folded)) {
        if (class < BREAK || class > DIGIT || (*folded != Py_None && !PyUnicode_Check(*folded))) {
            PyErr_SetString(PyExc_ValueError, "letter: what no character is");
            class = 0;
        } else {
            Py_INCREF(*folded);
        }
    } else {
        class = 0;
    }
    Py_DECREF(answer);
    return class;
}

/* The class alone; not kept, so that a new entry does not ask for another. */
static int class_of(const Letters *letters, Py_UCS4 c) {
    if (c >= TABLE) return c < 0x40000 ? SOLO : WORD;
    if (letters->entries[c]) return CLASS(letters->entries[c]);
    PyObject *folded;
    int class = ask(letters, c, &folded);
    if (class) Py_DECREF(folded);
    return class;
}

static uint32_t make_entry(Letters *letters, Py_UCS4 c) {
    PyObject *folded;
    uint32_t entry = 0;
    int class = ask(letters, c, &folded);
    if (!class) return 0;
    if (folded == Py_None) {
        entry = ENTRY(class, HARD, 0, 0);
    } else if (PyUnicode_GET_LENGTH(folded) == 1) {
        Py_UCS4 into = PyUnicode_READ_CHAR(folded, 0);
        int folded_class = into == c ? class : class_of(letters, into);
        entry = folded_class ? ENTRY(class, ONE, folded_class, into) : 0;
    } else {
        entry = many(letters, (uint32_t)class, folded);
    }
    Py_DECREF(folded);
    return entry;
}

static uint32_t new_entry(const Letters *letters, Py_UCS4 c) {
    if (c >= TABLE) return ENTRY(c < 0x40000 ? SOLO : WORD, HARD, 0, 0);
    if (c >= 0x4e00 && c <= 0x9fff) return letters->entries[c] = ENTRY(SOLO, ONE, SOLO, c);
    if (c >= 0xac00 && c <= 0xd7a3) return letters->entries[c] = ENTRY(WORD, ONE, WORD, c);
    return letters->entries[c] = make_entry((Letters *)letters, c);
}

static inline uint32_t entry_of(const Letters *letters, Py_UCS4 c) {
    return c < TABLE && letters->entries[c] ? letters->entries[c] : new_entry(letters, c);
}

PyObject *native_letters(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *letter, *fold, *capitals;
    if (!PyArg_ParseTuple(args, "OOO:letters", &letter, &fold, &capitals)) return NULL;
    Letters *letters = PyMem_Calloc(1, sizeof *letters);
    uint32_t *entries = PyMem_Calloc(TABLE, sizeof *entries);
    PyObject *capsule = letters && entries ? PyCapsule_New(letters, CAPSULE, release) : PyErr_NoMemory();
    if (!capsule) {
        PyMem_Free(letters);
        PyMem_Free(entries);
        return NULL;
    }
    letters->entries = entries;
    letters->letter = Py_NewRef(letter);
    letters->fold = Py_NewRef(fold);
    letters->capitals = Py_NewRef(capitals);
    for (uint32_t c = 0; c < 128; c++) {
        uint32_t low = c >= 'A' && c <= 'Z' ? c + 32 : c;
        int class = low >= 'a' && low <= 'z' ? WORD : c >= '0' && c <= '9' ? DIGIT : BREAK;
        entries[c] = ENTRY(class, ONE, class, low);
    }
    return capsule;
}

/* --- tokens ------------------------------------------------------------------------------------------------------- */

static inline int is_letter(Py_UCS1 c) { return (unsigned char)((c | 0x20) - 'a') < 26; }
static inline int is_digit(Py_UCS4 c) { return c >= '0' && c <= '9'; }
/* Room for the bytes of more tokens; -1 and an exception otherwise. */
static int more_bytes(Bytes *bytes, Py_ssize_t more) {
    if (bytes->room - bytes->used >= more) return 0;
    Py_ssize_t room = more < PY_SSIZE_T_MAX / 4 - bytes->used ? 2 * (bytes->used + more) : -1;
    unsigned char *data = room < 0 ? NULL : PyMem_Realloc(bytes->data, (size_t)room);
    if (!data) return PyErr_NoMemory(), -1;
    bytes->data = data;
    bytes->room = room;
    return 0;
}

/* Which of a text's characters stand in words and numbers, a bit for each, in units of 64 and one that is empty. */
enum { UNIT = 64, UNITS = ON_STACK / UNIT + 2 };
typedef struct {
    uint64_t words[UNITS], numbers[UNITS];
    Py_ssize_t count; /* of units */
} Bits;

/* Characters between two others of a kind. */
static inline uint64_t between(const uint64_t *kind, Py_ssize_t unit, uint64_t marks) {
    uint64_t before = kind[unit] << 1 | (unit ? kind[unit - 1] >> 63 : 0);
    return marks & before & (kind[unit] >> 1 | kind[unit + 1] << 63);
}

/* Look at ASCII, behind which there are zeros up to a multiple of eight; it is put into lower case, as far as it is
   letters. */
static void read_bits(unsigned char *text, Py_ssize_t size, Bits *bits) {
    uint64_t letters[UNITS], digits[UNITS], quotes[UNITS], parts[UNITS];
    Py_ssize_t count = bits->count = (size + UNIT - 1) / UNIT;
    const unsigned char *end = text + size;
    for (Py_ssize_t unit = 0; unit < count; unit++) {
        uint64_t letter = 0, digit = 0, quote = 0, part = 0;
        for (int i = 0; i < UNIT && text < end; i += 8, text += 8) {
            uint64_t eight = load64(text), lower = eight | EACH(0x20);
            uint64_t numbers = ascii_digits(eight), dots = ascii_equal(eight, '.') | ascii_equal(eight, ',');
            letter |= ascii_bits(ascii_letters(eight)) << i;
            quote |= ascii_bits(ascii_equal(eight, '\'')) << i;
            if (numbers | dots) {
                digit |= ascii_bits(numbers) << i;
                part |= ascii_bits(dots) << i;
            }
            memcpy(text, &lower, 8);
        }
        letters[unit] = letter, digits[unit] = digit, quotes[unit] = quote, parts[unit] = part;
    }
    letters[count] = digits[count] = bits->words[count] = bits->numbers[count] = 0;
    for (Py_ssize_t unit = 0; unit < count; unit++) {
        bits->words[unit] = letters[unit] | between(letters, unit, quotes[unit]);
        bits->numbers[unit] = digits[unit] ? digits[unit] | between(digits, unit, parts[unit]) : 0;
    }
}

/* Where the run ends in which a character stands. */
static inline Py_ssize_t run_end(const uint64_t *bits, Py_ssize_t at) {
    Py_ssize_t unit = at / UNIT;
    uint64_t others = ~(bits[unit] >> at % UNIT);
    int size = others ? low_bit(others) : UNIT;
    if (at % UNIT + size < UNIT) return at + size;
    for (unit++; !~bits[unit];) unit++; /* the last has none */
    return unit * UNIT + low_bit(~bits[unit]);
}

/* The tokens of ASCII that lies at the end of the bytes. */
static void ascii_tokens(Py_ssize_t size, Tokens *tokens) {
    unsigned char *text = tokens->bytes->data + tokens->bytes->used;
    Bits bits;
    memset(text + size, 0, 8);
    read_bits(text, size, &bits);
    for (Py_ssize_t unit = 0; unit < bits.count; unit++) {
        uint64_t words = bits.words[unit], numbers = bits.numbers[unit];
        uint64_t firsts = words & ~(words << 1 | (unit ? bits.words[unit - 1] >> 63 : 0));
        firsts |= numbers & ~(numbers << 1 | (unit ? bits.numbers[unit - 1] >> 63 : 0));
        for (; firsts; firsts &= firsts - 1) {
            int bit = low_bit(firsts);
            Py_ssize_t at = unit * UNIT + bit;
            if (numbers >> bit & 1) {
                tokens_add_number(tokens);
                continue;
            }
            uint32_t length = (uint32_t)(run_end(bits.words, at) - at);
            uint64_t hash = token_hash(text + at, length);
            tokens_add(tokens, (Token){hash, (uint32_t)(tokens->bytes->used + at), length, UNASKED});
        }
    }
    tokens->bytes->used += size;
}

static Py_ssize_t as_utf8(unsigned char *out, uint32_t c) {
    if (c < 0x80) return out[0] = (unsigned char)c, 1;
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    for (int i = more; i; i--, c >>= 6) out[i] = (unsigned char)(0x80 | (c & 0x3f));
    out[0] = (unsigned char)(lead[more] | c);
    return more + 1;
}

/* Add the token of characters [start, end) of a folded text, for the bytes of which there is room. */
static void add_folded(const uint32_t *folded, Py_ssize_t start, Py_ssize_t end, Tokens *tokens) {
    Bytes *bytes = tokens->bytes;
    Py_ssize_t at = bytes->used;
    for (Py_ssize_t i = start; i < end; i++) bytes->used += as_utf8(bytes->data + bytes->used, folded[i]);
    uint32_t size = (uint32_t)(bytes->used - at);
    tokens_add(tokens, (Token){token_hash(bytes->data + at, size), (uint32_t)at, size, UNASKED});
}

/* Both arrays have room for one more, that ends them. */
static int folded_tokens(uint32_t *folded, unsigned char *class, Py_ssize_t size, Tokens *tokens) {
    folded[size] = class[size] = 0;
    if (size >= INT32_MAX / 16 || more_bytes(tokens->bytes, 4 * size + 8) < 0) return PyErr_NoMemory(), -1;
    for (Py_ssize_t i = 0; i < size;) {
        Py_ssize_t start = i;
        if (class[i] == DIGIT) {
            while (class[i] == DIGIT || ((folded[i] == '.' || folded[i] == ',') && class[i + 1] == DIGIT)) i++;
            tokens_add_number(tokens);
        } else if (class[i] == WORD) {
            while (class[i] == WORD || (folded[i] == '\'' && class[i + 1] == WORD)) i++;
            add_folded(folded, start, i, tokens);
        } else {
            i++;
            if (class[start] == SOLO) add_folded(folded, start, i, tokens);
        }
    }
    return 0;
}

/* The tokens of a text that Python folds. */
static int hard_tokens(const Letters *letters, PyObject *text, Py_ssize_t start, Py_ssize_t end, Tokens *tokens) {
    PyObject *piece = PyUnicode_Substring(text, start, end);
    PyObject *made = piece ? PyObject_CallOneArg(letters->fold, piece) : NULL;
    Py_XDECREF(piece);
    if (!made) return -1;
    int result = -1;
    uint32_t *folded = NULL;
    unsigned char *class = NULL;
    if (PyUnicode_Check(made)) {
        Py_ssize_t size = PyUnicode_GET_LENGTH(made);
        folded = PyUnicode_AsUCS4Copy(made);
        class = PyMem_Malloc((size_t)size + 1);
        result = folded && class ? 0 : -1;
        if (result < 0 && !PyErr_Occurred()) PyErr_NoMemory();
        for (Py_ssize_t i = 0; result == 0 && i < size; i++)
            if (!(class[i] = CLASS(entry_of(letters, folded[i])))) result = -1;
        if (result == 0) result = folded_tokens(folded, class, size, tokens);
    } else {
        PyErr_SetString(PyExc_TypeError, "fold: a string");
    }
    PyMem_Free(folded);
    PyMem_Free(class);
    Py_DECREF(made);
    return result;
}

/* text[start:end] folded, at most `ON_STACK` characters: their number; -1 where Python must do it, -2: an exception. */
static Py_ssize_t fold_easy(const Letters *letters, PyObject *text, Py_ssize_t start, Py_ssize_t end, uint32_t *folded,
                            unsigned char *class) {
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Py_ssize_t size = 0;
    if (end - start > ON_STACK / MOST_ADDED) return -1;
    for (Py_ssize_t i = start; i < end; i++) {
        uint32_t entry = entry_of(letters, PyUnicode_READ(kind, data, i));
        if (!entry) return -2;
        if (FOLD(entry) == HARD) return -1;
        if (FOLD(entry) == ONE) {
            folded[size] = VALUE(entry);
            class[size++] = FOLDED_CLASS(entry);
            continue;
        }
        uint32_t many = VALUE(entry), count = letters->added[many][0];
        for (uint32_t k = 1; k <= count; k++) { /* Python may be asked, and `added` may move */
            folded[size] = letters->added[many][k];
            if (!(entry = entry_of(letters, folded[size]))) return -2;
            class[size++] = CLASS(entry);
        }
    }
    return size;
}

/* Copy text[start:end] as ASCII that has the same tokens: its size; -1 where it has others, -2: an exception. */
static Py_ssize_t copy_ascii(const Letters *letters, PyObject *text, Py_ssize_t start, Py_ssize_t end,
                             unsigned char *out) {
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    if (PyUnicode_IS_ASCII(text)) return memcpy(out, (const Py_UCS1 *)data + start, (size_t)(end - start)), end - start;
    Py_ssize_t size = 0;
    for (Py_ssize_t i = start; i < end; i++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, i);
        if (c < 0x80) {
            out[size++] = (unsigned char)c;
            continue;
        }
        uint32_t entry = entry_of(letters, c);
        if (!entry) return -2;
        if (FOLD(entry) == ONE && VALUE(entry) < 0x80) {
            out[size++] = (unsigned char)VALUE(entry);
        } else if (FOLD(entry) == ONE && FOLDED_CLASS(entry) == BREAK) {
            out[size++] = ' ';
        } else if (FOLD(entry) == MANY) {
            const uint32_t *added = letters->added[VALUE(entry)];
            for (uint32_t k = 1; k <= added[0]; k++) {
                if (added[k] >= 0x80) return -1;
                out[size++] = (unsigned char)added[k];
            }
        } else {
            return -1;
        }
    }
    return size;
}

int letters_tokens(const Letters *letters, PyObject *text, Py_ssize_t start, Py_ssize_t end, Tokens *tokens) {
    tokens->count = 0;
    if (end - start <= ON_STACK / MOST_ADDED) {
        if (more_bytes(tokens->bytes, ON_STACK + UNIT) < 0) return -1;
        Py_ssize_t size = copy_ascii(letters, text, start, end, tokens->bytes->data + tokens->bytes->used);
        if (size == -2) return -1;
        if (size >= 0) return ascii_tokens(size, tokens), 0;
    }
    uint32_t folded[ON_STACK + 1];
    unsigned char class[ON_STACK + 1];
    Py_ssize_t size = fold_easy(letters, text, start, end, folded, class);
    if (size == -1) return hard_tokens(letters, text, start, end, tokens);
    return size < 0 ? -1 : folded_tokens(folded, class, size, tokens);
}

/* --- capitals ----------------------------------------------------------------------------------------------------- */

/* Whether what stands at i goes on a word or a number: itself, or what joins it to the next. */
static inline int in_word(const Py_UCS1 *data, Py_ssize_t i, Py_ssize_t size) {
    return i < size && (is_letter(data[i]) || (data[i] == '\'' && i + 1 < size && is_letter(data[i + 1])));
}
static inline int in_number(const Py_UCS1 *data, Py_ssize_t i, Py_ssize_t size) {
    if (i >= size) return 0;
    return is_digit(data[i]) || ((data[i] == '.' || data[i] == ',') && i + 1 < size && is_digit(data[i + 1]));
}

static Py_ssize_t ascii_capitals(const Py_UCS1 *data, Py_ssize_t size, char *out, Py_ssize_t most) {
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < size && count < most;) {
        Py_UCS1 first = data[i];
        if (is_letter(first)) {
            while (in_word(data, i, size)) i++;
            out[count++] = first < 'a';
        } else if (is_digit(first)) {
            while (in_number(data, i, size)) i++;
            out[count++] = 1;
        } else {
            i++;
        }
    }
    return count;
}

Py_ssize_t letters_capitals(const Letters *letters, PyObject *text, Py_ssize_t end, char *out, Py_ssize_t most) {
    if (PyUnicode_IS_ASCII(text)) return ascii_capitals(PyUnicode_1BYTE_DATA(text), end, out, most);
    PyObject *piece = PyUnicode_Substring(text, 0, end);
    PyObject *made = piece ? PyObject_CallOneArg(letters->capitals, piece) : NULL;
    Py_XDECREF(piece);
    Py_ssize_t count = -1;
    if (made && !PyList_Check(made)) {
        PyErr_SetString(PyExc_TypeError, "capitals: a list");
    } else if (made) {
        count = PyList_GET_SIZE(made) < most ? PyList_GET_SIZE(made) : most;
        for (Py_ssize_t i = 0; i < count; i++) out[i] = PyList_GET_ITEM(made, i) == Py_True;
    }
    Py_XDECREF(made);
    return count;
}

const char native_letters_doc[] = PyDoc_STR(
"letters(letter, fold, capitals)\n--\n\n"
"What characters are to tokens, for `phrases`: `letter` tells of a character whether it parts words (1), stands in\n"
"words (2), is a word (3) or a digit (4), and what it becomes when folded, or None where that depends on what stands\n"
"beside it; `fold` folds a text; `capitals` tells which of its tokens may begin a name.");
