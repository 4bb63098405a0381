/* The pass over a page that is not certainly harmless. Twin: cleanbody.scan._Scan; what each step is for stands
   there. */

#include "nesting.h"
#include "rawtext.h"

enum { LONGEST_REFERENCE = 40 };
enum { TOO_MANY_ATTRIBUTES = 1, TOO_MANY_TAGS = 2, TOO_DEEP = 4, RESCUED = 8 }; /* as in cleanbody.scan */

typedef struct {
    Tree tree;
    RawText raw;
    Bytes start, end, copied;   /* copied: the page up to here is in out */
    Bytes raw_end, swallowed;   /* an end tag that belongs to raw text; text up to here had been swallowed */
    unsigned char *stripped;    /* the page with the attributes of its rest stripped, or NULL */
    char *out;
    Py_ssize_t out_size, out_room, tags, max_tags, max_attributes, rescued;
    int replaced, in_frames, flat, statuses;
} Scan;

static void put(Scan *s, const void *text, Py_ssize_t size) {
    if (!size) return;
    while (s->out_room - s->out_size < size) s->out = tree_grow(&s->tree, s->out, &s->out_room, 1);
    memcpy(s->out + s->out_size, text, (size_t)size);
    s->out_size += size;
}

static void replace(Scan *s, Bytes start, Bytes end, const char *text) {
    if (start > s->copied) put(s, s->copied, start - s->copied);
    put(s, text, (Py_ssize_t)strlen(text));
    if (*text == '\n' || *text == ' ') tree_text(&s->tree, 1);
    s->copied = end;
    s->replaced = 1;
}

static int is_word(unsigned char c) { return is(c, LETTER) || (c >= '0' && c <= '9') || c == '_'; }

/* Whether "<" or the beginning of a reference stands before p, that the next word must not run on from. */
static int is_unfinished(const Scan *s, Bytes p) {
    Bytes low = p - s->start > LONGEST_REFERENCE ? p - LONGEST_REFERENCE : s->start;
    if (p > low && p[-1] == '<') return 1;
    while (p > low && is_word(p[-1])) p--;
    if (p > low && p[-1] == '#') p--;
    return p > low && p[-1] == '&';
}

static void drop(Scan *s, Bytes start, Bytes end, int is_inline) {
    replace(s, start, end, !is_inline ? "\n" : is_unfinished(s, start) ? " " : "");
}

static void text(Scan *s, Bytes start, Bytes end) {
    Bytes from = skip(start, end, SPACE), to = end;
    while (to > from && is(to[-1], SPACE)) to--;
    tree_text(&s->tree, from == to);
    if (start < s->swallowed) s->rescued += to - from;
}

static void swallow(Scan *s, Bytes until) {
    if (until > s->swallowed) s->swallowed = until;
}

/* The attributes of a tag end here: no more than the cap. */
static Bytes cap_attributes(Scan *s, const Tag *tag) {
    if (tag->gap - tag->attributes < 2 * s->max_attributes) return tag->gap; /* each takes two bytes at least */
    Bytes p = tag->attributes;
    Py_ssize_t count = 0;
    for (Bytes next; (next = attribute(p, tag->gap)); p = next)
        if (count++ == s->max_attributes) {
            s->statuses |= TOO_MANY_ATTRIBUTES;
            replace(s, p, tag->end - 1, "");
            return p;
        }
    return tag->gap;
}

static void start_tag(Scan *s, const Tag *tag, int name) {
    uint32_t flags = s->tree.name[name].flags;
    if (flags & FRAME && !tree_is_foreign(&s->tree)) { /* no parser reads <noframes> */
        s->in_frames = 1;
        replace(s, tag->start, tag->end, "\n");
    } else if (tree_start(&s->tree, tag, name, 0)) cap_attributes(s, tag);
    else {
        s->statuses |= TOO_DEEP;
        drop(s, tag->start, tag->end, (flags & INLINE) != 0);
    }
}

static void end_tag(Scan *s, const Tag *tag, int name) {
    uint32_t flags = s->tree.name[name].flags;
    if (s->in_frames && (flags & FRAME || name == s->tree.noframes))
        replace(s, tag->start, tag->end, name == s->tree.noframes ? "</div>" : "\n");
    else if (tree_end(&s->tree, tag, name)) cap_attributes(s, tag);
    else drop(s, tag->start, tag->end, (flags & INLINE) != 0);
}

/* ---- raw text: each returns where to read on, or NULL at the end ---- */

static Bytes end_raw(Scan *s, const Ending *ending) {
    if (!ending->name) return ending->at + ending->skip;
    s->statuses |= RESCUED;
    swallow(s, ending->until);
    char close[MAX_TAG_NAME + 4] = "-->";
    if (*ending->name != '-') PyOS_snprintf(close, sizeof close, "</%s>", ending->name);
    replace(s, ending->at, ending->at + ending->skip, close);
    s->tags++;
    return ending->at + ending->skip;
}

/* Make markup of what would be raw text. */
static Bytes open_up(Scan *s, const Tag *tag, int name) {
    static const unsigned char div[] = "div";
    Tag other = {div, div, div + 3, div + 3, div + 3, 0};
    s->statuses |= RESCUED;
    if (name == s->tree.plaintext) replace(s, tag->start, tag->end, "\n");
    else if (tree_start(&s->tree, &other, s->tree.div, 1)) replace(s, tag->start, tag->end, "<div>");
    else {
        s->statuses |= TOO_DEEP;
        replace(s, tag->start, tag->end, "\n");
    }
    Bytes close = name == s->tree.noframes ? raw_end_of(&s->raw, NOFRAMES, tag->end) : NULL;
    swallow(s, close ? close : s->end);
    return tag->end;
}

static int raw_number(const Tree *t, int name) {
    const int all[] = {t->iframe, t->noembed, t->noframes, t->plaintext, t->script, t->style, t->textarea, t->title,
                       t->xmp};
    int number = 0;
    while (number < RAW_NAMES - 1 && all[number] != name) number++;
    return number;
}

static int loads(Bytes p, Bytes end) {
    for (; end - p > 2; p++)
        if (after(p, end, "src")) return 1;
    return 0;
}

static Bytes raw_tag(Scan *s, const Tag *tag, int name) {
    if (name == s->tree.plaintext || (name == s->tree.noframes && s->in_frames)) return open_up(s, tag, name);
    tree_start(&s->tree, tag, name, 1);
    Bytes gap = cap_attributes(s, tag);
    int is_script = name == s->tree.script;
    Ending ending =
        raw_element(&s->raw, raw_number(&s->tree, name), is_script && loads(tag->attributes, gap), tag->end);
    if (!ending.at) return NULL;
    s->raw_end = ending.name ? NULL : ending.at;
    return end_raw(s, &ending);
}

/* A tag that no ">" ends, by a quote that was never closed. Without attributes, the rest can be read. */
static Bytes strip_rest(Scan *s, Bytes start) {
    if (s->stripped) return NULL; /* cannot be: no tag is left that never ends */
    Py_ssize_t before = start - s->start, size = before;
    unsigned char *made = PyMem_Malloc((size_t)(s->end - s->start) + (size_t)(s->end - start) + 1);
    if (!made) tree_fail(&s->tree);
    memcpy(made, s->start, (size_t)before);
    for (Bytes p = start; p < s->end;) {
        Bytes name = p + 1 + (*p == '<' && p + 1 < s->end && p[1] == '/');
        if (*p != '<' || name >= s->end || !is(*name, LETTER)) {
            made[size++] = *p++;
            continue;
        }
        Bytes stop = name, close;
        while (stop < s->end && !is(*stop, SPACE | SLASH | CLOSE) && *stop != '<') stop++;
        for (close = stop; close < s->end && *close != '<' && *close != '>';) close++;
        memcpy(made + size, p, (size_t)(stop - p));
        size += stop - p;
        made[size++] = '>';
        p = close + (close < s->end && *close == '>');
    }
    s->stripped = made;
    s->copied = made + (s->copied - s->start);
    s->swallowed = made + (s->end - s->start); /* as long as it was: there is room */
    if (s->raw_end) s->raw_end = made + (s->raw_end - s->start);
    s->start = made;
    s->end = made + size;
    s->raw = raw_text(s->start, s->end);
    return made + before;
}

/* A comment, a declaration, CDATA, or a tag that never ends. */
static Bytes other(Scan *s, Bytes p) {
    static const char cdata[] = "<![CDATA[";
    if (s->end - p > 3 && !memcmp(p, "<!--", 4)) {
        Ending ending = raw_comment(&s->raw, p);
        return ending.at ? end_raw(s, &ending) : NULL;
    }
    if (s->end - p >= (Py_ssize_t)sizeof cdata - 1 && !memcmp(p, cdata, sizeof cdata - 1) && tree_has_cdata(&s->tree)) {
        Bytes behind = raw_cdata(&s->raw, p), inside = p + sizeof cdata - 1;
        if (behind) return behind;
        s->statuses |= RESCUED;
        s->swallowed = s->end;
        replace(s, p, inside, "");
        return inside;
    }
    Bytes closed = find(p, s->end, '>');
    if (!closed) return NULL;
    if (p[1] == '!' || p[1] == '?' || (p[1] == '/' && !is(p[2], LETTER))) return closed + 1;
    s->statuses |= RESCUED;
    s->tags--; /* it will be read again */
    return strip_rest(s, p);
}

/* ---- the pass ---- */

/* The next "<" that begins a tag, a comment or the like: 1 and the tag; 2 where it is no complete tag; 0 at the end. */
static int next_tag(const Scan *s, Bytes p, Tag *tag) {
    for (; (p = find(p, s->end, '<')); p++) {
        if (p + 1 == s->end) return 0;
        if (is(p[1], LETTER | SLASH) || p[1] == '!' || p[1] == '?') return read_tag(tag, p, s->end) ? 1 : 2;
    }
    return 0;
}

/* Read from p; where to read on, or NULL at the end. */
static Bytes read_on(Scan *s, Bytes p) {
    Bytes last = p;
    Tag tag;
    int found;
    while ((found = next_tag(s, last, &tag))) {
        if (tag.start > last && (s->tree.closed || last < s->swallowed)) text(s, last, tag.start);
        s->tags++;
        if (s->tags + s->tree.clones > s->max_tags && tag.start != s->raw_end) {
            s->statuses |= TOO_MANY_TAGS;
            s->flat = 1;
            return tag.start;
        }
        if (found > 1) return other(s, tag.start);
        last = tag.end;
        int name = tree_name(&s->tree, NULL, tag.name, name_size(&tag));
        if (tag.ends) end_tag(s, &tag, name);
        else if (s->tree.name[name].flags & RAW_TEXT && !tree_is_foreign(&s->tree)) return raw_tag(s, &tag, name);
        else start_tag(s, &tag, name);
    }
    if (last < s->swallowed) text(s, last, s->end);
    return NULL;
}

static uint32_t flags_at(const Scan *s, const Tag *tag) {
    int name = tags_find(s->tree.tags, tag->name, name_size(tag));
    return name < 0 ? 0 : s->tree.tags->flags[name];
}

/* The end of the stretch of tags that begins with this one: inline tags alone, or tags with white space between. */
static Bytes run_of_tags(const Scan *s, const Tag *tag, int is_inline) {
    Bytes p = is_inline ? tag->end : skip(tag->end, s->end, SPACE);
    Tag next;
    while (p < s->end && *p == '<' && read_tag(&next, p, s->end)) {
        uint32_t flags = flags_at(s, &next);
        if (is_inline ? !(flags & INLINE) : !next.ends && flags & OPAQUE) break;
        p = is_inline ? next.end : skip(next.end, s->end, SPACE);
    }
    return p;
}

/* Beyond the cap on tags: keep the text, drop every tag, and raw text with its tags. */
static Bytes flatten(Scan *s, Bytes p) {
    Tag tag;
    for (int found; (found = next_tag(s, p, &tag));) {
        uint32_t flags = found == 1 ? flags_at(s, &tag) : 0;
        Ending ending;
        if (found == 1 && !tag.ends && flags & OPAQUE) {
            int name = tags_find(s->tree.tags, tag.name, name_size(&tag));
            ending = raw_element(&s->raw, raw_number(&s->tree, name), 0, tag.end);
        } else if (found == 1) {
            p = run_of_tags(s, &tag, (flags & INLINE) != 0);
            drop(s, tag.start, p, (flags & INLINE) != 0);
            continue;
        } else if (s->end - tag.start > 3 && !memcmp(tag.start, "<!--", 4)) {
            ending = raw_comment(&s->raw, tag.start);
        } else {
            Bytes old = s->start, resume = other(s, tag.start);
            if (resume && s->start == old && resume > tag.start) replace(s, tag.start, resume, " ");
            return resume;
        }
        Bytes resume = ending.at ? ending.at + ending.skip : s->end;
        replace(s, tag.start, resume, " ");
        return resume;
    }
    return NULL;
}

static void run(Scan *s) {
    tree_push_frame(&s->tree);
    for (Bytes p = s->start; p;) p = s->flat ? flatten(s, p) : read_on(s, p);
    if (s->replaced) put(s, s->copied, s->end - s->copied);
}

static PyObject *result(Scan *s, PyObject *data) {
    PyObject *page;
    if (s->replaced) page = PyBytes_FromStringAndSize(s->out, s->out_size);
    else if (s->stripped) page = PyBytes_FromStringAndSize((const char *)s->start, s->end - s->start);
    else page = Py_NewRef(data);
    return page ? Py_BuildValue("Nin", page, s->statuses, s->rescued) : NULL;
}

static const Py_ssize_t ENDLESS = (Py_ssize_t)(SIZE_MAX / 16);

static int limit_of(PyObject *object, void *limit) { /* None: endless */
    int beyond = 0;
    long long value = object == Py_None ? ENDLESS : PyLong_AsLongLongAndOverflow(object, &beyond);
    *(Py_ssize_t *)limit = beyond > 0 || value > ENDLESS ? ENDLESS : (Py_ssize_t)value;
    return !PyErr_Occurred();
}

static PyObject *native_mend(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *data, *capsule, *attributes;
    Py_ssize_t max_depth, max_tags, max_attributes;
    int quirks;
    if (!PyArg_ParseTuple(args, "SO&O&O&pOO", &data, limit_of, &max_depth, limit_of, &max_tags, limit_of,
                          &max_attributes, &quirks, &capsule, &attributes))
        return NULL;
    const Tags *tags = tags_of(capsule);
    Scan *volatile s = tags ? PyMem_Calloc(1, sizeof(Scan)) : NULL;
    if (!s) return tags ? PyErr_NoMemory() : NULL;
    PyObject *volatile made = NULL;
    s->start = s->copied = (Bytes)PyBytes_AS_STRING(data);
    s->end = s->start + PyBytes_GET_SIZE(data);
    s->raw = raw_text(s->start, s->end);
    s->max_tags = max_tags;
    s->max_attributes = max_attributes;
    if (tree_set_up(&s->tree, tags, attributes, max_depth, quirks) == 0 && !setjmp(s->tree.failed)) {
        run(s);
        made = result(s, data);
    }
    tree_free(&s->tree);
    PyMem_Free(s->stripped);
    PyMem_Free(s->out);
    PyMem_Free(s);
    return made;
}

PyDoc_STRVAR(mend_doc,
"mend(data, max_depth, max_tags, max_attributes, quirks, tags, attributes, /)\n--\n\n"
"A page that is safe to parse, what was done to it (bits), and how much text was rescued; see cleanbody.scan.");

PyMethodDef mend_methods[] = {
    {"mend", native_mend, METH_VARARGS, mend_doc},
    {NULL, NULL, 0, NULL},
};
