/* The proof that a page needs nothing done. Twin: cleanbody.scan.quick, whose regular expression `next_token` spells
   out and whose `_height` is `grow` here; what is known of each name comes from there, too. */

#include "markup.h"

/* What is known of a name; the numbers stand in cleanbody.scan.quick, too. */
enum {
    COMMON = 1, CLOSED = 2, SHAPE = 4, EMPTY = 8, PICTURE = 16, REFUSED = 32, FORMATTING = 64, REPLACED = 128,
    REPLACED_IN_PICTURES = 256, FORM = 512, TABLE = 1024, RAW = 2048, SCRIPT = 4096,
    NUMBER_SHIFT = 13, /* three bits: which element of raw text it is */
    SIGN_SHIFT = 16    /* a bit for each element of raw text in which it is a sign */
};
enum { LOOKED_THROUGH = 100 }; /* a stack higher than that is not searched: as the twin, so that results agree */

unsigned char class_of[256];

int scan_setup(void) {
    for (const char *c = "\t\n\f\r "; *c; c++) class_of[(unsigned char)*c] = SPACE;
    for (int c = 'a'; c <= 'z'; c++) class_of[c] = class_of[c - 32] = LETTER;
    class_of['/'] = SLASH;
    class_of['>'] = CLOSE;
    class_of['='] = EQUALS;
    class_of['"'] = class_of['\''] = QUOTE;
    class_of[0] = END;
    return 0;
}

typedef struct {
    Bytes name;      /* after the slash of an end tag */
    Py_ssize_t size; /* 0: raw text that holds "<", with both its tags */
    int ends;        /* an end tag */
    int known;       /* its number in the table, or -1 */
    int lower;       /* it is in lower case, which is only told of those that are known */
} Token;

typedef struct {
    const Tags *tags;
    Bytes at, end;
    Py_ssize_t max_attributes;
} Reader;

/* As `skip_until` and `attribute`, in a page without zeros that has one behind its end. */
static inline Bytes run_until(Bytes p, int classes) {
    for (;; p += 4) {
        if (is(p[0], classes | END)) return p;
        if (is(p[1], classes | END)) return p + 1;
        if (is(p[2], classes | END)) return p + 2;
        if (is(p[3], classes | END)) return p + 3;
    }
}
static inline Bytes run_over(Bytes p, int classes) {
    while (is(*p, classes)) p++;
    return p;
}
static inline Bytes next_attribute(Bytes p, Bytes end) {
    p = run_over(p, SPACE | SLASH);
    if (is(*p, CLOSE | END)) return NULL;
    p = run_until(p + 1, SPACE | SLASH | CLOSE | EQUALS);
    Bytes value = run_over(p, SPACE);
    if (*value != '=') return p;
    value = run_over(value + 1, SPACE);
    if (is(*value, CLOSE | END)) return value;
    if (!is(*value, QUOTE)) return run_until(value + 1, SPACE | CLOSE);
    Bytes closed = find(value + 1, end, *value);
    return closed ? closed + 1 : NULL;
}

/* Behind the ">" of a tag whose name ends at p, or NULL where it has more attributes than it may or never ends. */
static Bytes tag_end(const Reader *r, Bytes p) {
    if (*p == '>') return p + 1;
    for (Py_ssize_t count = 0; count < r->max_attributes; count++) {
        Bytes next = next_attribute(p, r->end);
        if (!next) break;
        p = next;
    }
    p = run_over(p, SPACE);
    if (*p == '/') p++;
    return *p == '>' ? p + 1 : NULL;
}

/* The number of the name that begins at p, if something ends it; -1. */
static int name_at(const Reader *r, Bytes p) {
    Bytes stop = p;
    while (stop < r->end && stop - p <= MAX_TAG_NAME && !is(*stop, SPACE | SLASH | CLOSE)) stop++;
    if (stop == p || stop == r->end || !is(*stop, SPACE | SLASH | CLOSE)) return -1;
    return tags_find(r->tags, p, stop - p);
}

/* The "<" at which raw text of the element `raw` stops, or NULL. */
static Bytes raw_stop(const Reader *r, Bytes p, int raw) {
    uint32_t sign = UINT32_C(1) << (SIGN_SHIFT + (r->tags->flags[raw] >> NUMBER_SHIFT & 7));
    for (; (p = find(p, r->end, '<')); p++) {
        int found = name_at(r, p + 1 + (p + 1 < r->end && p[1] == '/'));
        if (found >= 0 && (found == raw || r->tags->flags[found] & sign)) return p;
    }
    return NULL;
}

/* The "</" of the end tag of a script that holds no comment, or NULL. */
static Bytes plain_script_stop(const Reader *r, Bytes p, int raw) {
    Bytes first = skip(p, r->end, SPACE);
    if (first < r->end && *first == '<') {
        first += 1 + (first + 1 < r->end && first[1] == '/');
        if (first < r->end && is(*first, LETTER)) return NULL; /* markup first */
    }
    for (; (p = find(p, r->end, '<')); p++) {
        if (r->end - p > 3 && !memcmp(p, "<!--", 4)) return NULL;
        if (p + 1 < r->end && p[1] == '/' && name_at(r, p + 2) == raw) return p;
    }
    return NULL;
}

/* Behind the end tag of raw text that holds "<" and whose start tag ends at p, or NULL. */
static Bytes full_raw(const Reader *r, Bytes p, int raw) {
    Bytes stop = r->tags->flags[raw] & SCRIPT ? plain_script_stop(r, p, raw) : NULL;
    if (!stop) stop = raw_stop(r, p, raw);
    if (!stop || stop[1] != '/' || name_at(r, stop + 2) != raw) return NULL;
    return tag_end(r, stop + 2 + r->tags->sizes[raw]);
}

/* Behind a comment whose "!" stands at p, or NULL where it is in any way unusual. */
static Bytes comment(Bytes p, Bytes end) {
    p += 3;
    if (p < end && (*p == '>' || (*p == '-' && p + 1 < end && p[1] == '>'))) return NULL;
    for (; p < end; p++) {
        if (*p == '<' && end - p > 4 && !memcmp(p + 1, "!--", 3) && p[4] != '>') return NULL;
        if (*p != '-' || p + 2 >= end || p[1] != '-') continue;
        if (p[2] == '>') return p + 3;
        if (p[2] == '!' && p + 3 < end && p[3] == '>') return NULL;
    }
    return NULL;
}

/* Behind the comment or declaration whose "!", "?" or "/" stands at p, or NULL. */
static Bytes other(Bytes p, Bytes end) {
    if (*p == '!' && end - p > 2 && p[1] == '-' && p[2] == '-') return comment(p, end);
    if (*p == '!' && end - p > 7 && !memcmp(p + 1, "[CDATA[", 7)) return NULL;
    Bytes closed = find(p + 1, end, '>');
    return closed ? closed + 1 : NULL;
}

/* Read the next tag: 1; 0 at the end of the page; -1 where something is unusual. */
static int next_token(Reader *r, Token *token) {
    Bytes p = r->at;
    for (;;) {
        p = find(p, r->end, '<');
        if (!p || ++p == r->end) return 0;
        token->ends = *p == '/' && p + 1 < r->end && is(p[1], LETTER);
        if (token->ends || is(*p, LETTER)) break;
        if (*p == '!' || *p == '?' || *p == '/') {
            p = other(p, r->end);
            if (!p) return -1;
        }
    }
    p += token->ends;
    token->name = p;
    p = run_until(p, SPACE | SLASH | CLOSE);
    token->size = p - token->name;
    token->known = tags_find_cased(r->tags, token->name, token->size, &token->lower);
    p = tag_end(r, p);
    if (!p) return -1;
    r->at = p;
    if (token->ends || token->known < 0 || !(r->tags->flags[token->known] & RAW)) return 1;
    Bytes stop = find(p, r->end, '<'); /* raw text without "<" is two tags */
    if (stop && stop + 1 < r->end && stop[1] == '/' && name_at(r, stop + 2) == token->known) return 1;
    token->size = 0;
    r->at = full_raw(r, p, token->known);
    return r->at ? 1 : -1;
}

typedef struct {
    Bytes name;
    Py_ssize_t size;
    int known;
} Open;

typedef struct {
    Open *stack;
    int64_t count, room, height, roof, formatting, most_formatting, shapes, brief, forms, tables, open_tables;
    int64_t open_pictures, tokens;
    int pictures;  /* a picture or formula has been seen */
    Token shape;   /* the empty shape just opened, if the size is not 0: does it end at once? */
} Height;

static int is_top(const Height *h, const Token *token) {
    if (!h->count || !token->ends) return 0;
    const Open *top = &h->stack[h->count - 1];
    if (top->known >= 0 || token->known >= 0) return top->known == token->known;
    return top->size == token->size && same_name(top->name, token->name, token->size);
}

static int is_lower(const Token *token) {
    for (Py_ssize_t i = 0; i < token->size; i++)
        if (token->name[i] >= 'A' && token->name[i] <= 'Z') return 0;
    return 1;
}

/* Whether the shape that was open before this token ends with it. The name of the end tag is in lower case. */
static void settle_shape(Height *h, const Token *token) {
    if (!h->shape.size) return;
    int ended = token && token->ends && token->size == h->shape.size && is_lower(token) &&
                same_name(token->name, h->shape.name, token->size);
    if (ended) h->brief = 1;
    else h->shapes++;
    h->shape.size = 0;
}

static int push(Height *h, const Token *token, uint32_t flags) {
    if (h->count == h->room) {
        int64_t room = h->room ? 2 * h->room : 256;
        Open *stack = PyMem_RawRealloc(h->stack, sizeof(Open) * (size_t)room);
        if (!stack) return -1;
        h->stack = stack;
        h->room = room;
    }
    h->stack[h->count++] = (Open){token->name, token->size, token->known};
    h->open_tables += !!(flags & TABLE);
    h->open_pictures += !!(flags & PICTURE);
    if (flags & FORMATTING && ++h->formatting > h->most_formatting) h->most_formatting = h->formatting;
    if (h->count + 1 > h->height) h->height = h->count + 1; /* the twin's stack has a bottom */
    return 1;
}

/* One token's work on the stack: 1; 0 where the page is not certainly harmless; -1 without memory. */
static int grow(Height *h, const Reader *r, const Token *token) {
    uint32_t flags = token->known >= 0 ? r->tags->flags[token->known] : 0;
    h->tokens++;
    settle_shape(h, token);
    if (is_top(h, token)) {
        h->count--;
        h->formatting -= !!(flags & FORMATTING);
        h->open_tables -= !!(flags & TABLE);
        h->open_pictures -= !!(flags & PICTURE);
        return 1;
    }
    if (token->ends) return 1;
    int inside = h->pictures && (h->count + 1 > LOOKED_THROUGH || h->open_pictures);
    if (!token->size) return !inside;
    if (!(flags & COMMON && token->lower)) {
        if (flags & REFUSED) return 0;
        if (flags & SHAPE || (inside && flags & EMPTY)) {
            h->shape = *token;
            return 1;
        }
        if (flags & EMPTY) return 1;
        if (flags & PICTURE) h->pictures = 1;
        h->forms += !!(flags & FORM);
        if (flags & TABLE) {
            int64_t deep = 1 + (h->count + 1 <= LOOKED_THROUGH ? h->open_tables : h->tables);
            if (deep > h->tables) h->tables = deep;
        }
    } else if (flags & CLOSED) return 1;
    Token end = *token;
    end.ends = 1;
    if (flags & (h->pictures ? REPLACED_IN_PICTURES : REPLACED) && is_top(h, &end)) return 1;
    int pushed = push(h, token, flags);
    return pushed > 0 ? h->height <= h->roof : pushed;
}

static int64_t count_tags(Bytes p, Bytes end) {
    int64_t tags = 0;
    while (p < end) { /* stretches that one byte can count, for many lanes at a time */
        int size = end - p < 240 ? (int)(end - p) : 240;
        uint8_t count = 0;
        for (int i = 0; i < size; i++) count += p[i] == '<';
        tags += count;
        p += size;
    }
    return tags;
}

/* 1, 0, or -1 without memory. */
static int is_harmless(Reader *r, int64_t max_depth, int64_t max_tags) {
    Bytes start = r->at;
    Py_ssize_t size = r->end - start;
    int64_t tags = size; /* that many at most: most pages are so small that they need not be counted */
    if (size > 0 && memchr(start, 0, (size_t)size)) return 0;
    if (tags > max_tags && (tags = count_tags(start, r->end)) > max_tags) return 0;
    Height h = {.roof = max_depth, .height = 0};
    Token token;
    int read, certain = 1;
    while ((read = next_token(r, &token)) > 0 && (certain = grow(&h, r, &token)) > 0) {}
    PyMem_RawFree(h.stack);
    if (read < 0 || certain <= 0) return read < 0 ? 0 : certain;
    settle_shape(&h, NULL);
    int64_t height = h.height + h.brief + h.shapes + (h.shapes < h.forms ? h.shapes : h.forms) + 2 * h.tables;
    int64_t reopened = h.most_formatting * h.tokens;
    if (tags + reopened > max_tags && tags == size) tags = count_tags(start, r->end);
    return height <= max_depth && tags + reopened <= max_tags;
}

static int limit_of(PyObject *object, void *limit) { /* None: endless */
    int beyond = 0;
    long long value = object == Py_None ? INT64_MAX / 4 : PyLong_AsLongLongAndOverflow(object, &beyond);
    *(int64_t *)limit = beyond > 0 || value > INT64_MAX / 4 ? INT64_MAX / 4 : value;
    return !PyErr_Occurred();
}

static PyObject *native_is_harmless(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *data, *capsule;
    int64_t max_depth, max_tags, max_attributes;
    if (!PyArg_ParseTuple(args, "SO&O&O&O", &data, limit_of, &max_depth, limit_of, &max_tags, limit_of, &max_attributes,
                          &capsule))
        return NULL;
    const Tags *tags = tags_of(capsule);
    if (!tags) return NULL;
    Bytes start = (Bytes)PyBytes_AS_STRING(data);
    Reader reader = {tags, start, start + PyBytes_GET_SIZE(data), (Py_ssize_t)max_attributes};
    int harmless;
    Py_BEGIN_ALLOW_THREADS
    harmless = is_harmless(&reader, max_depth, max_tags);
    Py_END_ALLOW_THREADS
    return harmless < 0 ? PyErr_NoMemory() : PyBool_FromLong(harmless);
}

PyDoc_STRVAR(is_harmless_doc,
"is_harmless(data, max_depth, max_tags, max_attributes, tags)\n--\n\n"
"Tell whether a page needs nothing done; see cleanbody.scan.quick.is_harmless.");

PyMethodDef scan_methods[] = {
    {"is_harmless", native_is_harmless, METH_VARARGS, is_harmless_doc},
    {NULL, NULL, 0, NULL},
};
