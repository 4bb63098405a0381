/* The active formatting elements. Twin: cleanbody.scan.stack. An entry stands in up to four lists: those of its frame
   in order, those of its name there, those just like it there, and those tied to its place on the stack. */

#include <stddef.h>

#include "nesting.h"

static Link *link_of(Tree *t, Py_ssize_t entry, size_t which) { return (Link *)((char *)&t->entries[entry] + which); }

static void append(Tree *t, List *list, Py_ssize_t entry, size_t which) {
    *link_of(t, entry, which) = (Link){list->last, -1};
    if (list->last >= 0) link_of(t, list->last, which)->after = entry;
    else list->first = entry;
    list->last = entry;
    list->count++;
}

static void take(Tree *t, List *list, Py_ssize_t entry, size_t which) {
    Link gone = *link_of(t, entry, which);
    if (gone.before >= 0) link_of(t, gone.before, which)->after = gone.after;
    else list->first = gone.after;
    if (gone.after >= 0) link_of(t, gone.after, which)->before = gone.before;
    else list->last = gone.before;
    list->count--;
}

enum {
    ORDER = offsetof(Entry, order), NAMED = offsetof(Entry, named), ALIKE = offsetof(Entry, alike),
    TIED = offsetof(Entry, tied)
};

static const List NONE = {-1, -1, 0};

static int format_of(const Tree *t, int name) { return (int)(t->name[name].flags >> FORMAT_SHIFT & 15); }

static Frame *frame_of(Tree *t) { return &t->frames[t->frame_count - 1]; }

void tree_push_frame(Tree *t) {
    if (t->frame_count == t->frame_room) t->frames = tree_grow(t, t->frames, &t->frame_room, sizeof(Frame));
    t->frames[t->frame_count++] = (Frame){NONE, NULL, 0, -1};
}

Py_ssize_t tree_last_entry(const Tree *t, int name) {
    const Frame *frame = &t->frames[t->frame_count - 1];
    return frame->named ? frame->named[format_of(t, name)].last : -1;
}

/* ---- on the stack ---- */

static void tie(Tree *t, Py_ssize_t entry, Py_ssize_t place) {
    Place *at = &t->stack[place];
    List tied = {at->first, at->last, 0};
    append(t, &tied, entry, TIED);
    at->first = tied.first;
    at->last = tied.last;
    t->entries[entry].at = place;
}

static void untie(Tree *t, Py_ssize_t entry) {
    Place *at = &t->stack[t->entries[entry].at];
    List tied = {at->first, at->last, 0};
    take(t, &tied, entry, TIED);
    at->first = tied.first;
    at->last = tied.last;
}

void tree_untie_place(Tree *t, Place *place) {
    for (Py_ssize_t entry = place->first; entry >= 0; entry = t->entries[entry].tied.after) {
        t->entries[entry].at = -1;
        t->frames[t->entries[entry].frame].closed++;
        t->closed++;
    }
    place->first = place->last = -1;
}

static void open_entry(Tree *t, Py_ssize_t entry) { tie(t, entry, tree_push(t, t->entries[entry].name)); }

void tree_reopen(Tree *t) {
    Frame *frame = frame_of(t);
    if (!frame->closed) return;
    Py_ssize_t entry = frame->order.last, first = -1, count = 0;
    for (; entry >= 0 && t->entries[entry].at < 0; entry = t->entries[entry].order.before) {
        first = entry;
        count++;
    }
    for (entry = first; entry >= 0; entry = t->entries[entry].order.after) open_entry(t, entry);
    frame->closed -= count;
    t->closed -= count;
    t->clones += count;
}

/* ---- what is just like what ---- */

static Py_ssize_t number_in(PyObject *dict, PyObject *key) {
    PyObject *known = PyDict_GetItemWithError(dict, key), *made = NULL;
    if (!known && !PyErr_Occurred()) {
        known = made = PyLong_FromSsize_t(PyDict_GET_SIZE(dict));
        if (made && PyDict_SetItem(dict, key, made) < 0) known = NULL;
    }
    Py_ssize_t number = known ? PyLong_AsSsize_t(known) : -1;
    Py_XDECREF(made);
    return number;
}

/* The number of the set of attributes that are written so. */
static Py_ssize_t set_number(Tree *t, Bytes tag, Py_ssize_t size) {
    PyObject *written = PyBytes_FromStringAndSize((const char *)tag, size), *set = NULL, *number = NULL;
    PyObject *known = written ? PyDict_GetItemWithError(t->written, written) : NULL;
    Py_ssize_t found = known ? PyLong_AsSsize_t(known) : -1;
    if (written && !known && !PyErr_Occurred()) {
        PyObject *read = PyObject_CallOneArg(t->attributes, written);
        PyObject *items = read ? PyDict_Items(read) : NULL;
        set = items ? PyFrozenSet_New(items) : NULL;
        found = set ? number_in(t->sets, set) : -1;
        number = found >= 0 ? PyLong_FromSsize_t(found) : NULL;
        if (!number || PyDict_SetItem(t->written, written, number) < 0) found = -1;
        Py_XDECREF(read);
        Py_XDECREF(items);
    }
    Py_XDECREF(written);
    Py_XDECREF(set);
    Py_XDECREF(number);
    if (found < 0) tree_fail(t);
    return found;
}

/* The record of those in the frame at hand that are just like this start tag. */
static Py_ssize_t record_of(Tree *t, int name, Bytes tag, Py_ssize_t size) {
    Py_ssize_t key = set_number(t, tag, size) * FORMATS + format_of(t, name);
    while (t->key_count <= key) {
        if (t->key_count == t->key_room) t->keys = tree_grow(t, t->keys, &t->key_room, sizeof *t->keys);
        t->keys[t->key_count++] = -1;
    }
    Py_ssize_t above = t->keys[key];
    if (above >= 0 && t->records[above].frame == t->frame_count - 1) return above;
    if (t->record_count == t->record_room) t->records = tree_grow(t, t->records, &t->record_room, sizeof(Record));
    t->records[t->record_count] = (Record){NONE, key, above, frame_of(t)->records, t->frame_count - 1};
    return frame_of(t)->records = t->keys[key] = t->record_count++;
}

/* The earliest of three elements that are just like this start tag, or -1. */
static Py_ssize_t third_alike(Tree *t, int name, Bytes tag, Py_ssize_t size) {
    Frame *frame = frame_of(t);
    List *named = frame->named ? &frame->named[format_of(t, name)] : NULL;
    if (!named || named->count < 3) return -1;
    Py_ssize_t fresh = -1;
    for (Py_ssize_t i = named->last; i >= 0 && t->entries[i].record < 0; i = t->entries[i].named.before) fresh = i;
    for (; fresh >= 0; fresh = t->entries[fresh].named.after) {
        Py_ssize_t record = record_of(t, name, t->entries[fresh].tag, t->entries[fresh].tag_size);
        t->entries[fresh].record = record;
        append(t, &t->records[record].alike, fresh, ALIKE);
    }
    Py_ssize_t record = record_of(t, name, tag, size); /* moves the records */
    return t->records[record].alike.count >= 3 ? t->records[record].alike.first : -1;
}

/* ---- the list ---- */

static void forget(Tree *t, Py_ssize_t entry) {
    Entry *gone = &t->entries[entry];
    Frame *frame = &t->frames[gone->frame];
    t->touched = 1;
    take(t, &frame->order, entry, ORDER);
    take(t, &frame->named[format_of(t, gone->name)], entry, NAMED);
    if (gone->record >= 0) take(t, &t->records[gone->record].alike, entry, ALIKE);
    gone->listed = 0;
    if (gone->at < 0) {
        frame->closed--;
        t->closed--;
    } else untie(t, entry);
    gone->order.after = t->entry_free;
    t->entry_free = entry;
}

void tree_format(Tree *t, int name, Bytes tag, Py_ssize_t size) {
    Py_ssize_t alike = third_alike(t, name, tag, size);
    if (alike >= 0) forget(t, alike);
    Py_ssize_t entry = t->entry_free;
    if (entry >= 0) t->entry_free = t->entries[entry].order.after;
    else {
        if (t->entry_count == t->entry_room) t->entries = tree_grow(t, t->entries, &t->entry_room, sizeof(Entry));
        entry = t->entry_count++;
    }
    t->entries[entry] =
        (Entry){.name = name, .listed = 1, .tag = tag, .tag_size = size, .frame = t->frame_count - 1, .at = -1,
                .record = -1};
    Frame *frame = frame_of(t);
    if (!frame->named) {
        frame->named = PyMem_Malloc(sizeof(List) * FORMATS);
        if (!frame->named) tree_fail(t);
        for (int i = 0; i < FORMATS; i++) frame->named[i] = NONE;
    }
    append(t, &frame->order, entry, ORDER);
    append(t, &frame->named[format_of(t, name)], entry, NAMED);
    open_entry(t, entry);
}

void tree_clear_to_marker(Tree *t) {
    Frame *frame = frame_of(t);
    for (Py_ssize_t entry = frame->order.first, next; entry >= 0; entry = next) {
        next = t->entries[entry].order.after;
        t->entries[entry].listed = 0;
        if (t->entries[entry].at >= 0) untie(t, entry);
        t->entries[entry].order.after = t->entry_free;
        t->entry_free = entry;
    }
    t->closed -= frame->closed;
    for (Py_ssize_t i = frame->records; i >= 0; i = t->records[i].next)
        t->keys[t->records[i].key] = t->records[i].above;
    PyMem_Free(frame->named);
    if (!--t->frame_count) tree_push_frame(t);
}

static void take_out(Tree *t, int name, Py_ssize_t place, int left) {
    if (t->stack[place].name == name) tree_kill(t, place, left);
    else {
        t->stack[place].moved--;
        t->depth--;
    }
}

void tree_remove(Tree *t, Py_ssize_t entry, int left) {
    Py_ssize_t place = t->entries[entry].at;
    int name = t->entries[entry].name;
    forget(t, entry);
    if (place >= 0) take_out(t, name, place, left);
}

/* ---- the adoption agency algorithm ---- */

static void thin(Tree *t, Py_ssize_t subject, Py_ssize_t low, Py_ssize_t high) {
    Py_ssize_t place = high - 1, dead = -1;
    int counter = 0;
    while (place > low) {
        Py_ssize_t entry = t->stack[place].first;
        if (t->stack[place].name >= 0) {
            counter += counter < 4;
            if (entry < 0) tree_kill(t, place, DEAD);
            else if (counter > 3) tree_remove(t, entry, DEAD);
            else {
                dead = -1;
                place--;
                continue;
            }
        }
        if (place > dead) dead = place;
        place = t->stack[place].jump >= 0 ? t->stack[place].jump : place - 1;
    }
    if (dead >= 0) t->stack[dead].jump = low; /* so that no run of dead places is walked twice */
    for (Py_ssize_t entry = t->stack[low].first, next; entry >= 0; entry = next) {
        next = t->entries[entry].tied.after;
        if (entry == subject || t->stack[low].name == t->entries[entry].name) continue;
        counter += counter < 4;
        if (counter > 3) tree_remove(t, entry, DEAD);
    }
}

/* The eighth round leaves the element open inside the eighth block. */
static void move(Tree *t, Py_ssize_t entry, Py_ssize_t block) {
    Py_ssize_t place = t->entries[entry].at;
    untie(t, entry);
    take_out(t, t->entries[entry].name, place, DEAD);
    tie(t, entry, block);
    t->stack[block].moved++;
    t->depth++;
}

static Py_ssize_t first_above(const Places *places, Py_ssize_t place) { /* which of them */
    Py_ssize_t low = 0, high = places->count;
    while (low < high) {
        Py_ssize_t middle = low + (high - low) / 2;
        if (places->items[middle] <= place) low = middle + 1;
        else high = middle;
    }
    return low;
}

void tree_adopt(Tree *t, int name) {
    if (t->count && t->stack[t->count - 1].name == name && t->stack[t->count - 1].first < 0) {
        tree_pop_to(t, t->count - 1);
        return;
    }
    Py_ssize_t entry = tree_last_entry(t, name), blocks[8];
    if (entry < 0) {
        tree_end_other(t, name);
        return;
    }
    Py_ssize_t place = t->entries[entry].at;
    if (place < 0) {
        forget(t, entry);
        return;
    }
    if (t->scope.count && place < t->scope.items[t->scope.count - 1]) return;
    Py_ssize_t first = first_above(&t->special, place), count = t->special.count - first;
    if (count > 8) count = 8;
    if (!count) {
        tree_remove(t, entry, DEAD);
        tree_pop_to(t, place + 1);
        return;
    }
    memcpy(blocks, t->special.items + first, sizeof *blocks * (size_t)count);
    for (Py_ssize_t i = 0; i < count; i++) thin(t, entry, i ? blocks[i - 1] : place, blocks[i]);
    if (count < 8) {
        tree_remove(t, entry, DEAD);
        tree_pop_to(t, blocks[count - 1] + 1);
    } else move(t, entry, blocks[count - 1]);
}
