/* Where elements and comments end that hold raw text. Twin: cleanbody.scan.rawtext; what each sign is for stands
   there. A name is followed by white space, "/" or ">" everywhere; in some places white space is wider than in
   others. */

#include "rawtext.h"

enum { LONG_TITLE = 200 };
const char *const raw_names[RAW_NAMES] = {"iframe",   "noembed", "noframes", "plaintext", "script",
                                          "style", "textarea", "title",   "xmp"};
static const char *const signs_of_form[] = {"body", "form", "html", "textarea", NULL};
static const char *const signs_of_frame[] = {"article", "aside", "body", "center", "div", "footer", "form", "header",
                                             "html", "li", "main", "noscript", "section", "table", "td", "tr", "ul",
                                             NULL, NULL}; /* and the element itself */
static const char *const line_tags[] = {"article", "div", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "main",
                                        "nav", "p", "script", "section", "table", "ul", NULL};

RawText raw_text(Bytes start, Bytes end) { return (RawText){.start = start, .end = end}; }

Bytes find_text(Bytes p, Bytes end, const char *text) {
    size_t size = strlen(text);
    for (; (p = find(p, end, text[0])); p++)
        if ((size_t)(end - p) < size) return NULL;
        else if (!memcmp(p, text, size)) return p;
    return NULL;
}

static int is_blank(unsigned char c) { return is(c, SPACE) || c == '\v'; }

/* Whether a name ends here, by white space or ">". */
static int closes(Bytes p, Bytes end) { return p && p < end && (is_blank(*p) || *p == '>'); }

static Bytes tag_at(Bytes p, Bytes end, const char *start, const char *name) {
    p = after(after(p, end, start), end, name);
    return p && p < end && is(*p, SPACE | SLASH | CLOSE) ? p : NULL;
}

static Bytes find_tag(Bytes p, Bytes end, const char *start, const char *name) {
    for (; (p = find(p, end, '<')); p++)
        if (tag_at(p, end, start, name)) return p;
    return NULL;
}

static Bytes search(const RawText *r, int which, Bytes p) {
    switch (which) {
    case SCRIPT_START: return find_tag(p, r->end, "<", "script");
    case STYLE_START: return find_tag(p, r->end, "<", "style");
    case COMMENT_END: return find_text(p, r->end, "-->");
    case COMMENT_BANG: return find_text(p, r->end, "--!>");
    case CDATA_END: return find_text(p, r->end, "]]>");
    default: return find_tag(p, r->end, "</", raw_names[which]);
    }
}

/* Where something stands next. Asked for growing positions, it reads the page once. */
static Bytes ahead(RawText *r, int which, Bytes p) {
    Search *s = &r->searches[which];
    if (s->state == UNASKED || (s->state == FOUND && s->at < p)) {
        s->at = search(r, which, p);
        s->state = s->at ? FOUND : NOWHERE;
    }
    return s->state == FOUND ? s->at : NULL;
}

Bytes raw_end_of(RawText *r, int raw, Bytes p) { return ahead(r, raw, p); }

static Bytes any_tag(Bytes p, Bytes end) {
    for (; (p = find(p, end, '<')); p++) {
        Bytes name = p + 1 + (p + 1 < end && p[1] == '/');
        if (name < end && is(*name, LETTER)) return p;
    }
    return NULL;
}

static int has_markup_next(Bytes p, Bytes end) {
    p = skip(p, end, SPACE);
    return p < end && *p == '<' && any_tag(p, p + 3 < end ? p + 3 : end) == p;
}

static int has_head_or_body(Bytes p, Bytes end) {
    for (; (p = find(p, end, '<')); p++)
        if (after(p, end, "</head") || closes(after(p, end, "<body"), end)) return 1;
    return 0;
}

/* "<meta" or "<link" with an attribute that has a value. */
static int is_head_tag(Bytes p, Bytes end) {
    Bytes name = after(p, end, "<meta");
    if (!name) name = after(p, end, "<link");
    Bytes key = name;
    while (key && key < end && is_blank(*key)) key++;
    if (key == name) return 0;
    Bytes stop = key;
    while (stop < end && (is(*stop, LETTER) || *stop == '-')) stop++;
    if (stop == key) return 0;
    while (stop < end && is_blank(*stop)) stop++;
    return stop < end && *stop == '=';
}

static int holds_head(Bytes p, Bytes end) { /* a title that does */
    for (; (p = find(p, end, '<')); p++) {
        if (after(p, end, "</head") || closes(after(p, end, "<body"), end) || closes(after(p, end, "<script"), end) ||
            closes(after(p, end, "<style"), end) || closes(after(p, end, "<title"), end) || is_head_tag(p, end))
            return 1;
    }
    return 0;
}

/* Which of some names stands at p and ends there, or -1. */
static int name_of(Bytes p, Bytes end, const char *const *list) {
    for (int i = 0; list[i]; i++) {
        Bytes stop = after(p, end, list[i]);
        if (stop && stop < end && (is_blank(*stop) || *stop == '/' || *stop == '>')) return i;
    }
    return -1;
}

/* Whether the content closes what it has not opened, or opens the element itself again. */
static int is_torn(int raw, Bytes p, Bytes end) {
    const char *list[sizeof signs_of_frame / sizeof *signs_of_frame] = {NULL};
    Py_ssize_t opened[sizeof list / sizeof *list] = {0};
    int own = 0;
    const char *const *given = raw == TEXTAREA ? signs_of_form : signs_of_frame;
    for (; given[own]; own++) list[own] = given[own];
    if (raw == TEXTAREA) own--;
    else list[own] = raw_names[raw];
    for (; (p = find(p, end, '<')); p++) {
        int ends = p + 1 < end && p[1] == '/', name = name_of(p + 1 + ends, end, list);
        if (name < 0) continue;
        if (ends ? !opened[name] : name == own) return 1;
        opened[name] += ends ? -1 : 1;
    }
    return 0;
}

/* Where the missing end tag belongs; NULL if none is missing. */
static Bytes missed_end(RawText *r, int raw, Bytes p, Bytes end) {
    Bytes tag = any_tag(p, end ? end : r->end);
    if (!tag) return NULL;
    if (!end) return raw == STYLE || raw == TEXTAREA || raw == TITLE ? tag : p;
    if (raw == STYLE) {
        Bytes own = ahead(r, STYLE_START, p);
        return own && own < end && has_head_or_body(p, own) ? tag : NULL;
    }
    if (raw == TITLE) return end - p > LONG_TITLE && holds_head(p, end) ? tag : NULL;
    if (raw != TEXTAREA && raw != IFRAME && raw != NOEMBED) return NULL;
    return !is_torn(raw, p, end) ? NULL : raw == TEXTAREA ? tag : p;
}

/* ---- scripts ---- */

static Bytes line_tag(Bytes p, Bytes end) { /* markup at the start of a line */
    for (; p < end; p++) {
        if (*p != '\n' && *p != '\r') continue;
        Bytes tag = p + 1;
        while (tag < end && (*tag == '\t' || *tag == ' ')) tag++;
        if (after(tag, end, "</head") || after(tag, end, "<body") || after(tag, end, "</body")) return tag;
        for (int i = 0; tag < end && *tag == '<' && line_tags[i]; i++)
            if (closes(after(tag + 1, end, line_tags[i]), end)) return tag;
        p = tag - 1;
    }
    return NULL;
}

/* The end of a script that holds "<!--": a script inside the comment has its own end tag (13.2.5.17 on). */
static Bytes escaped_script_end(Bytes p, Bytes end) {
    int escaped = 0, doubly = 0;
    while (p < end) {
        Bytes stop;
        if (*p != '<' && *p != '-') p++;
        else if ((stop = after(p, end, "<!--"))) {
            escaped = 1;
            p = stop - 2; /* <!--> is a whole comment */
        } else if ((stop = after(p, end, "-->"))) {
            escaped = doubly = 0;
            p = stop;
        } else if ((stop = tag_at(p, end, "<", "script"))) {
            doubly = escaped;
            p = stop;
        } else if ((stop = tag_at(p, end, "</", "script"))) {
            if (!doubly) return p;
            doubly = 0;
            p = stop;
        } else p++;
    }
    return NULL;
}

/* The comment inside the script never ends, and takes the page along: end it at the first end tag. */
static Ending close_escaped_script(RawText *r, Bytes p, Bytes end) {
    static const char tag[] = "</script>"; /* with the byte that ends the name */
    r->script_ran_away = 1;
    if (escaped_script_end(p, end + sizeof tag - 1)) return (Ending){.at = end};
    Bytes closed = find(end, r->end, '>'); /* the first end tag only leaves the inner script; a second ends the outer */
    return (Ending){closed ? closed + 1 : r->end, "script", r->end, 0};
}

static Ending script(RawText *r, int loads, Bytes p, Bytes end) {
    if (!end) {
        if (loads && has_markup_next(p, r->end)) return (Ending){p, "script", r->end, 0};
        Bytes line = line_tag(p, r->end);
        return line ? (Ending){line, "script", r->end, 0} : (Ending){.at = NULL};
    }
    if (loads) {
        Bytes other = ahead(r, SCRIPT_START, p);
        if (other && other < end && has_markup_next(p, r->end)) return (Ending){p, "script", end, 0};
    }
    if (!find_text(p, end, "<!--")) return (Ending){.at = end};
    Bytes real = r->script_ran_away ? NULL : escaped_script_end(p, r->end);
    return real ? (Ending){.at = real} : close_escaped_script(r, p, end);
}

Ending raw_element(RawText *r, int raw, int loads, Bytes p) {
    Bytes end = ahead(r, raw, p);
    if (raw == SCRIPT_TAG) return script(r, loads, p, end);
    Bytes at = missed_end(r, raw, p, end);
    return at ? (Ending){at, raw_names[raw], end ? end : r->end, 0} : (Ending){.at = end};
}

/* ---- comments ---- */

Ending raw_comment(RawText *r, Bytes p) {
    Bytes end = ahead(r, COMMENT_END, p + 2), bang = ahead(r, COMMENT_BANG, p + 4);
    if (!end || (bang && bang < end)) end = bang;
    if (!end) {
        Bytes loose = find(p + 4, r->end, '>');
        return loose ? (Ending){loose, "-->", r->end, 1} : (Ending){.at = NULL};
    }
    Bytes spaced = find_text(p + 4, end, "-- >"); /* an end in SGML */
    if (spaced && find_text(spaced, end, "<!--")) return (Ending){spaced, "-->", end, 4};
    return (Ending){.at = find(end, r->end, '>') + 1};
}

Bytes raw_cdata(RawText *r, Bytes p) {
    Bytes end = ahead(r, CDATA_END, p);
    return end ? end + 3 : NULL;
}
