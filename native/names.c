/* Distinct strings of bytes and their numbers: a hash table that is asked with bytes as they lie in a text. */

#include "native.h"

static uint64_t key; /* of this process; never 0 once it is set */

static int set_key(void) {
    PyObject *text = PyUnicode_FromString("cleanbody._native.names");
    if (!text) return -1;
    key = (uint64_t)PyObject_Hash(text) * UINT64_C(0x9E3779B97F4A7C15) | 1; /* Python's own key is in it */
    Py_DECREF(text);
    return 0;
}

/* Both halves of the product, one upon the other. */
static inline uint64_t mix(uint64_t a, uint64_t b) {
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t al = (uint32_t)a, ah = a >> 32, bl = (uint32_t)b, bh = b >> 32;
    uint64_t low = al * bl, one = ah * bl + (low >> 32), two = al * bh + (uint32_t)one;
    return (a * b) ^ (ah * bh + (one >> 32) + (two >> 32));
#endif
}

static inline uint64_t load64(const unsigned char *p) {
    uint64_t value;
    memcpy(&value, p, 8);
    return value;
}

static inline uint64_t load32(const unsigned char *p) {
    uint32_t value;
    memcpy(&value, p, 4);
    return value;
}

static inline uint64_t hash_of(const unsigned char *p, size_t size) {
    uint64_t hash = key ^ size;
    size_t left = size;
    for (; left > 8; left -= 8, p += 8) hash = mix(hash ^ load64(p), UINT64_C(0xA0761D6478BD642F));
    uint64_t tail = left >= 4 ? load32(p) << 32 | load32(p + left - 4)
                    : left    ? (uint64_t)p[0] << 16 | (uint64_t)p[left >> 1] << 8 | p[left - 1]
                              : 0;
    return mix(hash ^ tail, UINT64_C(0xE7037ED1A0B428DB));
}

/* The slot of a name, or the empty one that it belongs in. */
static inline size_t slot_of(const Names *names, uint64_t hash, const unsigned char *bytes, size_t size) {
    size_t slot = (size_t)hash & (names->slot_count - 1);
    for (; names->slots[slot]; slot = (slot + 1) & (names->slot_count - 1)) {
        const Name *found = &names->items[names->slots[slot] - 1];
        if (found->hash == hash && found->size == size && !memcmp(names->bytes + found->begin, bytes, size)) break;
    }
    return slot;
}

static int no_memory(void) {
    PyErr_NoMemory();
    return -1;
}

static int grow_slots(Names *names) {
    size_t count = names->slot_count ? 2 * names->slot_count : 256;
    uint32_t *slots = PyMem_RawCalloc(count, sizeof *slots);
    if (!slots) return no_memory();
    for (uint32_t i = 0; i < names->count; i++) {
        size_t slot = (size_t)names->items[i].hash & (count - 1);
        while (slots[slot]) slot = (slot + 1) & (count - 1);
        slots[slot] = i + 1;
    }
    PyMem_RawFree(names->slots);
    names->slots = slots;
    names->slot_count = count;
    return 0;
}

static int make_room(Names *names, size_t size) {
    if (!key && set_key() < 0) return -1;
    if (names->count == UINT32_MAX - 1) return no_memory();
    if (names->count >= names->slot_count / 2 && grow_slots(names) < 0) return -1;
    if (names->count == names->room) {
        size_t room = names->room ? 2 * names->room : 128;
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

int64_t names_add(Names *names, const unsigned char *bytes, size_t size) {
    uint64_t hash = 0;
    size_t slot = 0;
    if (names->slots) {
        hash = hash_of(bytes, size);
        slot = slot_of(names, hash, bytes, size);
        if (names->slots[slot]) return names->slots[slot] - 1;
    }
    size_t slots = names->slot_count;
    if (make_room(names, size) < 0) return -1;
    if (names->slot_count != slots) {
        hash = hash_of(bytes, size);
        slot = slot_of(names, hash, bytes, size);
    }
    memcpy(names->bytes + names->used, bytes, size);
    names->items[names->count] = (Name){hash, names->used, size};
    names->used += size;
    names->slots[slot] = ++names->count;
    return names->count - 1;
}

int64_t names_find(const Names *names, const unsigned char *bytes, size_t size) {
    if (!names->slots) return -1;
    return (int64_t)names->slots[slot_of(names, hash_of(bytes, size), bytes, size)] - 1;
}

void names_clear(Names *names) {
    if (names->slots) memset(names->slots, 0, names->slot_count * sizeof *names->slots);
    names->used = names->count = 0;
}

void names_free(Names *names) {
    PyMem_RawFree(names->slots);
    PyMem_RawFree(names->items);
    PyMem_RawFree(names->bytes);
    *names = (Names){0};
}
