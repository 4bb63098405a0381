/* The phrases in flat tables, made of what the data file holds. Twin: cleanbody.lexicon.phrases (Phrases). */

#include "lexicon.h"

static const char *const CAPSULE = "cleanbody._native.phrases";
enum { MODES = 5, MOST_KINDS = 1000, MOST_BYTES = 200, MOST_ITEMS = 1 << 28 };

const Trie *trie_of(PyObject *capsule) { return PyCapsule_GetPointer(capsule, CAPSULE); }

static void free_trie(Trie *trie) {
    Py_XDECREF(trie->letters_capsule);
    names_free(&trie->names);
    PyMem_Free(trie->plain);
    PyMem_Free(trie->forms_memory);
    PyMem_Free(trie->firsts);
    PyMem_Free(trie->pairs);
    PyMem_Free(trie->nodes);
    PyMem_Free(trie->children);
    PyMem_Free(trie->numbers);
    PyMem_Free(trie->starts[ANYWHERE]);
    PyMem_Free(trie->starts[FRONT]);
    PyMem_Free(trie);
}

static void release(PyObject *capsule) { free_trie(PyCapsule_GetPointer(capsule, CAPSULE)); }

/* Room for `more` items after `count` in an array; -1 and an exception otherwise. */
static int grow(void **items, size_t itemsize, int32_t count, int32_t *room, Py_ssize_t more) {
    if (more > MOST_ITEMS - count) {
        PyErr_NoMemory();
        return -1;
    }
    if (count + more <= *room) return 0;
    size_t wanted = 2 * (size_t)(count + more);
    void *made = PyMem_Realloc(*items, wanted * itemsize);
    if (!made) {
        PyErr_NoMemory();
        return -1;
    }
    *items = made;
    *room = (int32_t)wanted;
    return 0;
}

static int add_number(Trie *trie, int32_t number) {
    if (grow((void **)&trie->numbers, sizeof *trie->numbers, trie->number_count, &trie->number_room, 1) < 0) return -1;
    trie->numbers[trie->number_count++] = number;
    return 0;
}

static int32_t add_token(Trie *trie, const char *bytes, Py_ssize_t size) {
    unsigned char padded[MOST_BYTES + 8] = {0};
    if (size > MOST_BYTES) {
        PyErr_SetString(PyExc_ValueError, "phrases: a token is too long");
        return -1;
    }
    memcpy(padded, bytes, (size_t)size);
    if (size > trie->longest) trie->longest = size;
    return (int32_t)names_add_hashed(&trie->names, token_hash(padded, (size_t)size), padded, (size_t)size);
}

static long code_of(const Trie *trie, PyObject *code) {
    long value = PyLong_Check(code) ? PyLong_AsLong(code) : -1;
    if (value >= 0 && value < trie->kinds * MODES) return value;
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "phrases: a code that there is not");
    return -1;
}

/* --- from dicts to nodes ------------------------------------------------------------------------------------------ */

static Ref add_value(Trie *trie, PyObject *value);

/* The rest of a single phrase, tokens parted by spaces and its code. */
static Ref add_rest(Trie *trie, PyObject *value) {
    Py_ssize_t size;
    const char *bytes = PyUnicode_AsUTF8AndSize(value, &size);
    if (!bytes) return NOTHING;
    int32_t at = trie->number_count, count = 0;
    if (add_number(trie, 0) < 0) return NOTHING;
    const char *end = bytes + size, *space;
    while ((space = memchr(bytes, ' ', (size_t)(end - bytes)))) {
        int32_t token = add_token(trie, bytes, space - bytes);
        if (token < 0 || add_number(trie, token) < 0) return NOTHING;
        bytes = space + 1;
        count++;
    }
    long code = 0;
    if (!count || bytes == end || end - bytes > 5) code = -1;
    for (; code >= 0 && bytes < end; bytes++) code = *bytes >= '0' && *bytes <= '9' ? 10 * code + *bytes - '0' : -1;
    if (code < 0 || code >= trie->kinds * MODES) {
        PyErr_SetString(PyExc_ValueError, "phrases: what goes on from a token ends in no code");
        return NOTHING;
    }
    trie->numbers[at] = count;
    return add_number(trie, (int32_t)code) < 0 ? NOTHING : REF(REST, at);
}

static int add_codes(Trie *trie, int32_t node, PyObject *codes) {
    PyObject *held = PySequence_Fast(codes, "phrases: a list of codes");
    if (!held) return -1;
    int result = -1;
    trie->nodes[node].codes = trie->number_count;
    trie->nodes[node].code_count = (int32_t)PySequence_Fast_GET_SIZE(held);
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(held); i++) {
        long code = code_of(trie, PySequence_Fast_GET_ITEM(held, i));
        if (code < 0 || add_number(trie, (int32_t)code) < 0) goto done;
    }
    result = 0;
done:
    Py_DECREF(held);
    return result;
}

static int by_token(const void *a, const void *b) {
    int32_t one = ((const Child *)a)->token, other = ((const Child *)b)->token;
    return (one > other) - (one < other);
}

/* Put what follows `key` where it belongs; `child` is the next free place for a token's. */
static int add_key(Trie *trie, int32_t node, const char *key, Py_ssize_t size, PyObject *value, int32_t *child) {
    if (!size) return add_codes(trie, node, value);
    Ref ref = add_value(trie, value);
    if (!ref) return -1;
    if (size == 2 && !memcmp(key, "%s", 2)) {
        trie->nodes[node].gap = ref;
    } else if (size == 2 && !memcmp(key, "%n", 2)) {
        trie->nodes[node].name = ref;
    } else {
        int32_t token = add_token(trie, key, size);
        if (token < 0) return -1;
        trie->children[(*child)++] = (Child){token, ref};
    }
    return 0;
}

static int32_t add_node(Trie *trie, PyObject *table) {
    Py_ssize_t place = 0, most = PyDict_GET_SIZE(table), seen = 0;
    if (grow((void **)&trie->nodes, sizeof *trie->nodes, trie->node_count, &trie->node_room, 1) < 0) return -1;
    if (grow((void **)&trie->children, sizeof *trie->children, trie->child_count, &trie->child_room, most) < 0)
        return -1;
    int32_t node = trie->node_count++, first = trie->child_count, child = first;
    trie->nodes[node] = (Node){.children = first};
    trie->child_count += (int32_t)most;
    PyObject *key, *value;
    while (PyDict_Next(table, &place, &key, &value)) {
        Py_ssize_t size;
        const char *bytes = PyUnicode_AsUTF8AndSize(key, &size);
        if (!bytes || ++seen > most || add_key(trie, node, bytes, size, value, &child) < 0) return -1;
    }
    trie->nodes[node].child_count = child - first;
    qsort(trie->children + first, (size_t)(child - first), sizeof *trie->children, by_token);
    return node;
}

static Ref add_value(Trie *trie, PyObject *value) {
    if (PyUnicode_Check(value)) return add_rest(trie, value);
    if (!PyDict_Check(value)) {
        long code = code_of(trie, value);
        return code < 0 ? NOTHING : REF(CODE, code);
    }
    if (Py_EnterRecursiveCall(" in phrases")) return NOTHING;
    int32_t node = add_node(trie, value);
    Py_LeaveRecursiveCall();
    return node < 0 ? NOTHING : REF(NODE, node);
}

/* --- the table ---------------------------------------------------------------------------------------------------- */

/* Each string's number is that of its plain form, and whether that is one character of a script without spaces. */
static int add_forms(Trie *trie, PyObject *accented) {
    Py_ssize_t place = 0, size;
    PyObject *key, *value;
    while (PyDict_Next(accented, &place, &key, &value))
        for (int i = 0; i < 2; i++) {
            const char *bytes = PyUnicode_AsUTF8AndSize(i ? value : key, &size);
            if (!bytes || add_token(trie, bytes, size) < 0) return -1;
        }
    if ((trie->number = add_token(trie, "#", 1)) < 0) return -1;
    trie->plain = PyMem_Calloc((size_t)trie->names.count, sizeof *trie->plain);
    if (!trie->plain) {
        PyErr_NoMemory();
        return -1;
    }
    for (int32_t i = 0; i < (int32_t)trie->names.count; i++) trie->plain[i] = i;
    place = 0;
    while (PyDict_Next(accented, &place, &key, &value)) {
        const char *bytes = PyUnicode_AsUTF8AndSize(key, &size);
        int32_t raw = bytes ? add_token(trie, bytes, size) : -1;
        bytes = raw < 0 ? NULL : PyUnicode_AsUTF8AndSize(value, &size);
        int32_t plain = bytes ? add_token(trie, bytes, size) : -1;
        if (plain < 0) return -1;
        trie->plain[raw] = plain;
    }
    return 0;
}

/* The strings of each plain form, one behind the other: itself and those with accents. */
typedef struct {
    uint64_t *hashes;
    int32_t *heads, *nexts; /* a number + 1; 0: none */
} Forms;

static void mark(Trie *trie, const Forms *forms, int32_t token, int what) {
    for (int32_t form = forms->heads[token]; form; form = forms->nexts[form - 1])
        *first_of(trie, forms->hashes[form - 1]) |= (unsigned char)what;
}

static void mark_pair(Trie *trie, const Forms *forms, int32_t first, int32_t second) {
    for (int32_t a = forms->heads[first]; a; a = forms->nexts[a - 1])
        for (int32_t b = forms->heads[second]; b; b = forms->nexts[b - 1]) {
            uint32_t bit = pair_of(forms->hashes[a - 1], forms->hashes[b - 1]);
            trie->pairs[bit / 64] |= (uint64_t)1 << bit % 64;
        }
}

/* What may stand in a place: a token and what follows it. */
static void mark_start(Trie *trie, const Forms *forms, Child start, int place) {
    int shift = BITS_OF_PLACE * place, kind = REF_KIND(start.ref);
    const Node *node = kind == NODE ? &trie->nodes[REF_AT(start.ref)] : NULL;
    mark(trie, forms, start.token, BEGINS << shift);
    if (kind == CODE || (node && (node->code_count || node->gap || node->name)))
        mark(trie, forms, start.token, ALONE << shift);
    if (kind == REST) mark_pair(trie, forms, start.token, trie->numbers[REF_AT(start.ref) + 1]);
    for (int32_t i = 0; node && i < node->child_count; i++)
        mark_pair(trie, forms, start.token, trie->children[node->children + i].token);
}

/* Mark what may stand in a place; 0 where that is more than tokens. */
static int mark_place(Trie *trie, const Forms *forms, Ref ref, int place) {
    if (!ref) return 1;
    if (REF_KIND(ref) == CODE) return 0;
    if (REF_KIND(ref) == REST) {
        mark(trie, forms, trie->numbers[REF_AT(ref) + 1], (BEGINS | ALONE) << BITS_OF_PLACE * place);
        return 1;
    }
    const Node *node = &trie->nodes[REF_AT(ref)];
    for (int32_t i = 0; i < node->child_count; i++)
        mark_start(trie, forms, trie->children[node->children + i], place);
    return !node->code_count && !node->gap && !node->name;
}

static void mark_all(Trie *trie, const Forms *forms) {
    const Node *front = &trie->nodes[trie->roots[FRONT]];
    mark_place(trie, forms, REF(NODE, trie->roots[ANYWHERE]), IN_ANY);
    mark_place(trie, forms, REF(NODE, trie->roots[FRONT]), IN_FRONT);
    int gap = mark_place(trie, forms, front->gap, BEHIND_GAP), name = mark_place(trie, forms, front->name, BEHIND_NAME);
    trie->front_is_plain = !front->code_count && gap && name;
}

static int add_firsts(Trie *trie) {
    size_t count = (size_t)trie->names.count;
    Forms forms = {PyMem_Calloc(count, sizeof *forms.hashes), PyMem_Calloc(count, sizeof *forms.heads),
                   PyMem_Calloc(count, sizeof *forms.nexts)};
    trie->firsts = PyMem_Calloc(1 << FIRST_BITS, 1);
    trie->pairs = PyMem_Calloc((1 << PAIR_BITS) / 64, sizeof *trie->pairs);
    int done = forms.hashes && forms.heads && forms.nexts && trie->firsts && trie->pairs;
    for (size_t i = 0; done && i < count; i++) {
        forms.hashes[i] = trie->names.items[i].hash;
        forms.nexts[i] = forms.heads[trie->plain[i]];
        forms.heads[trie->plain[i]] = (int32_t)i + 1;
    }
    if (done) {
        trie->number_hash = forms.hashes[trie->number];
        mark_all(trie, &forms);
    } else {
        PyErr_NoMemory();
    }
    PyMem_Free(forms.hashes);
    PyMem_Free(forms.heads);
    PyMem_Free(forms.nexts);
    return done ? 0 : -1;
}

static int add_short_forms(Trie *trie) {
    size_t slots = 64;
    while (slots < 2 * (size_t)trie->names.count) slots *= 2;
    trie->forms_memory = PyMem_Calloc(slots + 1, sizeof(Form));
    if (!trie->forms_memory) {
        PyErr_NoMemory();
        return -1;
    }
    trie->forms = (Form *)(((uintptr_t)trie->forms_memory + sizeof(Form) - 1) / sizeof(Form) * sizeof(Form));
    trie->forms_mask = slots - 1;
    for (uint32_t i = 0; i < trie->names.count; i++) {
        const Name *name = &trie->names.items[i];
        size_t slot = name->hash;
        if (!name->size || name->size > SHORT_FORM) continue;
        while (trie->forms[slot & trie->forms_mask].size) slot++;
        Form *form = &trie->forms[slot & trie->forms_mask];
        *form = (Form){(uint32_t)(name->hash >> 32), trie->plain[i], (unsigned char)name->size, {0}};
        memcpy(form->bytes, trie->names.bytes + name->begin, name->size);
    }
    return 0;
}

static int add_starts(Trie *trie) {
    size_t count = (size_t)trie->names.count;
    for (int which = ANYWHERE; which <= FRONT; which++) {
        const Node *root = &trie->nodes[trie->roots[which]];
        if (!(trie->starts[which] = PyMem_Calloc(count, sizeof(Ref)))) {
            PyErr_NoMemory();
            return -1;
        }
        for (int32_t i = 0; i < root->child_count; i++) {
            Child child = trie->children[root->children + i];
            trie->starts[which][child.token] = child.ref;
        }
    }
    return add_short_forms(trie) < 0 ? -1 : add_firsts(trie);
}

PyObject *native_phrases(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *letters_capsule, *accented, *anywhere, *front;
    Py_ssize_t kinds;
    if (!PyArg_ParseTuple(args, "OO!O!O!n:phrases", &letters_capsule, &PyDict_Type, &accented, &PyDict_Type, &anywhere,
                          &PyDict_Type, &front, &kinds))
        return NULL;
    const Letters *letters = letters_of(letters_capsule);
    if (!letters) return NULL;
    if (kinds < 0 || kinds > MOST_KINDS)
        return PyErr_Format(PyExc_ValueError, "phrases: more than %d kinds", MOST_KINDS);
    Trie *trie = PyMem_Calloc(1, sizeof *trie);
    if (!trie) return PyErr_NoMemory();
    trie->letters_capsule = Py_NewRef(letters_capsule);
    trie->letters = letters;
    trie->kinds = kinds;
    PyObject *capsule = NULL;
    if ((trie->roots[ANYWHERE] = add_node(trie, anywhere)) >= 0 && (trie->roots[FRONT] = add_node(trie, front)) >= 0
        && add_forms(trie, accented) == 0 && add_starts(trie) == 0)
        capsule = PyCapsule_New(trie, CAPSULE, release);
    if (!capsule) free_trie(trie);
    return capsule;
}

const char native_phrases_doc[] = PyDoc_STR(
"phrases(letters, accented, anywhere, front, kinds)\n--\n\n"
"The phrases for `match` and `phrase_columns`: plain forms of tokens with accents, and two tries as\n"
"`cleanbody.lexicon.phrases` has them, with codes of so many kinds.");
