/* How deep the parser will nest. Twin: cleanbody.scan.nesting, cleanbody.scan.stack. */

#ifndef CLEANBODY_NESTING_H
#define CLEANBODY_NESTING_H

#include <setjmp.h>

#include "markup.h"

/* What is known of a name; the numbers stand in cleanbody.scan.facts, too. */
enum {
    START_MASK = 31, END_SHIFT = 5, END_MASK = 15, /* which function reads its start tag, its end tag */
    HEADING = 1 << 9, SECTION = 1 << 10, CELL = 1 << 11, IMPLIED = 1 << 12, SPECIAL = 1 << 13, LOOSE = 1 << 14,
    SCOPE = 1 << 15, BREAKOUT = 1 << 16, RAW_TEXT = 1 << 17, INLINE = 1 << 18, FRAME = 1 << 19, HEAD_ONLY = 1 << 20,
    MATH_TEXT = 1 << 21, INTEGRATION = 1 << 22, ROWS = 1 << 23, OPAQUE = 1 << 24,
    FORMAT_SHIFT = 27 /* which formatting element it is, from 0 */
};
enum { FORMATS = 14 };
enum { NO_FORM = -2 };
enum { DEAD = -1, LEFT = -2 }; /* in place of a name on the stack */

/* Names that have a part of their own. */
#define NAMES(X)                                                                                                       \
    X(p, "p") X(a, "a") X(li, "li") X(ol, "ol") X(ul, "ul") X(dd, "dd") X(dt, "dt") X(br, "br") X(hr, "hr")            \
    X(td, "td") X(th, "th") X(tr, "tr") X(rt, "rt") X(rp, "rp") X(svg, "svg") X(xmp, "xmp") X(div, "div") X(rtc, "rtc")\
    X(col, "col") X(font, "font") X(form, "form") X(ruby, "ruby") X(nobr, "nobr") X(input, "input")                    \
    X(table, "table") X(tbody, "tbody") X(tfoot, "tfoot") X(thead, "thead") X(title, "title") X(style, "style")        \
    X(button, "button") X(select, "select") X(option, "option") X(script, "script") X(iframe, "iframe")                \
    X(caption, "caption") X(noembed, "noembed") X(template, "template") X(optgroup, "optgroup")                        \
    X(colgroup, "colgroup") X(noframes, "noframes") X(textarea, "textarea") X(plaintext, "plaintext")                  \
    X(mglyph, "mglyph") X(malignmark, "malignmark") X(annotation, "annotation-xml")                                    \
    X(math_annotation, "m/annotation-xml") X(html_annotation, "m/annotation-xml+html") X(h1, "h1") X(h2, "h2")         \
    X(h3, "h3") X(h4, "h4") X(h5, "h5") X(h6, "h6")

typedef struct {
    Py_ssize_t *items, count, room;
} Places;

typedef struct {
    Py_ssize_t last, dropped, cleared; /* its last place, -1; start tags dropped since the drops were last cleared */
    uint32_t flags;
    int foreign;             /* its second byte is a slash, which no tag has, as of SVG and MathML elements */
    unsigned char prefix[2]; /* its first two bytes, if so */
} TagName;

typedef struct {
    int name, mode; /* mode: of a template, else 0 */
    Py_ssize_t before, after; /* places of the same name */
    Py_ssize_t jump, moved, first, last; /* first, last: formatting entries tied to it */
} Place;

typedef struct {
    Py_ssize_t before, after;
} Link;

typedef struct {
    int name, listed;
    Bytes tag;
    Py_ssize_t tag_size, frame, at, record; /* record: of those just like it, or -1 */
    Link order, named, alike, tied;
} Entry;

typedef struct {
    Py_ssize_t first, last, count;
} List;

typedef struct {
    List alike;
    Py_ssize_t key, above, next, frame; /* above: the record of this key in a frame below; next: in this frame */
} Record;

typedef struct {
    List order, *named; /* named: FORMATS of them, or NULL */
    Py_ssize_t closed, records;
} Frame;

typedef struct {
    const Tags *tags;
    PyObject *attributes; /* cleanbody.scan.tokens.attributes */
    PyObject *names, *written, *sets; /* numbers of names, of attributes as written, of attributes as read */
#define X(id, text) int id;
    NAMES(X)
#undef X
    int quirks, touched;
    Py_ssize_t limit, depth, closed, clones, open_form, clears, templates;
    int drops;
    TagName *name; /* of the table, and behind MAX_TAGS the others */
    Py_ssize_t name_count, name_room;
    Place *stack;
    Py_ssize_t count, room;
    Places scope, special, hard, cells, roots;
    Frame *frames;
    Py_ssize_t frame_count, frame_room;
    Entry *entries;
    Py_ssize_t entry_count, entry_room, entry_free;
    Record *records;
    Py_ssize_t record_count, record_room;
    Py_ssize_t *keys, key_count, key_room; /* the record of each key in the frame highest up, or -1 */
    jmp_buf failed;                        /* taken with an exception set: all memory hangs on this struct */
} Tree;

_Noreturn void tree_fail(Tree *t);
void *tree_grow(Tree *t, void *items, Py_ssize_t *room, Py_ssize_t size); /* twice the room, or no return */
int tree_set_up(Tree *t, const Tags *tags, PyObject *attributes, Py_ssize_t limit, int quirks); /* 0, or -1 */
void tree_free(Tree *t);
int tree_name(Tree *t, const unsigned char *prefix, Bytes name, Py_ssize_t size); /* the number of a name */
int tree_start(Tree *t, const Tag *tag, int name, int bare); /* 0: to be dropped; bare: its attributes do not count */
int tree_end(Tree *t, const Tag *tag, int name);
void tree_text(Tree *t, int blank);
int tree_is_foreign(const Tree *t);
int tree_has_cdata(const Tree *t);

/* formats.c: the active formatting elements */
void tree_push_frame(Tree *t);
void tree_reopen(Tree *t);
void tree_format(Tree *t, int name, Bytes tag, Py_ssize_t size);
void tree_adopt(Tree *t, int name);
void tree_clear_to_marker(Tree *t);
void tree_remove(Tree *t, Py_ssize_t entry, int left);
Py_ssize_t tree_last_entry(const Tree *t, int name); /* of this name in the frame at hand, or -1 */
void tree_untie_place(Tree *t, Place *place);        /* its elements were closed and wait to be opened again */

/* stack.c: the stack, for the others */
void tree_put(Tree *t, Places *places, Py_ssize_t place);
Py_ssize_t tree_push(Tree *t, int name);
void tree_pop_to(Tree *t, Py_ssize_t place);
void tree_kill(Tree *t, Py_ssize_t place, int left);
void tree_end_other(Tree *t, int name); /* nesting.c */

/* Questions to the stack. */
static inline Py_ssize_t last(const Places *places) { return places->count ? places->items[places->count - 1] : -1; }

static inline uint32_t flags_of(const Tree *t, int name) { return name < 0 ? 0 : t->name[name].flags; }

static inline int top(const Tree *t) { return t->count ? t->stack[t->count - 1].name : DEAD; }

static inline int top_is(const Tree *t, uint32_t flags) { return (flags_of(t, top(t)) & flags) != 0; }

static inline Py_ssize_t last_of(const Tree *t, int name) { return t->name[name].last; }

static inline int in_scope(const Tree *t, int name) {
    Py_ssize_t place = last_of(t, name);
    return place >= 0 && place >= last(&t->scope);
}

static inline void pop_top(Tree *t) { tree_pop_to(t, t->count - 1); }

#endif
