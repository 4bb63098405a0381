/* What the attributes of an element say. Twin: cleanbody.html.walk, and is_hidden of cleanbody.html.tags. */

#include "walk.h"

/* Which attribute a name is, or -1. Names of no standard have a number for each document. */
static int known_attribute(Walk *w, uintptr_t number) {
    if (number < KNOWN_ATTRIBUTES) return w->tables->known_attributes[number];
    size_t slot = (number >> 4 ^ number >> 10) % MEMO;
    if (w->memo[slot].number == number) return w->memo[slot].known;
    Str name = name_of(number);
    int known = ATTRIBUTES - 1;
    for (; known >= 0; known--) {
        Str own = w->tables->attributes[known];
        if (own.size == name.size && !memcmp(own.data, name.data, name.size)) break;
    }
    w->memo[slot].number = number;
    w->memo[slot].known = known;
    return known;
}

int attributes_of(Walk *w, const Node *node, Attributes *out) {
    out->present = 0;
    if (node->type != ELEMENT_NODE) return 0;
    const Attribute *first = ((const Element *)node)->first;
    for (const Attribute *a = first; a; a = a->next) {
        int known = known_attribute(w, attribute_number(a));
        if (known < 0) continue;
        out->present |= UINT32_C(1) << known;
        out->found[known] = a;
    }
    return first != NULL;
}

/* Whether a text holds a word of ASCII that begins with a small letter, whatever its case. */
static int holds(Str text, const char *word) {
    size_t size = strlen(word);
    for (size_t at = 0; at + size <= text.size; at++)
        if ((text.data[at] | 0x20) == word[0] &&
            same_name(text.data + at, (const unsigned char *)word, (Py_ssize_t)size))
            return 1;
    return 0;
}

int is_hidden(const Attributes *a) {
    if (a->present >> HIDDEN & 1) return 1;
    Str aria = value_of(a, ARIA_HIDDEN), style = value_of(a, STYLE);
    if (aria.size == 4 && !memcmp(aria.data, "true", 4)) return 1;
    if (!style.size) return 0;
    unsigned char squeezed[4 * MAX_STYLE];
    size_t size = 0, end = first_chars(style, MAX_STYLE);
    for (size_t i = 0; i < end; i++)
        if (style.data[i] != ' ') squeezed[size++] = style.data[i];
    Str found = {squeezed, size};
    return holds(found, "display:none") || holds(found, "visibility:hidden");
}

int is_linked_data(const Attributes *a) { return holds(value_of(a, TYPE), "ld+json"); }

/* The last part of an address that names a type. */
static Str last_part(Str type) {
    while (type.size && type.data[type.size - 1] == '/') type.size--;
    size_t begin = type.size;
    while (begin && type.data[begin - 1] != '/') begin--;
    return (Str){type.data + begin, type.size - begin};
}

void put_names(Walk *w, const Attributes *a) {
    size_t begin = w->names.size;
    Str found[5] = {value_of(a, CLASS), value_of(a, ID), value_of(a, ROLE), value_of(a, ITEMPROP)};
    found[4] = last_part(value_of(a, ITEMTYPE));
    for (int i = 0; i < 5; i++) {
        if (!found[i].size) continue;
        if (w->names.size > begin) buffer_put(w, &w->names, " ", 1);
        buffer_put(w, &w->names, found[i].data, first_chars(found[i], MAX_NAMES));
    }
    if (w->names.size > begin)
        w->names.size =
            begin + first_chars((Str){(unsigned char *)w->names.data + begin, w->names.size - begin}, MAX_NAMES);
}

void set_text(Walk *w, PyObject **where, Str text) {
    PyObject *made = text.size ? decoded(w, text) : NULL;
    if (made || !text.size) Py_XSETREF(*where, made);
}

/* The text that an element begins with, of few nodes and characters. */
static PyObject *opening(Walk *w, const Node *root) {
    size_t left = MAX_PROP_TEXT;
    w->scratch.size = 0;
    const Node *node = root;
    for (int count = 0; count < MAX_PROP_NODES && left; count++) {
        Str text = text_of(node);
        if (text.size) {
            size_t size = first_chars(text, left);
            buffer_put(w, &w->scratch, text.data, size);
            left -= (size_t)count_chars(text.data, size);
        }
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node != root && !node->next) node = node->parent;
        if (node == root) break;
        node = node->next;
    }
    return tidied(w, &w->scratch);
}

static int has_text_value(Walk *w, PyObject *prop) {
    int found = PySequence_Contains(w->tables->text_props, prop);
    if (found < 0) w->failed = 1;
    return found > 0;
}

void attribute_props(Walk *w, const Attributes *a, const Node *node) {
    Str name = value_of(a, ITEMPROP), content = value_of(a, CONTENT);
    if (!name.size || PyList_GET_SIZE(w->props) >= MAX_PROPS) return;
    if (!content.size) content = value_of(a, DATETIME);
    if (content.data && !content.size) return;
    PyObject *prop = decoded(w, name), *value = NULL;
    if (prop && content.size) value = decoded(w, content);
    else if (prop && has_text_value(w, prop)) value = opening(w, node);
    if (value) append_pair(w, w->props, prop, value);
    else Py_XDECREF(prop);
}
