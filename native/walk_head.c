/* Head data as found. Twin: cleanbody.html.walk. */

#include "walk.h"

static PyObject *lowered(Walk *w, Str text) {
    PyObject *made = decoded(w, text), *lower = made ? PyObject_CallMethod(made, "lower", NULL) : NULL;
    if (!lower) w->failed = 1;
    Py_XDECREF(made);
    return lower;
}

/* The text of everything below an element. */
static void gather(Walk *w, const Node *root) {
    w->scratch.size = 0;
    const Node *node = root->first_child;
    while (node) {
        if (node->name == TEXT_ID) {
            Str text = ((const TextNode *)node)->text;
            buffer_put(w, &w->scratch, text.data, text.data ? text.size : 0);
        }
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node != root && !node->next) node = node->parent;
        node = node == root ? NULL : node->next;
    }
}

static void add_meta(Walk *w, const Attributes *a) {
    static const int keys[] = {NAME, PROPERTY, ITEMPROP, HTTP_EQUIV};
    Str content = value_of(a, CONTENT);
    for (int i = 0; i < 4 && content.size; i++) {
        Str name = value_of(a, keys[i]);
        if (name.size) append_pair(w, w->meta, lowered(w, name), decoded(w, content));
    }
}

int enter_head(Walk *w, const Node *node, const Tag *tag) {
    Attributes a;
    if (tag->facts & IS_TITLE) {
        if (w->title) return 0;
        gather(w, node);
        w->title = tidied(w, &w->scratch);
        return 0;
    }
    attributes_of(w, node, &a);
    if (tag->facts & IS_META) {
        add_meta(w, &a);
    } else if (tag->facts & IS_REL) {
        Str rel = value_of(&a, REL), href = value_of(&a, HREF);
        if (rel.size && href.size) append_pair(w, w->links, lowered(w, rel), decoded(w, href));
    } else if (tag->facts & IS_BASE) {
        if (!w->base) set_text(w, &w->base, value_of(&a, HREF));
    } else { /* <time>, which stands in the text */
        Str when = value_of(&a, DATETIME);
        if (when.size) append(w, w->times, decoded(w, when));
        attribute_props(w, &a, node);
        return 1;
    }
    return 0;
}

void linked_data(Walk *w, const Node *script) {
    Attributes a;
    attributes_of(w, script, &a);
    if (!is_linked_data(&a) || !script->first_child) return;
    Str text = text_of(script->first_child);
    if (text.data && text.size) append(w, w->json_ld, decoded(w, text));
}
