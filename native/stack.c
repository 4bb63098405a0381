/* The stack of open elements, as places. Twin: cleanbody.scan.stack; formats.c has the rest of it. */

#include "nesting.h"

_Noreturn void tree_fail(Tree *t) {
    if (!PyErr_Occurred()) PyErr_NoMemory();
    longjmp(t->failed, 1);
}

void *tree_grow(Tree *t, void *items, Py_ssize_t *room, Py_ssize_t size) {
    Py_ssize_t wanted = *room ? 2 * *room : 64;
    void *grown = wanted > (Py_ssize_t)(SIZE_MAX / 2) / size ? NULL : PyMem_Realloc(items, (size_t)(wanted * size));
    if (!grown) tree_fail(t);
    *room = wanted;
    return grown;
}

void tree_put(Tree *t, Places *places, Py_ssize_t place) {
    if (places->count == places->room)
        places->items = tree_grow(t, places->items, &places->room, sizeof *places->items);
    places->items[places->count++] = place;
}

/* ---- names ---- */

static int other_number(Tree *t, PyObject *key) { /* of a name that the table has not; takes the key */
    PyObject *known = key ? PyDict_GetItemWithError(t->names, key) : NULL;
    int number = known ? (int)PyLong_AsLong(known) : -1;
    if (key && !known && !PyErr_Occurred() && t->name_count < INT32_MAX) {
        known = PyLong_FromSsize_t(t->name_count);
        if (known && PyDict_SetItem(t->names, key, known) == 0) number = (int)t->name_count;
        Py_XDECREF(known);
    }
    Py_XDECREF(key);
    if (number < 0) tree_fail(t);
    return number;
}

int tree_name(Tree *t, const unsigned char *prefix, Bytes name, Py_ssize_t size) {
    unsigned char small[MAX_TAG_NAME];
    Py_ssize_t whole = size + (prefix ? 2 : 0);
    if (whole <= MAX_TAG_NAME) {
        if (prefix) memcpy(small, prefix, 2);
        memcpy(small + whole - size, name, (size_t)size);
        int known = tags_find(t->tags, small, whole);
        if (known >= 0) return known;
    }
    PyObject *key = PyBytes_FromStringAndSize(NULL, whole);
    if (!key) tree_fail(t);
    unsigned char *text = (unsigned char *)PyBytes_AS_STRING(key);
    if (prefix) memcpy(text, prefix, 2);
    for (Py_ssize_t i = 0; i < size; i++)
        text[whole - size + i] = name[i] | (name[i] >= 'A' && name[i] <= 'Z' ? 32 : 0);
    TagName made = {.last = -1, .foreign = whole > 1 && text[1] == '/', .prefix = {text[0], whole > 1 ? text[1] : 0}};
    int number = other_number(t, key);
    if (number == t->name_count) {
        if (t->name_count == t->name_room) t->name = tree_grow(t, t->name, &t->name_room, sizeof(TagName));
        t->name[t->name_count++] = made;
    }
    return number;
}

int tree_has_cdata(const Tree *t) { return t->count && top(t) >= 0 && t->name[top(t)].foreign; }

int tree_is_foreign(const Tree *t) { return tree_has_cdata(t) && !top_is(t, INTEGRATION); }

/* ---- moving the stack ---- */

Py_ssize_t tree_push(Tree *t, int name) {
    if (t->count == t->room) t->stack = tree_grow(t, t->stack, &t->room, sizeof(Place));
    Py_ssize_t place = t->count++;
    TagName *known = &t->name[name];
    t->stack[place] = (Place){name, 0, known->last, -1, -1, 0, -1, -1};
    if (known->last >= 0) t->stack[known->last].after = place;
    known->last = place;
    t->depth++;
    if (!(known->flags & SPECIAL)) return place;
    tree_put(t, &t->special, place);
    if (!(known->flags & LOOSE)) tree_put(t, &t->hard, place);
    if (!(known->flags & SCOPE)) return place;
    tree_put(t, &t->scope, place);
    if (known->flags & CELL || name == t->table || name == t->template) tree_put(t, &t->cells, place);
    return place;
}

static void forget_place(Tree *t, Py_ssize_t place) { /* among those of its name */
    Place *gone = &t->stack[place];
    if (gone->before >= 0) t->stack[gone->before].after = gone->after;
    if (gone->after >= 0) t->stack[gone->after].before = gone->before;
    else t->name[gone->name].last = gone->before;
}

static void pop(Tree *t) {
    Py_ssize_t place = t->count - 1;
    Place *gone = &t->stack[place];
    t->touched = 1;
    tree_untie_place(t, gone);
    t->depth -= gone->moved;
    if (gone->name >= 0) forget_place(t, place);
    t->count--;
    if (gone->name == DEAD) return;
    t->depth--;
    if (gone->name == LEFT) return;
    if (flags_of(t, gone->name) & SPECIAL) {
        Places *all[] = {&t->special, &t->hard, &t->scope, &t->cells};
        for (int i = 0; i < 4; i++)
            if (last(all[i]) == place) all[i]->count--;
    }
    if (last(&t->roots) == place) t->roots.count--;
    if (gone->name == t->template) t->templates--;
    else if (place == t->open_form) t->open_form = -1;
}

void tree_pop_to(Tree *t, Py_ssize_t place) {
    while (t->count > place || (t->count && top(t) < 0)) pop(t);
}

static void take_place(Places *places, Py_ssize_t place) {
    Py_ssize_t i = places->count - 1;
    while (i >= 0 && places->items[i] > place) i--;
    if (i < 0) return;
    memmove(places->items + i, places->items + i + 1, sizeof *places->items * (size_t)(places->count - i - 1));
    places->count--;
}

void tree_kill(Tree *t, Py_ssize_t place, int left) {
    t->touched = 1;
    int name = t->stack[place].name;
    forget_place(t, place);
    t->stack[place].name = left;
    t->depth -= left == DEAD;
    if (name == t->form) {
        take_place(&t->special, place);
        take_place(&t->hard, place);
    }
    tree_pop_to(t, t->count);
}

/* ---- all of it ---- */

static int find_names(Tree *t) {
    int missing = 0;
#define X(id, text) missing |= (t->id = tags_find(t->tags, (Bytes)text, sizeof text - 1)) < 0;
    NAMES(X)
#undef X
    if (missing) PyErr_SetString(PyExc_ValueError, "the table of names lacks some");
    return missing ? -1 : 0;
}

int tree_set_up(Tree *t, const Tags *tags, PyObject *attributes, Py_ssize_t limit, int quirks) {
    *t = (Tree){.tags = tags, .attributes = attributes, .limit = limit, .quirks = quirks, .open_form = NO_FORM};
    t->entry_free = -1;
    t->name_count = t->name_room = MAX_TAGS;
    t->name = PyMem_Malloc(sizeof(TagName) * MAX_TAGS);
    if (!t->name) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < MAX_TAGS; i++) {
        const unsigned char *name = (Bytes)tags->names[i];
        t->name[i] = (TagName){-1, 0, 0, tags->flags[i], name[0] && name[1] == '/', {name[0], name[1]}};
    }
    t->names = PyDict_New();
    t->written = PyDict_New();
    t->sets = PyDict_New();
    return t->names && t->written && t->sets ? find_names(t) : -1;
}

void tree_free(Tree *t) {
    for (Py_ssize_t i = 0; i < t->frame_count; i++) PyMem_Free(t->frames[i].named);
    void *all[] = {t->name, t->stack, t->scope.items, t->special.items, t->hard.items, t->cells.items, t->roots.items,
                   t->frames, t->entries, t->records, t->keys};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) PyMem_Free(all[i]);
    Py_XDECREF(t->names);
    Py_XDECREF(t->written);
    Py_XDECREF(t->sets);
}
