/* Strings that are found by their bytes: each has a number, from 0. */

#include "native.h"

enum { FIRST_SLOTS = 64 };

uint64_t strings_hash(const unsigned char *data, Py_ssize_t size) {
    uint64_t hash = STRINGS_SEED;
    for (Py_ssize_t i = 0; i < size; i++) hash = STRINGS_STEP(hash, data[i]);
    return hash;
}

/* FNV leaves its best bits on top. */
static uint32_t fold(uint64_t hash) { return (uint32_t)(hash ^ hash >> 32); }

int32_t strings_find(const Strings *strings, const unsigned char *data, Py_ssize_t size, uint64_t hash) {
    if (!strings->count) return -1;
    uint32_t folded = fold(hash);
    for (uint32_t slot = folded;; slot++) {
        int32_t found = strings->slots[slot & strings->mask] - 1;
        if (found < 0) return -1;
        const String *string = &strings->items[found];
        if (string->hash != folded || string->size != (uint32_t)size) continue;
        if (!memcmp(strings->bytes + string->at, data, (size_t)size)) return found;
    }
}

static int more_slots(Strings *strings) {
    uint32_t slots = strings->slots ? 2 * (strings->mask + 1) : FIRST_SLOTS;
    int32_t *made = PyMem_Calloc(slots, sizeof *made);
    String *items = PyMem_Realloc(strings->items, slots / 2 * sizeof *items);
    if (items) strings->items = items;
    if (!made || !items) {
        PyMem_Free(made);
        return -1;
    }
    for (int32_t i = 0; i < strings->count; i++) {
        uint32_t slot = strings->items[i].hash;
        while (made[slot & (slots - 1)]) slot++;
        made[slot & (slots - 1)] = i + 1;
    }
    PyMem_Free(strings->slots);
    strings->slots = made;
    strings->mask = slots - 1;
    return 0;
}

static int more_bytes(Strings *strings, Py_ssize_t size) {
    if (size > strings->room - strings->used) {
        Py_ssize_t room = 2 * (strings->used + size);
        unsigned char *bytes = room < INT32_MAX ? PyMem_Realloc(strings->bytes, (size_t)room) : NULL;
        if (!bytes) return -1;
        strings->bytes = bytes;
        strings->room = room;
    }
    return 0;
}

int32_t strings_add(Strings *strings, const unsigned char *data, Py_ssize_t size) {
    uint64_t hash = strings_hash(data, size);
    int32_t found = strings_find(strings, data, size, hash);
    if (found >= 0) return found;
    int full = !strings->slots || (uint32_t)strings->count >= (strings->mask + 1) / 2;
    if (size >= INT32_MAX / 4 || (full && more_slots(strings) < 0) || more_bytes(strings, size) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    memcpy(strings->bytes + strings->used, data, (size_t)size);
    strings->items[strings->count] = (String){fold(hash), (uint32_t)strings->used, (uint32_t)size};
    strings->used += size;
    uint32_t slot = fold(hash);
    while (strings->slots[slot & strings->mask]) slot++;
    strings->slots[slot & strings->mask] = strings->count + 1;
    return strings->count++;
}

void strings_free(Strings *strings) {
    PyMem_Free(strings->slots);
    PyMem_Free(strings->items);
    PyMem_Free(strings->bytes);
}
