/* The tokeniser's grammar (HTML standard, 13.2.5), byte by byte. Twin: cleanbody.scan.tokens. */

#ifndef CLEANBODY_MARKUP_H
#define CLEANBODY_MARKUP_H

#include "native.h"

typedef const unsigned char *Bytes;

enum { SPACE = 1, SLASH = 2, CLOSE = 4, EQUALS = 8, LETTER = 16, QUOTE = 32, END = 64 /* a zero */ };
extern unsigned char class_of[256]; /* scan.c */

static inline int is(unsigned char c, int classes) { return class_of[c] & classes; }

static inline Bytes find(Bytes p, Bytes end, int c) { return p < end ? memchr(p, c, (size_t)(end - p)) : NULL; }

static inline Bytes skip(Bytes p, Bytes end, int classes) {
    while (p < end && is(*p, classes)) p++;
    return p;
}

static inline Bytes skip_until(Bytes p, Bytes end, int classes) {
    while (p < end && !is(*p, classes)) p++;
    return p;
}

/* Behind a name in lower case, written in any case at p; NULL where it is not. */
static inline Bytes after(Bytes p, Bytes end, const char *name) {
    size_t size = strlen(name);
    return p && (size_t)(end - p) >= size && same_name(p, (Bytes)name, (Py_ssize_t)size) ? p + size : NULL;
}

/* The end of one attribute, or NULL. */
static inline Bytes attribute(Bytes p, Bytes end) {
    p = skip(p, end, SPACE | SLASH);
    if (p == end || *p == '>') return NULL;
    p = skip_until(p + 1, end, SPACE | SLASH | CLOSE | EQUALS);
    Bytes value = skip(p, end, SPACE);
    if (value == end || *value != '=') return p;
    value = skip(value + 1, end, SPACE);
    if (value == end || *value == '>') return value;
    if (!is(*value, QUOTE)) return skip_until(value + 1, end, SPACE | CLOSE);
    Bytes closed = find(value + 1, end, *value);
    return closed ? closed + 1 : NULL;
}

typedef struct {
    Bytes start, name, attributes, gap, end; /* of "<", of the name; behind the name, the attributes, ">" */
    int ends;                                /* an end tag */
} Tag;

/* Read a complete tag whose "<" stands at p: 1, or 0 where there is none. */
static inline int read_tag(Tag *tag, Bytes p, Bytes end) {
    tag->start = p++;
    tag->ends = p < end && *p == '/';
    p += tag->ends;
    if (p >= end || !is(*p, LETTER)) return 0;
    tag->name = p;
    tag->attributes = p = skip_until(p, end, SPACE | SLASH | CLOSE);
    for (Bytes next; (next = attribute(p, end)); p = next) {}
    tag->gap = p;
    p = skip(p, end, SPACE | SLASH);
    tag->end = p + 1;
    return p < end && *p == '>';
}

static inline Py_ssize_t name_size(const Tag *tag) { return tag->attributes - tag->name; }

#endif
