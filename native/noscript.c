/* Where the body has to be opened before a <noscript> of the head. Twin: cleanbody.html.noscript, and the regular
   expression TOKEN of cleanbody.scan.tokens, which `tag_end` spells out. */

#include "native.h"

typedef const unsigned char *Bytes;

enum { SPACE = 1, SLASH = 2, CLOSE = 4, EQUALS = 8 };

static int is(unsigned char c, int classes) {
    switch (c) {
    case '\t': case '\n': case '\f': case '\r': case ' ': return classes & SPACE;
    case '/': return classes & SLASH;
    case '>': return classes & CLOSE;
    case '=': return classes & EQUALS;
    default: return 0;
    }
}

static int is_letter(unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

static Bytes find(Bytes p, Bytes end, int c) { return p < end ? memchr(p, c, (size_t)(end - p)) : NULL; }

static Bytes skip(Bytes p, Bytes end, int classes) {
    while (p < end && is(*p, classes)) p++;
    return p;
}

static Bytes skip_until(Bytes p, Bytes end, int classes) {
    while (p < end && !is(*p, classes)) p++;
    return p;
}

static int begins(Bytes p, Bytes end, const char *word) { /* whatever the case of its letters */
    Py_ssize_t size = (Py_ssize_t)strlen(word);
    return end - p >= size && same_name(p, (Bytes)word, size);
}

static int is_name(Bytes name, Py_ssize_t size, const char *const *words) {
    for (; *words; words++)
        if ((Py_ssize_t)strlen(*words) == size && same_name(name, (Bytes)*words, size)) return 1;
    return 0;
}

/* The first place where a word stands whose first byte is no letter, or NULL. */
static Bytes find_word(Bytes p, Bytes end, const char *word) {
    for (; (p = find(p, end, word[0])); p++)
        if (begins(p, end, word)) return p;
    return NULL;
}

/* The end of one attribute, or NULL where none stands. */
static Bytes attribute(Bytes p, Bytes end) {
    p = skip(p, end, SPACE | SLASH);
    if (p == end || *p == '>') return NULL;
    p = skip_until(p + 1, end, SPACE | SLASH | CLOSE | EQUALS);
    Bytes value = skip(p, end, SPACE);
    if (value == end || *value != '=') return p;
    value = skip(value + 1, end, SPACE);
    if (value == end || *value == '>') return value;
    if (*value != '"' && *value != '\'') return skip_until(value + 1, end, SPACE | CLOSE);
    Bytes closed = find(value + 1, end, *value);
    return closed ? closed + 1 : NULL;
}

/* Behind the ">" of a tag whose name ends at p; NULL: it never ends. */
static Bytes tag_end(Bytes p, Bytes end) {
    for (Bytes next; (next = attribute(p, end));) p = next;
    p = skip(p, end, SPACE | SLASH);
    return p < end && *p == '>' ? p + 1 : NULL;
}

/* Behind what a <noscript> of the head may hold, where it stands at p; NULL: something else stands there. */
static Bytes allowed(Bytes p, Bytes end) {
    static const char *const raw[] = {"</style", "</noframes"};
    static const char *const tags[] = {"link", "meta", "basefont", "bgsound"};
    if (is(*p, SPACE)) return skip(p, end, SPACE);
    if (begins(p, end, "<!--")) {
        Bytes closed = find_word(p + 4, end, "-->");
        return closed ? closed + 3 : NULL;
    }
    if (*p != '<') return NULL;
    for (int i = 0; i < 2; i++) {
        const char *name = raw[i] + 2;
        if (!begins(p + 1, end, name)) continue;
        Bytes behind = p + 1 + strlen(name);
        if (behind < end && (is_letter(*behind) || *behind == '_' || (*behind >= '0' && *behind <= '9'))) return NULL;
        Bytes closing = find_word(behind, end, raw[i]), closed = closing ? find(closing, end, '>') : NULL;
        return closed ? closed + 1 : NULL;
    }
    Bytes name = p + 1 + (p + 1 < end && p[1] == '/');
    for (int i = 0; i < 4; i++) {
        if (!begins(name, end, tags[i])) continue;
        Bytes at = name + strlen(tags[i]);
        if (at < end && (is_letter(*at) || *at == '_' || (*at >= '0' && *at <= '9'))) continue;
        while (at < end && *at != '<' && *at != '>') at++;
        return at < end && *at == '>' ? at + 1 : NULL;
    }
    return NULL;
}

static int holds_more(Bytes p, Bytes end) {
    while (p && p < end) p = allowed(p, end);
    return !p;
}

/* Where to read on behind a token of the head whose tag ends at `next`; NULL: the head ends, or `*lost` is set. */
static Bytes behind(Bytes name, Bytes name_end, Bytes next, Bytes end, int *lost) {
    static const char *const of_head[] = {"html", "head", "meta", "link", "base", "basefont", "bgsound", NULL};
    static const char *const raw[] = {"script", "style", "title", NULL};
    static const char *const raw_ends[] = {"</script", "</style", "</title"};
    static const char *const leaving[] = {"head", "body", "html", NULL};
    static const char *const noscript[] = {"noscript", NULL};
    Py_ssize_t size = name_end - name;
    if (*name == '/') return is_name(name + 1, size - 1, leaving) ? NULL : next;
    if (is_name(name, size, of_head)) return next;
    if (is_name(name, size, noscript)) {
        Bytes closed = find_word(next, end, "</noscript");
        *lost = !closed || holds_more(next, closed);
        return *lost ? NULL : closed + strlen("</noscript");
    }
    for (int i = 0; raw[i]; i++) {
        if (!is_name(name, size, (const char *const[]){raw[i], NULL})) continue;
        Bytes closed = find_word(next, end, raw_ends[i]);
        return closed ? closed + strlen(raw_ends[i]) : NULL;
    }
    return NULL;
}

/* The first <noscript> of the head that holds what it may not, or NULL. */
static Bytes losing(Bytes p, Bytes end) {
    while ((p = find(p, end, '<'))) {
        Bytes start = p++;
        if (p == end) return NULL;
        Bytes name = p, letter = p + (*p == '/');
        Bytes name_end = letter < end && is_letter(*letter) ? skip_until(letter + 1, end, SPACE | SLASH | CLOSE) : NULL;
        Bytes next = name_end ? tag_end(name_end, end) : NULL;
        if (next) {
            int lost = 0;
            p = behind(name, name_end, next, end, &lost);
            if (!p) return lost ? start : NULL;
        } else if (is_letter(*p) || *p == '!' || *p == '?' || *p == '/') {
            Bytes closed = begins(start, end, "<!--") ? find_word(p + 1, end, "-->") : find(p + 1, end, '>');
            if (!closed) return NULL;
            p = *closed == '>' ? closed : closed + 2;
        }
    }
    return NULL;
}

/* Whether a <noscript> stands before the end of the head and the body. */
static int has_noscript(Bytes p, Bytes end) {
    for (; (p = find(p, end, '<')); p++) {
        if (end - p >= 9 && (!memcmp(p, "<noscript", 9) || !memcmp(p, "<NOSCRIPT", 9))) return 1;
        if ((end - p >= 5 && !memcmp(p, "<body", 5)) || (end - p >= 7 && !memcmp(p, "</head>", 7))) return 0;
    }
    return 0;
}

static PyObject *native_losing_noscript(PyObject *self, PyObject *data) {
    (void)self;
    if (!PyBytes_Check(data))
        return PyErr_Format(PyExc_TypeError, "losing_noscript: bytes, not %.100s", Py_TYPE(data)->tp_name);
    Bytes begin = (Bytes)PyBytes_AS_STRING(data), end = begin + PyBytes_GET_SIZE(data);
    Bytes found = has_noscript(begin, end) ? losing(begin, end) : NULL;
    return PyLong_FromSsize_t(found ? found - begin : -1);
}

PyDoc_STRVAR(losing_doc,
"losing_noscript(data)\n--\n\n"
"Where the first <noscript> of the head stands that holds what it may not, or -1.");

PyMethodDef noscript_methods[] = {
    {"losing_noscript", native_losing_noscript, METH_O, losing_doc},
    {NULL, NULL, 0, NULL},
};
