/* What texts have of the phrases. Twins: cleanbody.lexicon.phrases (Phrases.match), cleanbody.features.context
   (phrase_columns). */

#include "lexicon.h"

/* Also in cleanbody.lexicon.phrases. */
enum { HEAD_CHARACTERS = 280, TAIL_CHARACTERS = 160, HEAD_TOKENS = 64, TAIL_TOKENS = 32 };
enum { GAP_WORDS = 4, GAP_CHARACTERS = 12, MODES = 5, MOST_SEEN = HEAD_TOKENS + TAIL_TOKENS };
enum { ANY, EDGE, START, LABEL, WHOLE };

/* A phrase found, in the order in which it was found; later a hit, whose `end` is its length. */
typedef struct {
    int32_t kind, start, end, whole;
} Found;
typedef struct {
    Ref ref;
    int32_t at;
} Step;
typedef struct {
    const Trie *trie;
    PyObject *text;
    Bytes bytes;       /* of its tokens */
    Tokens all;        /* `first` holds those that are looked at */
    Py_ssize_t tokens; /* of the whole text */
    int32_t count, cut, lead, trail;
    Py_ssize_t label;          /* tokens before the first colon; -1: there is none, -2: not counted yet */
    Py_ssize_t capital_count;  /* -1: not read yet */
    char capitals[MOST_SEEN];
    Found *found;
    Step *steps;
    Py_ssize_t found_count, found_room, step_count, step_room;
} Seen;

/* --- what is looked at -------------------------------------------------------------------------------------------- */

/* The number of a token as it stands in the trie, or `UNKNOWN`. */
static int32_t ask_key(Seen *seen, Token *token) {
    const Trie *trie = seen->trie;
    const unsigned char *bytes = seen->bytes.data + token->at;
    if (token->size > (uint32_t)trie->longest) return token->key = UNKNOWN;
    if (token->size && token->size <= SHORT_FORM) {
        const Form *form = &trie->forms[token->hash & trie->forms_mask];
        for (size_t slot = token->hash; form->size; form = &trie->forms[++slot & trie->forms_mask]) {
            if (form->hash != token->hash >> 32 || form->size != token->size) continue;
            if (!memcmp(form->bytes, bytes, token->size)) return token->key = form->plain;
        }
        return token->key = UNKNOWN;
    }
    int64_t found = names_find_hashed(&trie->names, token->hash, bytes, token->size);
    return token->key = found >= 0 ? trie->plain[found] : UNKNOWN;
}

static inline int32_t key_at(Seen *seen, int32_t at) {
    Token *token = &seen->all.first[at];
    return token->key != UNASKED ? token->key : ask_key(seen, token);
}

/* The last `count` of all tokens, behind those that are there. */
static void add_last(Seen *seen, const Tokens *tokens, Py_ssize_t count) {
    for (Py_ssize_t i = tokens->count - count; i < tokens->count; i++)
        seen->all.first[seen->count++] = i < MOST_FIRST ? tokens->first[i] : tokens->last[i % MOST_LAST];
}

static Py_ssize_t least(Py_ssize_t a, Py_ssize_t b) { return a < b ? a : b; }

static int look_at_ends(Seen *seen, Py_ssize_t size) {
    Tokens tail, *head = &seen->all;
    tail.trie = seen->trie;
    tail.bytes = &seen->bytes;
    if (letters_tokens(seen->trie->letters, seen->text, 0, HEAD_CHARACTERS, head) < 0) return -1;
    if (letters_tokens(seen->trie->letters, seen->text, size - TAIL_CHARACTERS, size, &tail) < 0) return -1;
    Py_ssize_t first = head->count ? head->count - 1 : 0, last = tail.count ? tail.count - 1 : 0;
    unsigned long long scaled = (unsigned long long)(first + last) * (unsigned long long)size;
    seen->tokens = (Py_ssize_t)(scaled / (HEAD_CHARACTERS + TAIL_CHARACTERS));
    if (!first) return 0;
    seen->cut = seen->count = (int32_t)least(first, HEAD_TOKENS);
    add_last(seen, &tail, least(last, TAIL_TOKENS));
    if (seen->tokens < seen->count) seen->tokens = seen->count;
    return 0;
}

static int look(Seen *seen, PyObject *text) {
    Py_ssize_t size = PyUnicode_GET_LENGTH(text);
    const Token *tokens = seen->all.first;
    int32_t number = seen->trie->number;
    seen->text = text;
    seen->all.trie = seen->trie;
    seen->all.bytes = &seen->bytes;
    seen->bytes.used = 0;
    seen->count = seen->cut = seen->lead = seen->trail = 0;
    seen->found_count = 0;
    seen->label = -2;
    seen->capital_count = -1;
    if (size > HEAD_CHARACTERS + TAIL_CHARACTERS) return look_at_ends(seen, size);
    if (letters_tokens(seen->trie->letters, text, 0, size, &seen->all) < 0) return -1;
    seen->tokens = seen->all.count;
    if (seen->tokens > MOST_SEEN) {
        seen->count = seen->cut = HEAD_TOKENS;
        add_last(seen, &seen->all, TAIL_TOKENS); /* each lies further on than where it is put */
        return 0;
    }
    seen->count = (int32_t)seen->tokens;
    while (seen->lead < seen->count && tokens[seen->lead].key == number) seen->lead++;
    while (seen->trail < seen->count && tokens[seen->count - 1 - seen->trail].key == number) seen->trail++;
    return 0;
}

/* Whether the text's first colon stands after its first `end` tokens; -1 and an exception otherwise. */
static int is_label(Seen *seen, int32_t end) {
    if (seen->label == -2) {
        int kind = PyUnicode_KIND(seen->text);
        const void *data = PyUnicode_DATA(seen->text);
        Py_ssize_t last = least(PyUnicode_GET_LENGTH(seen->text), HEAD_CHARACTERS), colon = 0;
        for (; colon < last; colon++) {
            Py_UCS4 c = PyUnicode_READ(kind, data, colon);
            if (c == ':' || c == 0xff1a) break;
        }
        Tokens tokens;
        tokens.trie = seen->trie;
        tokens.bytes = &seen->bytes;
        if (colon < last && letters_tokens(seen->trie->letters, seen->text, 0, colon, &tokens) < 0) return -1;
        seen->label = colon < last ? tokens.count : -1;
    }
    return seen->label == end;
}

/* --- phrases found ------------------------------------------------------------------------------------------------ */

static int more_room(void **items, size_t itemsize, Py_ssize_t count, Py_ssize_t *room) {
    if (count < *room) return 0;
    void *made = *room < PY_SSIZE_T_MAX / 64 ? PyMem_Realloc(*items, (size_t)(2 * *room + 64) * itemsize) : NULL;
    if (!made) {
        PyErr_NoMemory();
        return -1;
    }
    *items = made;
    *room = 2 * *room + 64;
    return 0;
}

static int push(Seen *seen, Ref ref, int32_t at) {
    if (more_room((void **)&seen->steps, sizeof *seen->steps, seen->step_count, &seen->step_room) < 0) return -1;
    seen->steps[seen->step_count++] = (Step){ref, at};
    return 0;
}

/* Keep a phrase of tokens start <= i < end, if it may stand there. */
static int add_found(Seen *seen, int32_t code, int32_t start, int32_t end) {
    int32_t kind = code / MODES, mode = code % MODES;
    int whole = !seen->cut && start <= seen->lead && end >= seen->count - seen->trail;
    int stands = mode == ANY || (mode == EDGE && (!start || end == seen->count)) || whole || (!start && mode == START);
    if (!stands && !start && mode == LABEL && (stands = is_label(seen, end)) < 0) return -1;
    if (!stands) return 0;
    if (more_room((void **)&seen->found, sizeof *seen->found, seen->found_count, &seen->found_room) < 0) return -1;
    seen->found[seen->found_count++] = (Found){kind, start, end, whole && mode >= LABEL};
    return 0;
}

static Ref child_of(const Trie *trie, const Node *node, int32_t token) {
    const Child *children = trie->children + node->children;
    int32_t low = 0, high = node->child_count;
    if (token < 0) return NOTHING;
    while (low < high) {
        int32_t middle = (low + high) / 2;
        if (children[middle].token < token)
            low = middle + 1;
        else
            high = middle;
    }
    return low < node->child_count && children[low].token == token ? children[low].ref : NOTHING;
}

/* Whether anything may go on from there: spares the search where nothing does. */
static int goes_on(Seen *seen, Ref ref, int32_t at, int32_t last) {
    const Trie *trie = seen->trie;
    if (REF_KIND(ref) == CODE) return 1;
    if (REF_KIND(ref) == REST) return at < last && trie->numbers[REF_AT(ref) + 1] == key_at(seen, at);
    const Node *node = &trie->nodes[REF_AT(ref)];
    return node->code_count || node->gap || node->name || (at < last && child_of(trie, node, key_at(seen, at)));
}

static int32_t gap_end(const Seen *seen, int32_t at, int32_t last) {
    const Token *token = &seen->all.first[at];
    int32_t end = at + (is_solo(seen->bytes.data + token->at, token->size) ? GAP_CHARACTERS : GAP_WORDS);
    return end < last ? end : last;
}

static int may_name(Seen *seen, int32_t first, int32_t last) {
    if (seen->capital_count < 0) {
        Py_ssize_t size = least(PyUnicode_GET_LENGTH(seen->text), HEAD_CHARACTERS);
        seen->capital_count = letters_capitals(seen->trie->letters, seen->text, size, seen->capitals, MOST_SEEN);
        if (seen->capital_count < 0) return -1;
    }
    return last < seen->capital_count && seen->capitals[first] && seen->capitals[last];
}

/* Whether a token may stand in a place, judged by its hash and the next one's: most may not. */
static inline int may_be(const Seen *seen, int32_t at, int place) {
    const Trie *trie = seen->trie;
    const Token *token = &seen->all.first[at];
    int what = *first_of(trie, token->hash) >> BITS_OF_PLACE * place;
    if (!(what & BEGINS)) return 0;
    if (what & ALONE) return 1;
    if (at + 1 >= seen->count) return 0;
    uint32_t pair = pair_of(token->hash, token[1].hash);
    return trie->pairs[pair / 64] >> pair % 64 & 1;
}
static inline int may_be_front(const Seen *seen, int32_t at, int place) {
    return !seen->trie->front_is_plain || may_be(seen, at, place);
}

/* Go on behind gaps of any length from token `at` on; where a phrase in front begins with one, `place` is behind it. */
static int push_gaps(Seen *seen, Ref ref, int32_t at, int32_t last, int name, int place) {
    int32_t end = gap_end(seen, at, last);
    for (int32_t i = at + 1; i <= end; i++) {
        if (place && i < last && !may_be_front(seen, i, place)) continue;
        if (!goes_on(seen, ref, i, last)) continue;
        int may = name ? may_name(seen, at, i - 1) : 1;
        if (may < 0 || (may && push(seen, ref, i) < 0)) return -1;
    }
    return 0;
}

static int step_node(Seen *seen, const Node *node, const Ref *starts, int32_t start, int32_t at, int32_t last) {
    for (int32_t i = 0; i < node->code_count; i++)
        if (add_found(seen, seen->trie->numbers[node->codes + i], start, at) < 0) return -1;
    if (at == last) return 0;
    int front = starts == seen->trie->starts[FRONT];
    int begins = !front || may_be_front(seen, at, IN_FRONT);
    int32_t key = begins ? key_at(seen, at) : UNKNOWN;
    Ref child = !starts ? child_of(seen->trie, node, key) : key < 0 ? NOTHING : starts[key];
    if (child && push(seen, child, at + 1) < 0) return -1;
    if (node->gap && push_gaps(seen, node->gap, at, last, 0, front ? BEHIND_GAP : 0) < 0) return -1;
    return node->name && !start ? push_gaps(seen, node->name, at, last, 1, front ? BEHIND_NAME : 0) : 0;
}

static int step_rest(Seen *seen, const int32_t *rest, int32_t start, int32_t at, int32_t last) {
    int32_t size = rest[0];
    if (size > last - at) return 0;
    for (int32_t i = 0; i < size; i++)
        if (rest[i + 1] != key_at(seen, at + i)) return 0;
    return add_found(seen, rest[size + 1], start, at + size);
}

/* Find the phrases that start at a token and end at `last` or before. */
static int collect(Seen *seen, int which, int32_t start, int32_t last) {
    const Trie *trie = seen->trie;
    seen->step_count = 0;
    if (step_node(seen, &trie->nodes[trie->roots[which]], trie->starts[which], start, start, last) < 0) return -1;
    while (seen->step_count) {
        Step step = seen->steps[--seen->step_count];
        int32_t at = (int32_t)REF_AT(step.ref);
        int kind = REF_KIND(step.ref), result;
        if (kind == CODE)
            result = add_found(seen, at, start, step.at);
        else if (kind == REST)
            result = step_rest(seen, trie->numbers + at, start, step.at, last);
        else
            result = step_node(seen, &trie->nodes[at], NULL, start, step.at, last);
        if (result < 0) return -1;
    }
    return 0;
}

/* Whether a phrase may start at a token, judged by that and the next: most texts have few. */
static int may_start(Seen *seen, int32_t at) {
    const Trie *trie = seen->trie;
    if (!may_be(seen, at, IN_ANY)) return 0;
    Ref ref = key_at(seen, at) < 0 ? NOTHING : trie->starts[ANYWHERE][key_at(seen, at)];
    if (REF_KIND(ref) != NODE) return REF_KIND(ref) == CODE || (ref && goes_on(seen, ref, at + 1, seen->count));
    const Node *node = &trie->nodes[REF_AT(ref)];
    return node->code_count || node->gap || (at + 1 < seen->count && child_of(trie, node, key_at(seen, at + 1)));
}

/* Whether a phrase that must be in front may start at a token: with that, or with a gap or a name before another. */
static int may_start_front(const Seen *seen, int32_t at, int32_t last) {
    if (may_be_front(seen, at, IN_FRONT)) return 1;
    for (int32_t i = at + 1, end = gap_end(seen, at, last - 1); i <= end; i++)
        if (may_be(seen, i, BEHIND_GAP) || (!at && may_be(seen, i, BEHIND_NAME))) return 1;
    return 0;
}

static int search(Seen *seen) {
    int32_t count = seen->count, fronts = seen->lead < count ? seen->lead + 1 : 1, cut = seen->cut ? seen->cut : count;
    for (int32_t i = 0; count && i < fronts; i++)
        if (may_start_front(seen, i, cut) && collect(seen, FRONT, i, cut) < 0) return -1;
    for (int32_t i = 0; i < count; i++)
        if (may_start(seen, i) && collect(seen, ANYWHERE, i, i < seen->cut ? seen->cut : count) < 0) return -1;
    return 0;
}

/* --- hits --------------------------------------------------------------------------------------------------------- */

/* Insertion: few are found, most in order already, and those that are alike must stay so. */
static void sort_found(Found *found, Py_ssize_t count, int by_start) {
    for (Py_ssize_t i = 1; i < count; i++) {
        Found one = found[i];
        Py_ssize_t k = i;
        for (; k; k--) {
            Found *other = &found[k - 1];
            int32_t order = by_start ? other->start - one.start : other->kind - one.kind;
            if (!order) order = by_start ? other->kind - one.kind : other->start - one.start;
            if (!order && !by_start) order = one.end - other->end;
            if (order <= 0) break;
            found[k] = *other;
        }
        found[k] = one;
    }
}

/* Of the phrases of a kind the longest at each start, none overlapping the one before. */
static Py_ssize_t to_hits(Seen *seen) {
    Found *found = seen->found;
    Py_ssize_t kept = 0;
    int32_t kind = -1, free = -1, shift = (int32_t)least(seen->tokens - seen->count, INT32_MAX / 2);
    sort_found(found, seen->found_count, 0);
    for (Py_ssize_t i = 0; i < seen->found_count; i++) {
        Found one = found[i];
        if (one.kind != kind) free = -1;
        kind = one.kind;
        if (one.start < free) continue;
        free = one.end;
        int32_t start = one.start < seen->cut || !seen->cut ? one.start : one.start + shift;
        if (one.whole) /* numbers beside it belong to it */
            found[kept++] = (Found){kind, 0, seen->count, 0};
        else
            found[kept++] = (Found){kind, start, one.end - one.start, 0};
    }
    sort_found(found, kept, 1);
    return kept;
}

/* The number of hits in a text, which are then in `seen->found`; -1 and an exception otherwise. */
static Py_ssize_t match(Seen *seen, PyObject *text) {
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a text is a string");
        return -1;
    }
    if (look(seen, text) < 0 || search(seen) < 0) return -1;
    return seen->found_count ? to_hits(seen) : 0;
}

static void free_seen(Seen *seen) {
    PyMem_Free(seen->bytes.data);
    PyMem_Free(seen->found);
    PyMem_Free(seen->steps);
}

static PyObject *native_match(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *text, *result = NULL;
    if (!PyArg_ParseTuple(args, "OU:match", &capsule, &text)) return NULL;
    Seen seen = {.trie = trie_of(capsule)};
    if (!seen.trie) return NULL;
    Py_ssize_t count = match(&seen, text);
    PyObject *hits = count < 0 ? NULL : PyTuple_New(count);
    for (Py_ssize_t i = 0; hits && i < count; i++) {
        Found hit = seen.found[i];
        PyObject *made = Py_BuildValue("iii", hit.kind, hit.start, hit.end);
        if (made)
            PyTuple_SET_ITEM(hits, i, made);
        else
            Py_CLEAR(hits);
    }
    if (hits) result = Py_BuildValue("nN", seen.tokens, hits);
    free_seen(&seen);
    return result;
}

/* --- columns ------------------------------------------------------------------------------------------------------ */

enum { MOST_COLUMNS = 200 };
typedef struct {
    double *columns[MOST_COLUMNS];
    const int *starts, *opens; /* by kind the column that says so, or -1 */
    Py_ssize_t kinds, last[MOST_COLUMNS];
    int distances[MOST_COLUMNS], distance_count; /* the columns that `opens` names, each once */
    double most_words, least_share;
} Columns;

static void add_hits(const Seen *seen, Py_ssize_t count, const Columns *out, Py_ssize_t row) {
    double tokens = (double)(seen->tokens > 1 ? seen->tokens : 1);
    for (Py_ssize_t i = 0; i < count; i++) {
        Found hit = seen->found[i];
        out->columns[hit.kind][row] += hit.end / tokens;
        if (!hit.start && out->starts[hit.kind] >= 0) out->columns[out->starts[hit.kind]][row] = 1.0;
    }
}

static int fill(const Trie *trie, PyObject *texts, const double *words, Py_ssize_t rows, Columns *out) {
    Seen seen = {.trie = trie};
    Py_ssize_t count = 0;
    for (Py_ssize_t row = 0; row < rows && row < PyList_GET_SIZE(texts); row++) { /* Python may run, and cut it */
        PyObject *text = Py_NewRef(PyList_GET_ITEM(texts, row));
        count = match(&seen, text);
        Py_DECREF(text);
        if (count < 0) break;
        for (int k = 0; k < out->distance_count; k++) {
            int column = out->distances[k];
            if (out->last[column] >= 0) out->columns[column][row] = 1.0 / (double)(row - out->last[column]);
        }
        if (!count) continue;
        add_hits(&seen, count, out, row);
        for (Py_ssize_t kind = 0; words[row] <= out->most_words && kind < out->kinds; kind++)
            if (out->opens[kind] >= 0 && out->columns[kind][row] >= out->least_share) out->last[out->opens[kind]] = row;
    }
    free_seen(&seen);
    return count < 0 ? -1 : 0;
}

static PyObject *native_phrase_columns(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *capsule, *texts, *words_array, *columns, *starts, *opens, *result = NULL;
    Columns out;
    if (!PyArg_ParseTuple(args, "OO!OO!OOdd:phrase_columns", &capsule, &PyList_Type, &texts, &words_array,
                          &PyTuple_Type, &columns, &starts, &opens, &out.most_words, &out.least_share))
        return NULL;
    const Trie *trie = trie_of(capsule);
    if (!trie) return NULL;
    Views views;
    views.count = 0;
    Py_ssize_t rows = PyList_GET_SIZE(texts), count = PyTuple_GET_SIZE(columns);
    const double *words = views_get(&views, words_array, sizeof(double), rows, 0);
    out.kinds = trie->kinds;
    if (!words || !(out.starts = views_get(&views, starts, sizeof(int), out.kinds, 0))) goto done;
    if (!(out.opens = views_get(&views, opens, sizeof(int), out.kinds, 0))) goto done;
    int fits = count >= out.kinds && count <= MOST_COLUMNS;
    for (Py_ssize_t i = 0; fits && i < out.kinds; i++) fits = out.starts[i] < count && out.opens[i] < count;
    if (!fits) {
        PyErr_SetString(PyExc_ValueError, "phrase_columns: a column that there is not");
        goto done;
    }
    if (views_columns(&views, columns, count, rows, out.columns, 1) < 0) goto done;
    for (Py_ssize_t i = 0; i < count; i++) out.last[i] = -1;
    out.distance_count = 0;
    for (Py_ssize_t i = 0; i < out.kinds; i++) {
        int known = out.opens[i] < 0;
        for (int k = 0; k < out.distance_count; k++) known |= out.distances[k] == out.opens[i];
        if (!known) out.distances[out.distance_count++] = out.opens[i];
    }
    if (fill(trie, texts, words, rows, &out) == 0) result = Py_NewRef(Py_None);
done:
    views_release(&views);
    return result;
}

PyDoc_STRVAR(match_doc,
"match(phrases, text)\n--\n\n"
"The number of a text's tokens, and the phrases in it: kind, first token, length.");

PyDoc_STRVAR(phrase_columns_doc,
"phrase_columns(phrases, texts, words, columns, starts, opens, most_words, least_share)\n--\n\n"
"Fill columns, all zero before, with what phrases tell of texts: first a column of shares for each kind; `starts` and\n"
"`opens` name by kind the column that tells whether a text begins with it, and how far back a text of at most\n"
"`most_words` words stands of which phrases of the kind are `least_share` or more (-1: none does).");

PyMethodDef phrases_methods[] = {
    {"letters", native_letters, METH_VARARGS, native_letters_doc},
    {"phrases", native_phrases, METH_VARARGS, native_phrases_doc},
    {"match", native_match, METH_VARARGS, match_doc},
    {"phrase_columns", native_phrase_columns, METH_VARARGS, phrase_columns_doc},
    {NULL, NULL, 0, NULL},
};
