/* The leading fields of lexbor's nodes. selectolax hands out their addresses (`LexborNode.mem_id`) but promises nothing
   of what stands there; cleanbody.html.layout knows for which versions this holds, and tests it before it is used. */

#ifndef CLEANBODY_LEXBOR_H
#define CLEANBODY_LEXBOR_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const unsigned char *data; /* NULL: there is none, not even an empty one */
    size_t size;
} Str;

typedef struct Node Node;
struct Node {
    void *events;
    uintptr_t name; /* of the standard's elements and attributes a small number, of others the address of an Entry */
    uintptr_t prefix, space;
    void *document;
    Node *next, *prev, *parent, *first_child, *last_child;
    void *user;
    int type;
};
enum { ELEMENT_NODE = 1, ATTRIBUTE_NODE = 2, TEXT_NODE = 3 };

typedef struct {
    Node node;
    Str text;
} TextNode;

typedef struct Attribute Attribute;

typedef struct {
    Node node;
    uintptr_t upper_name;
    uintptr_t own_name; /* as `node.name`, where the name is written in another way than that; else 0 */
    void *is_value;
    Attribute *first, *last;
} Element;

struct Attribute {
    Node node;
    uintptr_t upper_name;
    uintptr_t own_name; /* with the prefix, where there is one; else 0 */
    const Str *value;   /* NULL: none */
    Element *owner;
    Attribute *next, *prev;
};

typedef struct {
    union {
        const unsigned char *elsewhere;
        unsigned char here[17];
    } text;
    size_t size;
} Entry;

enum { LAST_KNOWN = 4096, SHORT_NAME = 16 };

/* The name that a number stands for; none for a small one. */
static inline Str name_of(uintptr_t number) {
    if (number <= LAST_KNOWN) return (Str){NULL, 0};
    const Entry *entry = (const Entry *)number;
    return (Str){entry->size <= SHORT_NAME ? entry->text.here : entry->text.elsewhere, entry->size};
}

static inline uintptr_t element_number(const Node *node) {
    uintptr_t own = ((const Element *)node)->own_name;
    return own ? own : node->name;
}

static inline uintptr_t attribute_number(const Attribute *attribute) {
    return attribute->own_name ? attribute->own_name : attribute->node.name;
}

static inline Str attribute_value(const Attribute *attribute) {
    return attribute->value ? *attribute->value : (Str){NULL, 0};
}

static inline Str text_of(const Node *node) {
    return node->type == TEXT_NODE ? ((const TextNode *)node)->text : (Str){NULL, 0};
}

#endif
