/* A <noscript> in the head of a page that would lose what it holds. Twin: cleanbody.html.noscript. */

#include "markup.h"

static int is_word(unsigned char c) { return is(c, LETTER) || (c >= '0' && c <= '9') || c == '_'; }

/* Behind one of these names at p, where no letter of a name follows it; NULL where none is. */
static Bytes whole_name(Bytes p, Bytes end, const char *const *names) {
    for (; *names; names++) {
        Bytes stop = after(p, end, *names);
        if (stop && (stop == end || !is_word(*stop))) return stop;
    }
    return NULL;
}

/* Where a text in lower case stands next, in any case, or NULL. It begins with "<", "-" or ">". */
static Bytes find_any_case(Bytes p, Bytes end, const char *text) {
    for (; (p = find(p, end, text[0])); p++)
        if (after(p, end, text)) return p;
    return NULL;
}

/* Behind what may stand in a <noscript> of the head: white space, a comment, styles or a link; NULL: anything else. */
static Bytes harmless(Bytes p, Bytes end) {
    static const char *const links[] = {"link", "meta", "basefont", "bgsound", NULL};
    static const char *const styles[] = {"style", NULL}, *const frames[] = {"noframes", NULL};
    if (is(*p, SPACE)) return skip(p, end, SPACE);
    if (*p != '<') return NULL;
    if (after(p, end, "<!--")) {
        Bytes stop = find_any_case(p + 4, end, "-->");
        return stop ? stop + 3 : NULL;
    }
    int style = whole_name(p + 1, end, styles) != NULL;
    if (style || whole_name(p + 1, end, frames)) {
        Bytes stop = find_any_case(p + 1, end, style ? "</style" : "</noframes");
        stop = stop ? find(stop, end, '>') : NULL;
        return stop ? stop + 1 : NULL;
    }
    p = whole_name(p + 1 + (p + 1 < end && p[1] == '/'), end, links);
    while (p && p < end && *p != '<' && *p != '>') p++;
    return p && p < end && *p == '>' ? p + 1 : NULL;
}

static int holds_more(Bytes p, Bytes end) {
    while (p && p < end) p = harmless(p, end);
    return !p;
}

static int is_one_of(const Tag *tag, const char *const *names) {
    for (; *names; names++)
        if (after(tag->name, tag->attributes, *names) == tag->attributes) return 1;
    return 0;
}

static int may_stand_in_head(const Tag *tag) {
    static const char *const starts[] = {"html", "head", "meta", "link", "base", "basefont", "bgsound", NULL};
    static const char *const ends[] = {"head", "body", "html", NULL};
    return tag->ends ? !is_one_of(tag, ends) : is_one_of(tag, starts);
}

/* Behind the end of raw text of the head, or at the end of a comment or declaration; NULL: there is none. */
static Bytes behind_raw(const Tag *tag, int complete, Bytes end) {
    static const char *const raw[] = {"</script", "</style", "</title", NULL};
    if (!complete) {
        int is_comment = after(tag->start, end, "<!--") != NULL;
        Bytes stop = find_any_case(tag->start + 2, end, is_comment ? "-->" : ">");
        return stop && is_comment ? stop + 2 : stop;
    }
    for (int i = 0; raw[i]; i++)
        if (after(tag->name, tag->attributes, raw[i] + 2) == tag->attributes) {
            Bytes stop = find_any_case(tag->end, end, raw[i]);
            return stop ? stop + strlen(raw[i]) : NULL;
        }
    return NULL;
}

/* Where the first <noscript> of the head stands that holds what it may not, or NULL. */
static Bytes losing(Bytes p, Bytes end) {
    static const char *const noscript[] = {"noscript", NULL};
    for (; (p = find(p, end, '<')); ) {
        Tag tag;
        if (p + 1 == end) return NULL;
        if (!is(p[1], LETTER | SLASH) && p[1] != '!' && p[1] != '?') {
            p++;
            continue;
        }
        int complete = read_tag(&tag, p, end);
        if (complete && !tag.ends && is_one_of(&tag, noscript)) {
            Bytes stop = find_any_case(tag.end, end, "</noscript");
            if (!stop || holds_more(tag.end, stop)) return tag.start;
            p = stop + strlen("</noscript");
        } else if (complete && may_stand_in_head(&tag)) p = tag.end;
        else if (complete && tag.ends) return NULL;
        else if (!(p = behind_raw(&tag, complete, end))) return NULL;
    }
    return NULL;
}

/* Whether a <noscript> stands before the end of the head and the body, as they are mostly written. */
static int has_early_noscript(Bytes p, Bytes end) {
    for (; (p = find(p, end, '<')); p++) {
        if (end - p < 5) return 0;
        if (!memcmp(p, "<body", 5) || (end - p > 6 && !memcmp(p, "</head>", 7))) return 0;
        if (end - p > 8 && (!memcmp(p, "<noscript", 9) || !memcmp(p, "<NOSCRIPT", 9))) return 1;
    }
    return 0;
}

static PyObject *native_losing_noscript(PyObject *self, PyObject *data) {
    (void)self;
    if (!PyBytes_Check(data))
        return PyErr_Format(PyExc_TypeError, "losing_noscript: bytes, not %.100s", Py_TYPE(data)->tp_name);
    Bytes start = (Bytes)PyBytes_AS_STRING(data), end = start + PyBytes_GET_SIZE(data), at = NULL;
    if (has_early_noscript(start, end)) at = losing(start, end);
    return PyLong_FromSsize_t(at ? at - start : -1);
}

PyDoc_STRVAR(losing_noscript_doc,
"losing_noscript(data, /)\n--\n\n"
"Where a <noscript> of the head stands that would lose what it holds, or -1; see cleanbody.html.noscript.");

PyMethodDef noscript_methods[] = {
    {"losing_noscript", native_losing_noscript, METH_O, losing_noscript_doc},
    {NULL, NULL, 0, NULL},
};
