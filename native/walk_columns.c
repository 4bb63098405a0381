/* What a walk has gathered, as values of Python. Twin: Walker.document of cleanbody.html.walk. */

#include "walk.h"

/* One field of all items, as the bytes of an array or of a bytearray. */
static PyObject *longs(const Buffer *items, size_t size, size_t offset) {
    size_t count = items->size / size;
    PyObject *made = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(count * sizeof(long)));
    if (!made) return NULL;
    char *out = PyBytes_AS_STRING(made);
    for (size_t i = 0; i < count; i++) memcpy(out + i * sizeof(long), items->data + offset + i * size, sizeof(long));
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

#define LONGS(buffer, type, field) longs(&(buffer), sizeof(type), offsetof(type, field))
#define BYTES(buffer, type, field) bytes(&(buffer), sizeof(type), offsetof(type, field))

/* -- names: few different ones, and each is made once -------------------------------------------------------------- */

typedef struct {
    Str text;
    PyObject *made;
} Slot;

typedef struct {
    Slot *slots;
    size_t mask;
} Pool;

static int pool_open(Pool *pool, size_t most) {
    size_t count = 16;
    while (count < 2 * most) count *= 2;
    pool->mask = count - 1;
    pool->slots = PyMem_Calloc(count, sizeof(Slot));
    return pool->slots ? 0 : (PyErr_NoMemory(), -1);
}

static void pool_close(Pool *pool) {
    for (size_t i = 0; pool->slots && i <= pool->mask; i++) Py_XDECREF(pool->slots[i].made);
    PyMem_Free(pool->slots);
}

/* A new reference to the string of a text; not a shared one where names were made to collide. */
static PyObject *pooled(Pool *pool, Str text) {
    enum { PROBES = 32 };
    uint64_t hash = text.size, word;
    size_t at = 0;
    for (; at + 8 <= text.size; at += 8) {
        memcpy(&word, text.data + at, 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    for (; at < text.size; at++) hash = (hash ^ text.data[at]) * UINT64_C(0x100000001b3);
    hash ^= hash >> 32;
    for (size_t i = 0; i < PROBES; i++) {
        Slot *slot = &pool->slots[(hash + i) & pool->mask];
        if (!slot->made) {
            slot->text = text;
            slot->made = PyUnicode_DecodeUTF8((const char *)text.data, (Py_ssize_t)text.size, NULL);
        } else if (slot->text.size != text.size || (text.size && memcmp(slot->text.data, text.data, text.size))) {
            continue;
        }
        return Py_XNewRef(slot->made);
    }
    return PyUnicode_DecodeUTF8((const char *)text.data, (Py_ssize_t)text.size, NULL);
}

static Str part_of(const Walk *w, size_t at, size_t size) { return (Str){(unsigned char *)w->names.data + at, size}; }

/* The names of the containers, or their tags. */
static PyObject *names(const Walk *w, Pool *pool, int tags) {
    long count = COUNT(w->containers, Container);
    PyObject *made = PyList_New(count);
    for (long i = 0; made && i < count; i++) {
        const Container *c = ITEM(w->containers, Container, i);
        PyObject *name;
        if (!tags) name = pooled(pool, part_of(w, c->names, c->names_size));
        else if (c->tag_size) name = pooled(pool, part_of(w, c->names + c->names_size, c->tag_size));
        else name = Py_XNewRef(c->tag < KNOWN_TAGS ? w->tables->names[c->tag] : NULL);
        if (name) PyList_SET_ITEM(made, i, name);
        else Py_CLEAR(made);
    }
    if (!made && !PyErr_Occurred()) PyErr_SetString(PyExc_RuntimeError, "walk: a tag without a name");
    return made;
}

static PyObject *tags_and_names(const Walk *w) {
    Pool pool;
    if (pool_open(&pool, 2 * (size_t)COUNT(w->containers, Container)) < 0) return NULL;
    PyObject *tags = names(w, &pool, 1), *own = tags ? names(w, &pool, 0) : NULL;
    PyObject *made = own ? PyTuple_Pack(2, tags, own) : NULL;
    Py_XDECREF(tags);
    Py_XDECREF(own);
    pool_close(&pool);
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
    for (size_t i = 0; i < buffer->size; i++) {
        if (!(buffer->data[i] & 0x80)) continue;
        PyObject *made = PyUnicode_DecodeUTF8(buffer->data, (Py_ssize_t)buffer->size, NULL);
        Py_XDECREF(made);
        return made != NULL;
    }
    return 1;
}

static PyObject *marks(Walk *w) {
    size_t most = (size_t)COUNT(w->marks, Marked), count = 0;
    Marked *held = PyMem_Malloc((2 * most + 1) * sizeof *held);
    if (!held) return PyErr_NoMemory();
    for (size_t i = 0; i < most; i++) {
        const Marked *mark = ITEM(w->marks, Marked, i);
        if (mark->end > mark->start || mark->kind == w->tables->image) held[count++] = *mark;
    }
    sort_marks(held, held + most, count);
    const Buffer shown = {(char *)held, count * sizeof *held, 0};
    PyObject *strings = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(3 * count * sizeof(long))), *made = NULL;
    for (size_t i = 0; strings && i < count; i++)
        memcpy(PyBytes_AS_STRING(strings) + 3 * i * sizeof(long), &held[i].value, 3 * sizeof(long));
    if (strings && is_text(&w->strings))
        made = Py_BuildValue("(NNNNy#)", LONGS(shown, Marked, start), LONGS(shown, Marked, end),
                             BYTES(shown, Marked, kind), strings, w->strings.data ? w->strings.data : "", (Py_ssize_t)w->strings.size);
    else Py_XDECREF(strings);
    PyMem_Free(held);
    return made;
}

/* -- all of it ----------------------------------------------------------------------------------------------------- */

/* Characters in blocks outside and inside <noscript>. */
static void count_shown(const Walk *w, long shown[2]) {
    for (long i = 0, count = COUNT(w->blocks, Block); i < count; i++) {
        const Block *block = ITEM(w->blocks, Block, i);
        shown[block->flags & FLAG_NOSCRIPT ? 1 : 0] += block->end - block->start;
    }
}

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

PyObject *walk_columns(Walk *w) {
    trim_marks(w, w->size - 1, w->size ? w->size - 1 : 0);
    ITEM(w->containers, Container, 0)->last = COUNT(w->blocks, Block);
    long shown[2] = {0, 0};
    count_shown(w, shown);
    PyObject *both = tags_and_names(w);
    if (!both) return NULL;
    return Py_BuildValue(
        "(NNNNNNNNNNNNNN(ll))",
        PyUnicode_DecodeUTF8(w->text.data, (Py_ssize_t)(w->block_at ? w->block_at - 1 : 0), NULL),
        LONGS(w->blocks, Block, start), LONGS(w->blocks, Block, end), BYTES(w->blocks, Block, kind),
        BYTES(w->blocks, Block, level), BYTES(w->blocks, Block, flags), LONGS(w->blocks, Block, container),
        LONGS(w->containers, Container, parent), LONGS(w->containers, Container, first),
        LONGS(w->containers, Container, last), both, marks(w), head(w), statuses(w), shown[0], shown[1]);
}
