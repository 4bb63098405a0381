/* What a walk has gathered, as values of Python. Twin: Walker.document of cleanbody.html.walk. */

#include "walk.h"

/* One field of all items, as an array, of which `zero` is one of a single item, or as a bytearray. */
static PyObject *longs(PyObject *zero, const Buffer *items, size_t size, size_t offset) {
    size_t count = items->size / size;
    PyObject *made = PySequence_Repeat(zero, (Py_ssize_t)count);
    if (!made) return NULL;
    Views views;
    views.count = 0;
    char *out = views_get(&views, made, sizeof(long), (Py_ssize_t)count, 1);
    for (size_t i = 0; out && i < count; i++)
        memcpy(out + i * sizeof(long), items->data + offset + i * size, sizeof(long));
    views_release(&views);
    if (!out) Py_CLEAR(made);
    return made;
}

static PyObject *bytes(const Buffer *items, size_t size, size_t offset) {
    size_t count = items->size / size;
    PyObject *made = PyByteArray_FromStringAndSize(NULL, (Py_ssize_t)count);
    if (!made) return NULL;
    char *out = PyByteArray_AS_STRING(made);
    for (size_t i = 0; i < count; i++) out[i] = items->data[offset + i * size];
    return made;
}

#define LONGS(buffer, type, field) longs(zero, &(buffer), sizeof(type), offsetof(type, field))
#define BYTES(buffer, type, field) bytes(&(buffer), sizeof(type), offsetof(type, field))

/* -- names: few different ones, and each is made once -------------------------------------------------------------- */

/* The class names and the like of a container, or its tag, where that is of no standard. */
static Str own_text(const Walk *w, long index, int tag) {
    const Container *c = ITEM(w->containers, Container, index);
    size_t at = tag ? c->names + c->names_size : c->names, size = tag ? c->tag_size : c->names_size;
    return size ? (Str){(unsigned char *)w->names.data + at, size} : (Str){(const unsigned char *)"", 0};
}

/* A new reference to the string of a container; `slots` hold the numbers of containers + 1 whose strings are made. */
static PyObject *pooled(const Walk *w, PyObject *made, uint32_t *slots, uint32_t mask, long index, int tag) {
    enum { PROBES = 32 }; /* where names were made to collide, strings are not shared */
    Str text = own_text(w, index, tag);
    if (!text.size) return PyUnicode_New(0, 0);
    uint64_t hash = names_hash(text.data, text.size);
    for (uint64_t i = 0; i < PROBES; i++) {
        uint32_t *slot = &slots[(hash + i) & mask];
        if (!*slot) {
            *slot = (uint32_t)index + 1;
            break;
        }
        Str other = own_text(w, (long)*slot - 1, tag);
        if (other.size == text.size && !memcmp(other.data, text.data, text.size))
            return Py_NewRef(PyList_GET_ITEM(made, (long)*slot - 1));
    }
    return PyUnicode_DecodeUTF8((const char *)text.data, (Py_ssize_t)text.size, NULL);
}

/* The names of the containers, or their tags. */
static PyObject *names(const Walk *w, int tags) {
    long count = COUNT(w->containers, Container);
    uint32_t room = 16;
    while (room < 2 * (size_t)count) room *= 2;
    uint32_t *slots = PyMem_Calloc(room, sizeof *slots);
    if (!slots) return PyErr_NoMemory();
    PyObject *made = PyList_New(count);
    for (long i = 0; made && i < count; i++) {
        const Container *c = ITEM(w->containers, Container, i);
        PyObject *name;
        if (!tags || c->tag_size) name = pooled(w, made, slots, room - 1, i, tags);
        else name = Py_XNewRef(c->tag < KNOWN_TAGS ? w->tables->names[c->tag] : NULL);
        if (name) PyList_SET_ITEM(made, i, name);
        else Py_CLEAR(made);
    }
    PyMem_Free(slots);
    if (!made && !PyErr_Occurred()) PyErr_SetString(PyExc_RuntimeError, "walk: a tag without a name");
    return made;
}

/* -- marks, in order of start, the longer first -------------------------------------------------------------------- */

static int is_before(const Marked *a, const Marked *b) {
    return a->start != b->start ? a->start < b->start : a->end > b->end;
}

static void merge(const Marked *in, Marked *out, size_t low, size_t middle, size_t high) {
    for (size_t left = low, right = middle, at = low; at < high; at++)
        out[at] = left < middle && (right == high || !is_before(&in[right], &in[left])) ? in[left++] : in[right++];
}

/* A stable sort. They come nearly in order, a mark behind those inside it, so that few are moved in runs of eight. */
static void sort_marks(Marked *marks, Marked *spare, size_t count) {
    enum { RUN = 8 };
    for (size_t low = 0; low < count; low += RUN) {
        for (size_t i = low + 1; i < low + RUN && i < count; i++) {
            Marked mark = marks[i];
            size_t at = i;
            for (; at > low && is_before(&mark, &marks[at - 1]); at--) marks[at] = marks[at - 1];
            marks[at] = mark;
        }
    }
    Marked *from = marks, *to = spare;
    for (size_t run = RUN; run < count; run *= 2) {
        for (size_t low = 0; low < count; low += 2 * run) {
            size_t middle = low + run < count ? low + run : count, high = middle + run < count ? middle + run : count;
            if (middle == high || !is_before(&from[middle], &from[middle - 1]))
                memcpy(to + low, from + low, (high - low) * sizeof *to); /* in order as they are */
            else merge(from, to, low, middle, high);
        }
        Marked *swap = from;
        from = to;
        to = swap;
    }
    if (from != marks) memcpy(marks, from, count * sizeof *marks);
}

/* Whether bytes are UTF-8; an exception where they are not. */
static int is_text(const Buffer *buffer) {
    unsigned char any = 0;
    for (size_t i = 0; i < buffer->size; i++) any |= (unsigned char)buffer->data[i];
    if (any < 0x80) return 1;
    PyObject *made = PyUnicode_DecodeUTF8(buffer->data, (Py_ssize_t)buffer->size, NULL);
    Py_XDECREF(made);
    return made != NULL;
}

static PyObject *marks(Walk *w, PyObject *zero) {
    size_t most = (size_t)COUNT(w->marks, Marked), count = 0;
    Marked *held = PyMem_Malloc((2 * most + 1) * sizeof *held);
    if (!held) return PyErr_NoMemory();
    for (size_t i = 0; i < most; i++) {
        const Marked *mark = ITEM(w->marks, Marked, i);
        if (mark->end > mark->start || mark->kind == w->tables->image) held[count++] = *mark;
    }
    sort_marks(held, held + most, count);
    const Buffer shown = {(char *)held, count * sizeof *held, 0};
    long *places = PyMem_Malloc((3 * count + 1) * sizeof *places);
    for (size_t i = 0; places && i < count; i++) memcpy(places + 3 * i, &held[i].value, 3 * sizeof *places);
    const Buffer strings = {(char *)places, 3 * count * sizeof *places, 0};
    PyObject *made = NULL;
    if (!places) PyErr_NoMemory();
    else if (is_text(&w->strings))
        made = Py_BuildValue("(NNNNy#)", LONGS(shown, Marked, start), LONGS(shown, Marked, end),
                             BYTES(shown, Marked, kind), longs(zero, &strings, sizeof(long), 0),
                             w->strings.data ? w->strings.data : "", (Py_ssize_t)w->strings.size);
    PyMem_Free(places);
    PyMem_Free(held);
    return made;
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

static PyObject *statuses(const Walk *w) {
    PyObject *made = PyTuple_New(w->status_count);
    for (int i = 0; made && i < w->status_count; i++) PyTuple_SET_ITEM(made, i, PyLong_FromLong(w->statuses[i]));
    return made;
}

static PyObject *text_or_empty(PyObject *text) { return text ? Py_NewRef(text) : PyUnicode_FromStringAndSize(NULL, 0); }

static PyObject *head(const Walk *w) {
    return Py_BuildValue("(NNNNNNNN)", text_or_empty(w->title), text_or_empty(w->lang), text_or_empty(w->base),
                         PyList_AsTuple(w->meta), PyList_AsTuple(w->links), PyList_AsTuple(w->props),
                         PyList_AsTuple(w->times), PyList_AsTuple(w->json_ld));
}

PyObject *walk_columns(Walk *w, PyObject *zero) {
    trim_marks(w, w->size - 1, w->size ? w->size - 1 : 0);
    ITEM(w->containers, Container, 0)->last = COUNT(w->blocks, Block);
    PyObject *text = PyUnicode_DecodeUTF8(w->text.data, (Py_ssize_t)(w->block_at ? w->block_at - 1 : 0), NULL);
    if (!text) return NULL;
    PyObject *columns = Py_BuildValue(
        "(NNNNNNNNNNN)", LONGS(w->blocks, Block, start), LONGS(w->blocks, Block, end), BYTES(w->blocks, Block, kind),
        BYTES(w->blocks, Block, level), BYTES(w->blocks, Block, flags), LONGS(w->blocks, Block, container),
        LONGS(w->containers, Container, parent), names(w, 1), names(w, 0), LONGS(w->containers, Container, first),
        LONGS(w->containers, Container, last));
    return Py_BuildValue("(NNNNN)", text, columns, marks(w, zero), head(w), statuses(w));
}
