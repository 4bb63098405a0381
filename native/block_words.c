/* The words of all blocks of a document, split once for whoever asks. Twin: cleanbody.features.block_words. */

#include "block_words.h"

static const char *const CAPSULE = "cleanbody._native.block_words";

/* What the last document was read into: its memory is used again, as the system takes long to give it anew. Under the
   lock of the interpreter only; whoever takes it leaves nothing behind. */
#ifdef Py_GIL_DISABLED
enum { MOST_KEPT = 0 };
#else
enum { MOST_KEPT = 1 << 16 }; /* words, and a sixteenth of their bytes */
#endif
static BlockWords spare;

static int no_memory(void) {
    PyErr_NoMemory();
    return -1;
}

static void free_words(BlockWords *held) {
    words_free(&held->words);
    PyMem_RawFree(held->hashes);
    PyMem_RawFree(held->first);
    *held = (BlockWords){.rows = 0};
}

static void release(PyObject *capsule) {
    BlockWords *held = PyCapsule_GetPointer(capsule, CAPSULE);
    Py_CLEAR(held->texts);
    int large = held->words.items_room > MOST_KEPT || held->words.room > 16 * MOST_KEPT || held->hash_room > MOST_KEPT
                || held->first_room > MOST_KEPT;
    if (large || spare.first) {
        free_words(held);
    } else {
        held->words.count = held->words.used = 0;
        spare = *held;
    }
    PyMem_Free(held);
}

const BlockWords *block_words_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, CAPSULE); }

static int hash_all(BlockWords *held) {
    const Words *words = &held->words;
    if (words->count > held->hash_room) {
        PyMem_RawFree(held->hashes);
        held->hash_room = 0;
        if (!(held->hashes = PyMem_RawMalloc(words->items_room * sizeof *held->hashes))) return no_memory();
        held->hash_room = words->items_room;
    }
    for (size_t i = 0; i < words->count; i++)
        held->hashes[i] = names_hash(words->bytes + words->items[i].begin, words->items[i].size);
    return 0;
}

static int split_all(BlockWords *held) {
    size_t wanted = (size_t)held->rows + 1;
    if (wanted > held->first_room) {
        PyMem_RawFree(held->first);
        held->first_room = 0;
        if (!(held->first = PyMem_RawMalloc(wanted * sizeof *held->first))) return no_memory();
        held->first_room = wanted;
    }
    for (Py_ssize_t i = 0; i < held->rows; i++) {
        held->first[i] = held->words.count;
        if (words_split(&held->words, PyTuple_GET_ITEM(held->texts, i), MOST_CHARACTERS) < 0) return -1;
    }
    held->first[held->rows] = held->words.count;
    return hash_all(held);
}

static PyObject *native_block_words(PyObject *self, PyObject *texts) {
    (void)self;
    BlockWords *held = PyMem_Calloc(1, sizeof *held);
    if (!held) return PyErr_NoMemory();
    *held = spare;
    spare = (BlockWords){.rows = 0};
    PyObject *capsule = NULL;
    if ((held->texts = PySequence_Tuple(texts))) {
        held->rows = PyTuple_GET_SIZE(held->texts);
        if (held->rows >= INT32_MAX / 2) PyErr_SetString(PyExc_OverflowError, "too many texts");
        else if (split_all(held) == 0) capsule = PyCapsule_New(held, CAPSULE, release);
    }
    if (capsule) return capsule;
    Py_CLEAR(held->texts);
    free_words(held);
    PyMem_Free(held);
    return NULL;
}

PyDoc_STRVAR(block_words_doc,
"block_words(texts)\n--\n\n"
"Split the texts of all blocks; see cleanbody.features.block_words.");
PyMethodDef block_words_methods[] = {
    {"block_words", native_block_words, METH_O, block_words_doc},
    {NULL, NULL, 0, NULL},
};
