/* Strings that are found by their bytes: each has a number, from 0. */

#include "lexicon.h"

enum { FIRST_SLOTS = 64 };

static void put(Strings *strings, String string) {
    uint32_t slot = string.hash;
    while (strings->slots[slot & strings->mask].number) slot++;
    strings->slots[slot & strings->mask] = string;
}

static int more_slots(Strings *strings) {
    uint32_t before = strings->slots ? strings->mask + 1 : 0, slots = before ? 2 * before : FIRST_SLOTS;
    String *old = strings->slots, *made = PyMem_Calloc(slots, sizeof *made);
    if (!made) return -1;
    strings->slots = made;
    strings->mask = slots - 1;
    for (uint32_t i = 0; i < before; i++)
        if (old[i].number) put(strings, old[i]);
    PyMem_Free(old);
    return 0;
}

static int more_bytes(Strings *strings, Py_ssize_t size) {
    if (!strings->bytes || size > strings->room - strings->used) {
        Py_ssize_t room = 2 * (strings->used + size) + 64;
        unsigned char *bytes = room < INT32_MAX ? PyMem_Realloc(strings->bytes, (size_t)room) : NULL;
        if (!bytes) return -1;
        strings->bytes = bytes;
        strings->room = room;
    }
    return 0;
}

int32_t strings_add(Strings *strings, const unsigned char *data, Py_ssize_t size) {
    unsigned char begin[8] = {0};
    memcpy(begin, data, size < 8 ? (size_t)size : 8);
    uint64_t hash = token_hash(size < 8 ? begin : data, (size_t)size);
    int32_t found = strings_find(strings, data, size, hash);
    if (found >= 0) return found;
    int full = !strings->slots || (uint32_t)strings->count >= (strings->mask + 1) / 2;
    if (size >= INT32_MAX / 4 || (full && more_slots(strings) < 0) || more_bytes(strings, size) < 0) {
        PyErr_NoMemory();
        return -1;
    }
    uint32_t folded = strings_fold(hash);
    memcpy(strings->bytes + strings->used, data, (size_t)size);
    put(strings, (String){folded, (uint32_t)strings->used, (uint32_t)size, strings->count + 1});
    strings->sieve[folded >> 6 & 255] |= UINT64_C(1) << (folded & 63);
    strings->used += size;
    return strings->count++;
}

void strings_free(Strings *strings) {
    PyMem_Free(strings->slots);
    PyMem_Free(strings->bytes);
}
