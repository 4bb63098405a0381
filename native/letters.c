/* A text folded and cut into tokens. Twins: cleanbody.lexicon.tokens (fold, tokens_of, capitals).

   What a character is, and what it becomes, Python is asked once (`letter`); where its neighbours matter, as those of a
   combining mark do, Python folds the whole piece of text. */

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
/* Whether what stands at i goes on a word or a number: itself, or what joins it to the next. */
static inline int in_word(const Py_UCS1 *data, Py_ssize_t i, Py_ssize_t size) {
    return i < size && (is_letter(data[i]) || (data[i] == '\'' && i + 1 < size && is_letter(data[i + 1])));
}
static inline int in_number(const Py_UCS1 *data, Py_ssize_t i, Py_ssize_t size) {
    if (i >= size) return 0;
    return is_digit(data[i]) || ((data[i] == '.' || data[i] == ',') && i + 1 < size && is_digit(data[i + 1]));
}

static void ascii_tokens(const Py_UCS1 *data, Py_ssize_t size, Tokens *tokens) {
    unsigned char bytes[MOST_BYTES];
    for (Py_ssize_t i = 0; i < size;) {
        if (is_letter(data[i])) {
            uint64_t hash = STRINGS_SEED;
            Py_ssize_t used = 0;
            while (in_word(data, i, size)) {
                unsigned char c = data[i++] | 0x20; /* an apostrophe has that bit */
                if (used < MOST_BYTES) bytes[used] = c;
                used++;
                hash = STRINGS_STEP(hash, c);
            }
            tokens_add(tokens, token_of(tokens->trie, bytes, used, hash, 0));
        } else if (is_digit(data[i])) {
            while (in_number(data, i, size)) i++;
            tokens_add(tokens, tokens->trie->number);
        } else {
            i++;
        }
    }
}

static Py_ssize_t as_utf8(unsigned char *out, uint32_t c) {
    if (c < 0x80) return out[0] = (unsigned char)c, 1;
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    for (int i = more; i; i--, c >>= 6) out[i] = (unsigned char)(0x80 | (c & 0x3f));
    out[0] = (unsigned char)(lead[more] | c);
    return more + 1;
}

/* The token of characters [start, end) of a folded text. */
static int32_t folded_token(const Trie *trie, const uint32_t *folded, Py_ssize_t start, Py_ssize_t end) {
    unsigned char bytes[MOST_BYTES + 4];
    uint64_t hash = STRINGS_SEED;
    Py_ssize_t size = 0;
    for (Py_ssize_t i = start; i < end && size <= MOST_BYTES; i++) {
        Py_ssize_t added = as_utf8(bytes + size, folded[i]);
        for (Py_ssize_t k = 0; k < added; k++) hash = STRINGS_STEP(hash, bytes[size + k]);
        size += added;
    }
    return token_of(trie, bytes, size, hash, end - start == 1 && folded[start] >= FIRST_SOLO);
}

/* Both arrays have room for one more, that ends them. */
static void folded_tokens(uint32_t *folded, unsigned char *class, Py_ssize_t size, Tokens *tokens) {
    folded[size] = class[size] = 0;
    for (Py_ssize_t i = 0; i < size;) {
        Py_ssize_t start = i;
        if (class[i] == DIGIT) {
            while (class[i] == DIGIT || ((folded[i] == '.' || folded[i] == ',') && class[i + 1] == DIGIT)) i++;
            tokens_add(tokens, tokens->trie->number);
        } else if (class[i] == WORD) {
            while (class[i] == WORD || (folded[i] == '\'' && class[i + 1] == WORD)) i++;
            tokens_add(tokens, folded_token(tokens->trie, folded, start, i));
        } else {
            i++;
            if (class[start] == SOLO) tokens_add(tokens, folded_token(tokens->trie, folded, start, i));
        }
    }
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
        if (result == 0) folded_tokens(folded, class, size, tokens);
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

int letters_tokens(const Letters *letters, PyObject *text, Py_ssize_t start, Py_ssize_t end, Tokens *tokens) {
    tokens->count = 0;
    if (PyUnicode_IS_ASCII(text)) {
        ascii_tokens(PyUnicode_1BYTE_DATA(text) + start, end - start, tokens);
        return 0;
    }
    uint32_t folded[ON_STACK + 1];
    unsigned char class[ON_STACK + 1];
    Py_ssize_t size = fold_easy(letters, text, start, end, folded, class);
    if (size == -1) return hard_tokens(letters, text, start, end, tokens);
    if (size < 0) return -1;
    folded_tokens(folded, class, size, tokens);
    return 0;
}

/* --- capitals ----------------------------------------------------------------------------------------------------- */

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
