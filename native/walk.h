/* What the files of the walk share. Twin: cleanbody.html.walk, whose names stand here, too. */

#ifndef CLEANBODY_WALK_H
#define CLEANBODY_WALK_H

#include "lexbor.h"
#include "native.h"

/* What is done at a tag, and what is known of it; the numbers stand in cleanbody.html.layout, too. */
enum { DO_TEXT, DO_SKIP, DO_BLOCK, DO_MARK, DO_BREAK, DO_IMAGE, DO_HEAD, DO_SCRIPT };
enum {
    IS_LIST = 1, IS_QUOTE = 2, IS_RAW = 4, IS_CONTROL = 8, IS_BUTTON = 16, IS_NOSCRIPT = 32, IS_HTML = 64,
    IS_LINE = 128, IS_CITE = 256, IS_LINK = 512, IS_ITEM = 1024, FIRST_ONLY = 2048, IS_TITLE = 4096, IS_META = 8192,
    IS_REL = 16384, IS_BASE = 32768, IS_PART = 65536
};
/* The attributes that are read, in the order of cleanbody.html.layout. */
enum {
    CLASS, ID, ROLE, ITEMPROP, ITEMTYPE, CONTENT, DATETIME, HIDDEN, ARIA_HIDDEN, STYLE, LANG, XML_LANG, HREF, REL, SRC,
    DATA_SRC, ALT, TYPE, NAME, PROPERTY, HTTP_EQUIV, ATTRIBUTES
};
enum { TEXT_ID = 2, KNOWN_TAGS = 512, KNOWN_ATTRIBUTES = 512, MEMO = 64 };
enum { FLAG_HIDDEN = 1, FLAG_NOSCRIPT = 2 };
enum { STATUS_TIMEOUT, STATUS_BLOCKS, STATUSES };
enum { LONG_LINE = 100, MAX_NAMES = 400, MAX_OPEN_MARKS = 16, MAX_PROPS = 200, MAX_PROP_NODES = 200 };
enum { MAX_PROP_TEXT = 500, MAX_STYLE = 2000, NODES_PER_CLOCK = 2048, MAX_LEVEL = 255 };

typedef struct {
    unsigned char action, kind, level, mark; /* kind: an index into KINDS + 1, or 0 */
    uint32_t facts;
} Tag;

/* All that the walk is told by Python. */
typedef struct {
    Tag tags[KNOWN_TAGS];
    PyObject *names[KNOWN_TAGS]; /* of the tags that containers may have */
    signed char known_attributes[KNOWN_ATTRIBUTES]; /* which one the parser's own number means, or -1 */
    Str attributes[ATTRIBUTES];
    int link, image;           /* the kinds of marks that these are */
    PyObject *attribute_names; /* holds their bytes */
    PyObject *text_props;      /* itemprops whose value is the text of their element */
} Tables;

typedef struct {
    char *data;
    size_t size, room;
} Buffer;

typedef struct {
    long start, end, container;
    unsigned char kind, level, flags;
} Block;

typedef struct {
    long parent, first, last;
    uintptr_t tag;
    size_t names, names_size, tag_size; /* class names and the like in `Walk.names`, and there the tag of no standard */
} Container;

typedef struct {
    long start, end;
    long value, title, stop; /* where these begin and end in `Walk.strings` */
    int kind;
} Marked;

typedef struct {
    long start, strings[3];
    Str value, title;
    int kind, written;
} OpenMark;

typedef struct {
    long container, form; /* form: the innermost frame with a kind, or -1 */
    uint32_t facts;
    unsigned char kind, level, flags, mark, used;
} Frame;

typedef struct {
    const Node *node;
    int framed;
} Step;

typedef struct {
    const Attribute *found[ATTRIBUTES];
    uint32_t present;
} Attributes;

typedef struct {
    const Tables *tables;
    PyObject *holder;          /* of the tables */
    PyObject *clock;           /* NULL: no deadline */
    double deadline;
    Py_ssize_t max_blocks;
    int failed;                /* an exception is set */
    Buffer text;               /* finished blocks, each with a line end; then the one that is gathered */
    size_t block_at;           /* where that begins */
    Buffer pieces;             /* where each of its pieces begins */
    long size, length, line, link_end;
    int space;
    Buffer blocks, containers, marks, frames, path;
    Buffer names, strings, scratch, seen;
    OpenMark open[MAX_OPEN_MARKS];
    int open_count;
    long lists, quotes, raw;
    PyObject *title, *lang, *base, *meta, *links, *props, *times, *json_ld;
    int statuses[STATUSES], status_count;
    struct {
        uintptr_t number;
        int known;
    } memo[MEMO];
} Walk;

#define COUNT(buffer, type) ((long)((buffer).size / sizeof(type)))
#define ITEM(buffer, type, index) (((type *)(buffer).data) + (index))
#define LAST(buffer, type) ITEM(buffer, type, COUNT(buffer, type) - 1)

/* walk_buffers.c. Room for more bytes behind what a buffer holds; NULL and an exception where there is none. */
void *buffer_grow(Walk *w, Buffer *buffer, size_t more);
PyObject *decoded(Walk *w, Str text); /* NULL, an exception and `failed`: not UTF-8 */
void append(Walk *w, PyObject *list, PyObject *item);                        /* takes the item, which may be NULL */
void append_pair(Walk *w, PyObject *list, PyObject *one, PyObject *other);   /* takes both */

/* walk_text.c. Text is UTF-8; lengths in characters. */
extern unsigned char byte_kinds[256]; /* 1: white space, 2: may begin some that is not ASCII */
size_t space_at(const unsigned char *p, const unsigned char *end);
const unsigned char *skip_spaces(const unsigned char *p, const unsigned char *end);
const unsigned char *skip_spaces_back(const unsigned char *begin, const unsigned char *p);
unsigned char *tidy(const unsigned char *p, const unsigned char *end, unsigned char *out, long *tails);
long count_chars(const void *data, size_t size);
size_t first_chars(Str text, size_t chars);
int is_blank(Str text);
Py_UCS4 first_char(Str text);
Py_UCS4 last_char(Str text);
Str seen(Walk *w, Str text);
PyObject *tidied(Walk *w, const Buffer *gathered);
void walk_text_setup(void);

/* walk_attributes.c. */
int attributes_of(Walk *w, const Node *node, Attributes *out); /* whether there are any */
int is_hidden(const Attributes *a);
int is_linked_data(const Attributes *a);
void put_names(Walk *w, const Attributes *a);
void attribute_props(Walk *w, const Attributes *a, const Node *node);
void set_text(Walk *w, PyObject **where, Str text);

/* walk_head.c. */
int enter_head(Walk *w, const Node *node, const Tag *tag); /* whether to go on below it */
void linked_data(Walk *w, const Node *script);

/* walk_alone.c. */
int stands_alone(const Walk *w, const Node *node, uintptr_t around);

/* walk_blocks.c. */
void flush(Walk *w, int last);
void open_block(Walk *w, const Node *node, const Tag *tag, Str name);
int open_mark(Walk *w, const Node *node, const Tag *tag);
void add_image(Walk *w, const Node *node, const Tag *tag);
void leave(Walk *w);
void add_text(Walk *w, Str text);
void add_break(Walk *w);
void add_status(Walk *w, int status);
void open_container(Walk *w, Container container);
void trim_marks(Walk *w, long begin, long end);

/* walk_columns.c. */
PyObject *walk_columns(Walk *w, PyObject *zero); /* zero: an array of a single long */

/* walk_tables.c. */
const Tables *tables_of(PyObject *capsule);
PyObject *native_walk_tables(PyObject *self, PyObject *args);

static inline void *buffer_room(Walk *w, Buffer *buffer, size_t more) {
    return buffer->room - buffer->size < more ? buffer_grow(w, buffer, more) : buffer->data + buffer->size;
}

static inline void buffer_put(Walk *w, Buffer *buffer, const void *data, size_t size) {
    void *to = size ? buffer_room(w, buffer, size) : NULL;
    if (!to) return;
    memcpy(to, data, size);
    buffer->size += size;
}

static inline Str value_of(const Attributes *a, int which) {
    return a->present >> which & 1 ? attribute_value(a->found[which]) : (Str){NULL, 0};
}

static inline const Tag *tag_of(const Tables *tables, const Node *node) {
    static const Tag other = {DO_TEXT, 0, 0, 0, 0};
    return node->name < KNOWN_TAGS ? &tables->tags[node->name] : &other;
}

#endif
