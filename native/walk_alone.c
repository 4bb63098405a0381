/* Which elements part text although no table says so. Twin: cleanbody.html.alone. */

#include "walk.h"

static int is_custom(const Node *node) {
    if (node->name <= LAST_KNOWN || node->type != ELEMENT_NODE) return 0;
    Str name = name_of(element_number(node));
    return name.size && memchr(name.data, '-', name.size) != NULL;
}

static int holds_block(const Tables *tables, const Node *node) {
    for (const Node *child = node->first_child; child; child = child->next) {
        const Tag *tag = tag_of(tables, child);
        if (tag->action == DO_BLOCK && !(tag->facts & (IS_NOSCRIPT | IS_CONTROL))) return 1;
    }
    return 0;
}

/* The element or the text next to a node, past comments and white space. */
static const Node *beside(const Node *node, int back) {
    const Node *at = back ? node->prev : node->next;
    while (at && at->type != ELEMENT_NODE && is_blank(text_of(at))) at = back ? at->prev : at->next;
    return at;
}

static int parts(const Tables *tables, const Node *beside) {
    return !beside || tag_of(tables, beside)->facts & IS_PART || is_custom(beside);
}

static int opens_quote(const Node *cite) {
    Str after = cite->next ? text_of(cite->next) : (Str){NULL, 0};
    if (Py_UNICODE_ISALNUM(first_char(after))) return 1;
    Str inside = cite->last_child ? text_of(cite->last_child) : (Str){NULL, 0};
    if (!inside.size) return 0;
    const unsigned char *end = skip_spaces_back(inside.data, inside.data + inside.size);
    Py_UCS4 last = last_char((Str){inside.data, (size_t)(end - inside.data)});
    return last == ':' || last == 0xFF1A;
}

/* After one of these a source is a part of the sentence. */
static int is_opener(Py_UCS4 c) {
    static const Py_UCS4 openers[] = {'(', '[', '{', '<', 0xAB, 0x201E, 0x201C, 0x2018, 0x201A, 0x2039, 0x300C, 0x300E,
                                      0xFF08, 0x3010, '-', 0x2013, 0x2014, '/'};
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
        if (openers[i] == c) return 1;
    return 0;
}

static int is_label(const Node *cite) {
    if (!beside(cite, 1)) return opens_quote(cite);
    if (beside(cite, 0)) return 0;
    Str before = cite->prev ? text_of(cite->prev) : (Str){NULL, 0};
    Py_UCS4 last = last_char(before);
    return before.size && !Py_UNICODE_ISSPACE(last) && !is_opener(last);
}

/* `around`: the number of the tag of the innermost block that is open, 0 where there is none. */
int stands_alone(const Walk *w, const Node *node, uintptr_t around) {
    const Tables *tables = w->tables;
    if (tag_of(tables, node)->facts & IS_CITE) return w->quotes > 0 && is_label(node);
    if (!is_custom(node)) return 0;
    if (holds_block(tables, node)) return 1;
    const Node *parent = node->parent;
    if (!parent || parent->type != ELEMENT_NODE || element_number(parent) != around) return 0;
    if (around < KNOWN_TAGS && tables->tags[around].facts & IS_LINE) return 0;
    return parts(tables, beside(node, 1)) && parts(tables, beside(node, 0));
}
