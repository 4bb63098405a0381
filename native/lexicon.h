/* What the files of the lexicon share: strings.c, lexicon.c, letters.c, trie.c, phrases.c. */

#ifndef CLEANBODY_LEXICON_H
#define CLEANBODY_LEXICON_H

#include "native.h"

/* Strings that are found by their bytes (strings.c); all zero is an empty table. For words of the library's own:
   whoever writes a page could choose words that share a slot, so those are looked up but never added. The hash is
   `token_hash`. */
typedef struct {
    uint32_t hash, at, size;
    int32_t number; /* + 1; 0: nothing stands here */
} String;
typedef struct {
    String *slots;
    unsigned char *bytes; /* of all strings, in order of their numbers */
    Py_ssize_t used, room;
    uint32_t mask;
    int32_t count;
    uint64_t sieve[256]; /* a bit for the end of each hash: most other strings have another, told at once */
} Strings;
static inline uint32_t strings_fold(uint64_t hash) { return (uint32_t)(hash ^ hash >> 32); }
/* The number of a string, or -1. */
static inline int32_t strings_find(const Strings *strings, const unsigned char *data, Py_ssize_t size, uint64_t hash) {
    if (!strings->count) return -1;
    uint32_t folded = strings_fold(hash);
    if (!(strings->sieve[folded >> 6 & 255] >> (folded & 63) & 1)) return -1;
    for (uint32_t slot = folded;; slot++) {
        const String *string = &strings->slots[slot & strings->mask];
        if (!string->number) return -1;
        if (string->hash != folded || string->size != (uint32_t)size) continue;
        if (!memcmp(strings->bytes + string->at, data, (size_t)size)) return string->number - 1;
    }
}
int32_t strings_add(Strings *strings, const unsigned char *data, Py_ssize_t size); /* -1 and an exception: no memory */
void strings_free(Strings *strings);

/* What a character is to the tokens of a text, and what it becomes when the text is folded (letters.c). */
typedef struct Letters Letters;
const Letters *letters_of(PyObject *capsule); /* NULL and an exception: none */

/* The first and the last tokens of a text: all that is looked at. Which string of the trie one is, is asked when it
   matters. */
enum { MOST_FIRST = 97, MOST_LAST = 64 };
enum { UNKNOWN = -1, UNASKED = -2 };
typedef struct {
    uint64_t hash;     /* as token_hash */
    uint32_t at, size; /* of its bytes; a number has none */
    int32_t key;       /* its number as it stands in the trie */
} Token;
typedef struct {
    unsigned char *data;
    Py_ssize_t used, room;
} Bytes;
typedef struct {
    const struct Trie *trie;
    Bytes *bytes;
    Token first[MOST_FIRST], last[MOST_LAST]; /* `last` is a ring of those that are not in `first` */
    Py_ssize_t count;
} Tokens;
/* Cut text[start:end], at most 440 characters, into tokens, and append their bytes; -1 and an exception otherwise. */
int letters_tokens(const Letters *letters, PyObject *text, Py_ssize_t start, Py_ssize_t end, Tokens *tokens);
/* For each of the first tokens of text[:end] whether it may begin a name; their number, or -1 and an exception. */
Py_ssize_t letters_capitals(const Letters *letters, PyObject *text, Py_ssize_t end, char *out, Py_ssize_t most);

/* The phrases (trie.c). A `Ref` is what may follow a token: a node, the rest of a single phrase, a code, or nothing. */
typedef uint32_t Ref;
enum { NOTHING, NODE, REST, CODE };
#define REF(kind, at) ((Ref)(at) << 2 | (Ref)(kind))
#define REF_KIND(ref) ((ref) & 3)
#define REF_AT(ref) ((ref) >> 2)
typedef struct {
    int32_t token;
    Ref ref;
} Child;
typedef struct {
    int32_t children, child_count; /* sorted by token */
    int32_t codes, code_count;     /* of the phrases that end here */
    Ref gap, name;
} Node;
enum { ANYWHERE, FRONT };
/* A short string of the trie, all in half a line of memory: most words of phrases are looked up once a page, and each
   line then has to be fetched from afar. */
enum { SHORT_FORM = 23 };
typedef struct {
    uint32_t hash; /* the upper half of its token_hash */
    int32_t plain; /* the number of the one without accents */
    unsigned char size, bytes[SHORT_FORM]; /* 0: nothing stands here */
} Form;
/* What tokens of a hash may do: most words of a text do nothing, and are told by this alone. */
enum { FIRST_BITS = 16, PAIR_BITS = 18 };
enum { BEGINS = 1, ALONE = 2, BITS_OF_PLACE = 2 }; /* with one of `pairs`, or whatever follows; for each place: */
enum { IN_ANY, IN_FRONT, BEHIND_GAP, BEHIND_NAME }; /* at a root's start; behind what may stand there in front */
typedef struct Trie {
    PyObject *letters_capsule;
    const Letters *letters;
    Names names;    /* all strings, by their token_hash */
    int32_t *plain; /* of each string the number of the one without accents */
    void *forms_memory;
    Form *forms; /* a table of the short strings, by the lower half of their hash */
    size_t forms_mask;
    Node *nodes;
    Child *children;
    int32_t *numbers; /* codes of nodes; and rests: their number of tokens, these, their code */
    int32_t node_count, child_count, number_count, node_room, child_room, number_room;
    Ref *starts[2]; /* what follows each token at the root, of both tries */
    int32_t roots[2];
    int32_t number; /* the token that stands for a number */
    uint64_t number_hash;
    unsigned char *firsts; /* by hash what such a token may do */
    uint64_t *pairs;       /* a bit for two tokens with which a phrase begins or goes on behind a gap in front */
    int front_is_plain;    /* a phrase in front begins with what `firsts` tells */
    Py_ssize_t longest, kinds;
} Trie;
const Trie *trie_of(PyObject *capsule);
PyObject *native_phrases(PyObject *self, PyObject *args);
PyObject *native_letters(PyObject *self, PyObject *args);
extern const char native_phrases_doc[], native_letters_doc[];

/* A hash of bytes of which eight may be read, whatever their number, and which hardly branches on that. */
static inline uint64_t token_hash(const unsigned char *bytes, size_t size) {
    if (!size || size > 16) return names_hash(bytes, size);
    uint64_t first = load64(bytes), last = size > 8 ? load64(bytes + size - 8) : 0;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    if (size < 8) first &= ~UINT64_C(0) << (64 - 8 * size);
#else
    first &= ~UINT64_C(0) >> (size < 8 ? 64 - 8 * size : 0);
#endif
    return names_mix(first ^ names_key[0], last ^ names_key[1] ^ size);
}

static inline unsigned char *first_of(const Trie *trie, uint64_t hash) {
    return &trie->firsts[hash >> 8 & ((1 << FIRST_BITS) - 1)];
}
static inline uint32_t pair_of(uint64_t first, uint64_t second) {
    return (uint32_t)(first >> 24 ^ second >> 16) & ((1 << PAIR_BITS) - 1);
}

static inline void tokens_add(Tokens *tokens, Token token) {
    if (tokens->count < MOST_FIRST) tokens->first[tokens->count++] = token;
    else tokens->last[tokens->count++ % MOST_LAST] = token;
}
static inline void tokens_add_number(Tokens *tokens) {
    tokens_add(tokens, (Token){.hash = tokens->trie->number_hash, .key = tokens->trie->number});
}
/* Whether bytes are one character from U+0E00 on: of a script without spaces, where a token is that. */
static inline int is_solo(const unsigned char *bytes, uint32_t size) {
    return (size == 3 && ((bytes[0] == 0xe0 && bytes[1] >= 0xb8) || (bytes[0] > 0xe0 && bytes[0] < 0xf0)))
           || (size == 4 && bytes[0] >= 0xf0);
}

#endif
