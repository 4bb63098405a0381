/* A table of element names: what is known of each, found by its bytes in any case. Made of a dict, so that the names
   themselves stand in one place, the Python twin. */

#include "ascii.h"

static const char *const CAPSULE = "cleanbody._native.tags";

static int lower(unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

/* The first eight bytes of a name, all of them if it is no longer; 0 where one is beyond ASCII. */
static inline uint64_t first_of(const unsigned char *name, Py_ssize_t size) {
    uint64_t key;
    if (size >= 8) key = load64(name);
    else if (size >= 4) key = load32(name) | load32(name + size - 4) << 32;
    else key = (uint64_t)name[0] | (uint64_t)name[size >> 1] << 8 | (uint64_t)name[size - 1] << 16;
    return key & EACH(0x80) ? 0 : key;
}
static inline uint64_t lowered(uint64_t key) {
    return key | ((key + EACH(0x80 - 'A')) & ~(key + EACH(0x7F - 'Z')) & EACH(0x80)) >> 2;
}

static inline uint32_t slot_of(uint64_t key, Py_ssize_t size) {
    return (uint32_t)((key ^ (uint64_t)size) * UINT64_C(0x9E3779B97F4A7C15) >> 32);
}

int same_name(const unsigned char *a, const unsigned char *b, Py_ssize_t size) {
    for (Py_ssize_t i = 0; i < size; i++)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return 0;
    return 1;
}

/* The names of more than eight bytes are few; `slot` is where they begin to be looked for. */
static int find_long(const Tags *tags, const unsigned char *name, Py_ssize_t size, uint32_t slot) {
    for (;; slot++) {
        int found = tags->slots[slot & (TAG_SLOTS - 1)] - 1;
        if (found < 0) return -1;
        const unsigned char *known = (const unsigned char *)tags->names[found];
        if (tags->sizes[found] == size && same_name(name, known, size)) return found;
    }
}

int tags_find_cased(const Tags *tags, const unsigned char *name, Py_ssize_t size, int *is_lower) {
    if (size < 1 || size > MAX_TAG_NAME) return -1;
    uint64_t first = first_of(name, size), key = lowered(first);
    uint32_t slot = slot_of(key, size);
    *is_lower = first == key;
    if (!key) return -1;
    if (size > 8) {
        for (Py_ssize_t i = 8; i < size; i++) *is_lower &= name[i] < 'A' || name[i] > 'Z';
        return find_long(tags, name, size, slot);
    }
    for (;; slot++) {
        int found = tags->slots[slot & (TAG_SLOTS - 1)] - 1;
        if (found < 0 || (tags->keys[found] == key && tags->sizes[found] == size)) return found;
    }
}

int tags_find(const Tags *tags, const unsigned char *name, Py_ssize_t size) {
    int is_lower;
    return tags_find_cased(tags, name, size, &is_lower);
}

static void release(PyObject *capsule) { PyMem_Free(PyCapsule_GetPointer(capsule, CAPSULE)); }

static PyObject *native_tags(PyObject *self, PyObject *table) {
    (void)self;
    if (!PyDict_Check(table)) return PyErr_Format(PyExc_TypeError, "tags: a dict, not %.100s", Py_TYPE(table)->tp_name);
    if (PyDict_Size(table) > MAX_TAGS) return PyErr_Format(PyExc_ValueError, "tags: more than %d names", MAX_TAGS);
    Tags *tags = PyMem_Calloc(1, sizeof(Tags));
    if (!tags) return PyErr_NoMemory();
    PyObject *key, *value;
    Py_ssize_t place = 0;
    int count = 0;
    while (PyDict_Next(table, &place, &key, &value)) {
        unsigned long flags = PyLong_Check(value) ? PyLong_AsUnsignedLong(value) : 0;
        if (PyErr_Occurred()) goto failed;
        Py_ssize_t length = PyBytes_Check(key) ? PyBytes_GET_SIZE(key) : 0;
        if (!PyLong_Check(value) || length < 1 || length > MAX_TAG_NAME) {
            PyErr_SetString(PyExc_ValueError, "tags: names are short bytes, what is known of them is a number");
            goto failed;
        }
        Py_ssize_t size = PyBytes_GET_SIZE(key);
        memcpy(tags->names[count], PyBytes_AS_STRING(key), (size_t)size);
        tags->sizes[count] = (unsigned char)size;
        tags->flags[count] = (uint32_t)flags;
        tags->keys[count] = first_of((const unsigned char *)tags->names[count], size);
        if (!tags->keys[count]) {
            PyErr_SetString(PyExc_ValueError, "tags: a name beyond ASCII");
            goto failed;
        }
        uint32_t slot = slot_of(tags->keys[count], size);
        while (tags->slots[slot & (TAG_SLOTS - 1)]) slot++;
        tags->slots[slot & (TAG_SLOTS - 1)] = (int16_t)++count;
    }
    PyObject *capsule = PyCapsule_New(tags, CAPSULE, release);
    if (!capsule) PyMem_Free(tags);
    return capsule;
failed:
    PyMem_Free(tags);
    return NULL;
}

const Tags *tags_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, CAPSULE); }

PyDoc_STRVAR(tags_doc,
"tags(table)\n--\n\n"
"A table of element names (bytes, lower case) and what is known of them (bits), for the other functions.");

PyMethodDef tags_methods[] = {
    {"tags", native_tags, METH_O, tags_doc},
    {NULL, NULL, 0, NULL},
};
