/* Distinct strings of bytes and their numbers: a hash table that is asked with bytes as they lie in a text. */

#include "native.h"

uint64_t names_key[2];

int names_setup(void) {
    PyObject *text = PyUnicode_FromString("cleanbody._native.names");
    if (!text) return -1;
    uint64_t hash = (uint64_t)PyObject_Hash(text); /* Python's own key is in it */
    names_key[0] = names_mix(hash, UINT64_C(0x9E3779B97F4A7C15));
    names_key[1] = names_mix(hash, UINT64_C(0xA0761D6478BD642F));
    Py_DECREF(text);
    return 0;
}

/* Most are short, and where hashes agree most are the same. */
static inline int same(const unsigned char *a, const unsigned char *b, size_t size) {
    if (size < 4 || size > 16) return !memcmp(a, b, size);
    if (size <= 8) return load32(a) == load32(b) && load32(a + size - 4) == load32(b + size - 4);
    return load64(a) == load64(b) && load64(a + size - 8) == load64(b + size - 8);
}

static inline uint64_t filled(uint64_t hash, uint32_t id) { return (hash >> 32 << 32) | ((uint64_t)id + 1); }

/* The slot of a name, or the empty one that it belongs in. */
static inline size_t slot_of(const Names *names, uint64_t hash, const unsigned char *bytes, size_t size) {
    size_t slot = (size_t)hash & (names->slot_count - 1);
    for (uint64_t held; (held = names->slots[slot]); slot = (slot + 1) & (names->slot_count - 1)) {
        if ((held ^ hash) >> 32) continue;
        const Name *found = &names->items[(uint32_t)held - 1];
        if (found->size == size && same(names->bytes + found->begin, bytes, size)) break;
    }
    return slot;
}

static int no_memory(void) {
    PyErr_NoMemory();
    return -1;
}

enum { LEAST_SLOTS = 1024 };

static int grow_slots(Names *names) {
    size_t count = names->slot_count ? 2 * names->slot_count : LEAST_SLOTS;
    uint64_t *slots = PyMem_RawCalloc(count, sizeof *slots);
    if (!slots) return no_memory();
    for (uint32_t i = 0; i < names->count; i++) {
        size_t slot = (size_t)names->items[i].hash & (count - 1);
        while (slots[slot]) slot = (slot + 1) & (count - 1);
        slots[slot] = filled(names->items[i].hash, i);
    }
    PyMem_RawFree(names->slots);
    names->slots = slots;
    names->slot_count = names->slot_room = count;
    return 0;
}

static int make_room(Names *names, size_t size) {
    if (names->count == UINT32_MAX - 1) return no_memory();
    if (names->count >= names->slot_count / 2 && grow_slots(names) < 0) return -1;
    if (names->count == names->room) {
        size_t room = names->room ? 2 * names->room : 512;
        Name *items = PyMem_RawRealloc(names->items, room * sizeof *items);
        if (!items) return no_memory();
        names->items = items;
        names->room = room;
    }
    if (names->bytes_room - names->used < size || !names->bytes) {
        size_t room = 2 * (names->used + size) + 1024;
        unsigned char *bytes = PyMem_RawRealloc(names->bytes, room);
        if (!bytes) return no_memory();
        names->bytes = bytes;
        names->bytes_room = room;
    }
    return 0;
}

int64_t names_add_hashed(Names *names, uint64_t hash, const unsigned char *bytes, size_t size) {
    if (names->slots) {
        size_t slot = slot_of(names, hash, bytes, size);
        if (names->slots[slot]) return (uint32_t)names->slots[slot] - 1;
    }
    if (make_room(names, size) < 0) return -1;
    size_t slot = slot_of(names, hash, bytes, size);
    memcpy(names->bytes + names->used, bytes, size);
    names->items[names->count] = (Name){hash, names->used, size};
    names->used += size;
    names->slots[slot] = filled(hash, names->count);
    return names->count++;
}

int64_t names_find_hashed(const Names *names, uint64_t hash, const unsigned char *bytes, size_t size) {
    return names->slots ? (int64_t)(uint32_t)names->slots[slot_of(names, hash, bytes, size)] - 1 : -1;
}

int64_t names_add(Names *names, const unsigned char *bytes, size_t size) {
    return names_add_hashed(names, names_hash(bytes, size), bytes, size);
}

int64_t names_find(const Names *names, const unsigned char *bytes, size_t size) {
    return names_find_hashed(names, names_hash(bytes, size), bytes, size);
}

void names_clear(Names *names) {
    size_t mask = names->slot_count - 1;
    if (names->count > names->slot_count / 32) {
        memset(names->slots, 0, names->slot_count * sizeof *names->slots);
    } else { /* slot by slot; the way to one leads over others that are empty by now */
        for (uint32_t i = 0; i < names->count; i++) {
            size_t slot = (size_t)names->items[i].hash & mask;
            while ((uint32_t)names->slots[slot] != i + 1) slot = (slot + 1) & mask;
            names->slots[slot] = 0;
        }
    }
    names->used = names->count = 0;
}

void names_expect(Names *names, size_t count) {
    size_t slots = LEAST_SLOTS;
    while (slots < names->slot_room && slots / 2 < count) slots *= 2;
    if (slots < names->slot_room) names->slot_count = slots;
    else names->slot_count = names->slot_room;
}

void names_free(Names *names) {
    PyMem_RawFree(names->slots);
    PyMem_RawFree(names->items);
    PyMem_RawFree(names->bytes);
    *names = (Names){0};
}
