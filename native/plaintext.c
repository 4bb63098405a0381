/* Scraped text to blocks. Twin: cleanbody.plaintext; names are its names, and what they are for stands there. */

#include "native.h"

enum { LOW_WIDTH = 50, HIGH_WIDTH = 100, WRAP_SLACK = 16, WRAP_LINES = 6, PROSE = 60, LIST_LINES = 3, SENTENCE = 10 };
enum { ORNAMENT = 5, LOOK_AHEAD = 200, SHORT = 20 };
enum { PARAGRAPH = 0, ITEM = 2, CODE = 7, AFTER_BREAK = 8 }; /* as in cleanbody.page */
static const double WRAP_SHARE = 0.7, WRAP_PLACE = 0.98;

typedef struct {
    Py_ssize_t start, end, indent, width, fence; /* fence: marks of a fence that a later line closes, or 0 */
    unsigned char blank, listed, code;           /* code: 0 not yet known, 1 no, 2 yes */
} Line;

typedef struct {
    int kind;
    const void *data;
    Py_ssize_t size, count, room; /* of lines */
    Line *lines;
    Py_ssize_t stretch, tick; /* where the stretch without "\n" that was last looked at ends, its last back-tick */
    Py_ssize_t width;         /* at which it was wrapped, or 0 */
} Text;

typedef struct {
    Py_ssize_t first, last; /* lines, both in it */
    int fence, bullet;      /* of its first line, in the whole text; -1: not yet known */
} Group;

static Py_UCS4 at(const Text *t, Py_ssize_t i) { return PyUnicode_READ(t->kind, t->data, i); }
static Py_UCS4 head_of(const Text *t, const Line *l) { return at(t, l->start); }
static Py_UCS4 tail_of(const Text *t, const Line *l) { return at(t, l->end - 1); }
static Py_ssize_t length(const Line *l) { return l->end - l->start; }

/* ---- characters ---- */

static int is_break(Py_UCS4 c) {
    return c <= '\r' ? c >= '\n' : c == 0x85 || c == 0x2028 || c == 0x2029;
}

static int is_space(Py_UCS4 c) {
    return c < 128 ? c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f) : Py_UNICODE_ISSPACE(c);
}

static int is_lower(Py_UCS4 c) { return c < 128 ? c >= 'a' && c <= 'z' : Py_UNICODE_ISLOWER(c); }

static int is_letter(Py_UCS4 c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

static int is_word(Py_UCS4 c) {
    return c < 128 ? is_letter(c) || (c >= '0' && c <= '9') || c == '_' : Py_UNICODE_ISALNUM(c);
}

static int is_digit(Py_UCS4 c) { return c < 128 ? c >= '0' && c <= '9' : Py_UNICODE_ISDECIMAL(c); }

static int is_wide(Py_UCS4 c) { /* two columns */
    if (c < 0x1100 || c > 0xffe6) return 0;
    return c <= 0x115f || (c >= 0x2e80 && c <= 0xa4cf && c != 0x303f && c != 0x3040) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xff00 && c <= 0xff60) || c >= 0xffe0;
}

static int is_spaceless(Py_UCS4 c) {
    return (c >= 0x0e00 && c <= 0x0e7f) || (c >= 0x3001 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) ||
           (c >= 0xff00 && c <= 0xffef);
}

static int ends_sentence(Py_UCS4 c) {
    switch (c) {
    case '.': case '!': case '?': case ':': case ';': case '"': case 0xbb: case 0x61f: case 0x6d4: case 0x964:
    case 0x2026: case 0x201d: case 0x3002: case 0xff01: case 0xff1a: case 0xff1b: case 0xff1f:
        return 1;
    }
    return 0;
}

static int continues(Py_UCS4 c) {
    switch (c) {
    case ',': case '.': case ';': case ':': case '!': case '?': case ')': case ']': case '}': case '%':
    case 0xbb: case 0x60c: case 0x61b: case 0x2019: case 0x201d: case 0x3001: case 0x3002: case 0x300d: case 0x300f:
    case 0x3011: case 0xff01: case 0xff09: case 0xff0c: case 0xff0e: case 0xff1a: case 0xff1b: case 0xff1f:
        return 1;
    }
    return 0;
}

static int is_bullet(Py_UCS4 c) {
    switch (c) {
    case '*': case '+': case '-': case 0xb7: case 0xbb: case 0x2013: case 0x2014: case 0x2022: case 0x2023:
    case 0x25a0: case 0x25aa: case 0x25ba: case 0x25cb: case 0x25cf: case 0x25e6:
        return 1;
    }
    return 0;
}

/* ---- lines ---- */

static Line *new_line(Text *t) {
    if (t->count == t->room) {
        Py_ssize_t room = t->room ? 2 * t->room : 64;
        Line *lines = PyMem_Realloc(t->lines, sizeof(Line) * (size_t)room);
        if (!lines) {
            PyErr_NoMemory();
            return NULL;
        }
        t->lines = lines;
        t->room = room;
    }
    return &t->lines[t->count++];
}

/* One line of the text, without its end; `ends`: line ends since the last line that holds anything. */
static inline int add_line(Text *t, const int kind, Py_ssize_t raw, Py_ssize_t stop, Py_ssize_t *ends) {
    Py_ssize_t start = raw, end = stop;
    while (end > start && is_space(PyUnicode_READ(kind, t->data, end - 1))) end--;
    while (start < end && is_space(PyUnicode_READ(kind, t->data, start))) start++;
    if (kind != PyUnicode_1BYTE_KIND && start < end && PyUnicode_READ(kind, t->data, start) == 0xfeff) {
        while (start < end && PyUnicode_READ(kind, t->data, start) == 0xfeff) start++;
        while (start < end && is_space(PyUnicode_READ(kind, t->data, start))) start++;
    }
    if (start == end) return 0;
    Line *line = new_line(t);
    if (!line) return -1;
    *line = (Line){.start = start, .end = end, .indent = start - raw, .width = end - raw};
    if (kind != PyUnicode_1BYTE_KIND)
        for (Py_ssize_t i = start; i < end; i++) line->width += is_wide(PyUnicode_READ(kind, t->data, i));
    line->blank = t->count == 1 || *ends > 1;
    *ends = 0;
    return 0;
}

static inline int split(Text *t, const int kind) {
    Py_ssize_t ends = 0;
    for (Py_ssize_t i = 0; i < t->size;) {
        Py_ssize_t raw = i;
        while (i < t->size && !is_break(PyUnicode_READ(kind, t->data, i))) i++;
        if (i > raw && add_line(t, kind, raw, i, &ends) < 0) return -1;
        if (i == t->size) break;
        Py_UCS4 c = PyUnicode_READ(kind, t->data, i++);
        if (c == '\r' && i < t->size && PyUnicode_READ(kind, t->data, i) == '\n') i++;
        ends++;
    }
    return 0;
}

static int read_lines(Text *t) {
    switch (t->kind) { /* a copy of the loop for each width of characters */
    case PyUnicode_1BYTE_KIND: return split(t, PyUnicode_1BYTE_KIND);
    case PyUnicode_2BYTE_KIND: return split(t, PyUnicode_2BYTE_KIND);
    default: return split(t, PyUnicode_4BYTE_KIND);
    }
}

static Py_ssize_t wrap_width(const Text *t) {
    enum { WIDER = HIGH_WIDTH + 3 };
    Py_ssize_t counts[WIDER + 1] = {0}, total = 0;
    for (Py_ssize_t i = 0; i + 1 < t->count; i++) {
        if (t->lines[i + 1].blank) continue;
        counts[t->lines[i].width < WIDER ? t->lines[i].width : WIDER]++;
        total++;
    }
    if (total < WRAP_LINES) return 0;
    Py_ssize_t place = (Py_ssize_t)((double)total * WRAP_PLACE), width = 0, full = 0;
    for (Py_ssize_t below = counts[0]; below <= place; below += counts[width]) width++;
    if (width < LOW_WIDTH || width > HIGH_WIDTH) return 0;
    for (Py_ssize_t w = width - WRAP_SLACK; w <= width + 2; w++) full += counts[w];
    return (double)full >= WRAP_SHARE * (double)total ? width : 0;
}

/* ---- what lines look like ---- */

/* Behind the marks that stand at `i`. */
static Py_ssize_t run_of(const Text *t, Py_ssize_t i, Py_ssize_t end) {
    Py_UCS4 mark = at(t, i);
    while (i < end && at(t, i) == mark) i++;
    return i;
}

/* How many marks of a fence a line begins with, or 0. */
static Py_ssize_t fence_marks(const Text *t, const Line *l) {
    Py_UCS4 mark = head_of(t, l);
    if (mark != '`' && mark != '~') return 0;
    Py_ssize_t stop = run_of(t, l->start, l->end);
    if (stop - l->start < 3) return 0;
    if (mark == '`')
        for (Py_ssize_t i = stop; i < l->end; i++)
            if (at(t, i) == '`') return 0;
    return stop - l->start;
}

/* Whether nothing but three or more of these marks stands on the line. */
static int is_row(const Text *t, const Line *l, Py_UCS4 mark) {
    return head_of(t, l) == mark && length(l) >= 3 && run_of(t, l->start, l->end) == l->end;
}

/* Whether a fence begins here, be it that what follows a back-tick ends at "\n" only, as it does for the twin. */
static int fence_at(Text *t, Py_ssize_t start) {
    Py_UCS4 mark = at(t, start);
    if (mark != '`' && mark != '~') return 0;
    Py_ssize_t stop = run_of(t, start, t->size);
    if (stop - start < 3 || mark == '~') return stop - start >= 3;
    if (t->stretch <= start) {
        t->tick = -1;
        for (t->stretch = start; t->stretch < t->size && at(t, t->stretch) != '\n'; t->stretch++)
            if (at(t, t->stretch) == '`') t->tick = t->stretch;
    }
    return t->tick < stop;
}

/* Whether a bullet and a space begin here, with something behind them before `end`. */
static int bullet_at(const Text *t, Py_ssize_t i, Py_ssize_t end) {
    Py_UCS4 c = at(t, i);
    if (is_bullet(c)) i++;
    else {
        Py_ssize_t digits = i += c == '(';
        while (i < end && i - digits < 3 && is_digit(at(t, i))) i++;
        if (i == digits && !(c != '(' && is_letter(c))) return 0;
        if (i == digits) i++;
        if (i == end || (at(t, i) != '.' && at(t, i) != ')')) return 0;
        i++;
    }
    Py_ssize_t gap = i;
    while (i < end && is_space(at(t, i))) i++;
    return i > gap && i < end;
}

static int find_code(const Text *t, const Line *l) {
    Py_UCS4 before = 0;
    for (Py_ssize_t i = l->start; i < l->end; i++) {
        Py_UCS4 c = at(t, i);
        switch (c) {
        case '{': case '}': case '=': case ';': case '\\': return 1;
        case '(': if (is_word(before)) return 1; break;
        case '>': if (before == '-') return 1; break;
        case ':': if (before == ':') return 1; break;
        case '/': if (before == '<') return 1; break;
        }
        before = c;
    }
    return 0;
}

static int has_code(const Text *t, Line *l) {
    if (!l->code) l->code = find_code(t, l) ? 2 : 1;
    return l->code == 2;
}

static int holds(const Text *t, const Line *l, Py_UCS4 wanted) {
    for (Py_ssize_t i = l->start; i < l->end; i++)
        if (at(t, i) == wanted) return 1;
    return 0;
}

static int same(const Text *t, const Line *a, const Line *b) {
    return length(a) == length(b) && !memcmp((const char *)t->data + a->start * t->kind,
                                             (const char *)t->data + b->start * t->kind,
                                             (size_t)(length(a) * t->kind));
}

/* ---- fences and lists ---- */

static int is_ornament(const Text *t, Py_ssize_t i) {
    const Line *row = &t->lines[i];
    if (!is_row(t, row, '~')) return 0;
    int sentences = 0, empty = 1;
    for (Py_ssize_t j = i + 1; j < t->count && j <= i + LOOK_AHEAD; j++) {
        Line *below = &t->lines[j];
        if (length(below) >= length(row) && is_row(t, below, '~')) break;
        if (below->indent > row->indent || has_code(t, below)) return 0;
        sentences = sentences || (below->width >= SENTENCE && ends_sentence(tail_of(t, below)));
        empty = 0;
    }
    return sentences || empty || length(row) >= ORNAMENT;
}

static void closed_fences(Text *t) {
    Py_ssize_t longest[2] = {0, 0}; /* closing fence of back-ticks, of tildes below the line */
    for (Py_ssize_t i = t->count - 1; i >= 0; i--) {
        Line *line = &t->lines[i];
        Py_UCS4 mark = head_of(t, line);
        if (mark != '`' && mark != '~') continue;
        Py_ssize_t *closing = &longest[mark == '~'], marks = fence_marks(t, line);
        if (marks && marks <= *closing && !is_ornament(t, i)) line->fence = marks;
        if (is_row(t, line, mark) && length(line) > *closing) *closing = length(line);
    }
}

static void list_lines(Text *t) {
    for (Py_ssize_t i = 0; i < t->count;) {
        Py_ssize_t first = i;
        Line *lines = t->lines;
        while (i < t->count && is_lower(head_of(t, &lines[i])) && (i == first || !lines[i].blank)) i++;
        if (i == first) {
            i++;
            continue;
        }
        int opens = lines[first].blank || ends_sentence(tail_of(t, &lines[first - 1]));
        int goes_on = i < t->count && !lines[i].blank && continues(head_of(t, &lines[i]));
        int ends = goes_on || ends_sentence(tail_of(t, &lines[i - 1]));
        if (opens || (i - first >= LIST_LINES && !ends))
            for (Py_ssize_t j = first; j < i; j++) lines[j].listed = 1;
    }
}

/* ---- groups ---- */

static int group_bullet(const Text *t, Group *g) {
    if (g->bullet < 0) g->bullet = bullet_at(t, t->lines[g->first].start, t->size);
    return g->bullet;
}

static int joins(Text *t, Group *g, Line *line) {
    Line *last = &t->lines[g->last];
    Py_ssize_t both = last->end - t->lines[g->first].start + length(line);
    Py_UCS4 tail = tail_of(t, last), head = head_of(t, line);
    int more = continues(head) && length(line) > 1;
    if (!t->width && (ends_sentence(tail) || both < PROSE || !(more || is_lower(head)))) return 0;
    if (same(t, last, line) || bullet_at(t, line->start, line->end)) return 0;
    if (g->fence < 0) g->fence = fence_at(t, t->lines[g->first].start);
    if (g->fence) return 0;
    if (t->width) {
        if (line->indent > last->indent && ends_sentence(tail) && !group_bullet(t, g)) return 0;
        return last->width >= t->width - WRAP_SLACK;
    }
    if ((has_code(t, line) && has_code(t, last)) || (holds(t, line, '\t') && holds(t, last, '\t'))) return 0;
    return more || length(last) >= SHORT || holds(t, last, ' ');
}

/* The groups of lines, in memory of the caller for as many as there are lines; how many. */
static Py_ssize_t group_lines(Text *t, Group *groups) {
    Py_ssize_t count = 0, open = 0; /* marks of the fence that is open */
    Py_UCS4 mark = 0;
    for (Py_ssize_t i = 0; i < t->count; i++) {
        Line *line = &t->lines[i];
        if (open) {
            groups[count - 1].last = i;
            if (length(line) >= open && is_row(t, line, mark)) open = 0;
            continue;
        }
        open = line->fence;
        mark = head_of(t, line);
        if (open || !count || line->blank || line->listed || !joins(t, &groups[count - 1], line))
            groups[count++] = (Group){i, i, -1, -1};
        else
            groups[count - 1].last = i;
    }
    return count;
}

/* ---- what the caller gets ---- */

static int touch(Py_UCS4 left, Py_UCS4 right) {
    return left == '-' || continues(right) || (is_spaceless(left) && is_spaceless(right));
}

/* The lines of a group as one text. `scratch`: room for as many characters as the whole text has. */
static PyObject *join(const Text *t, const Group *g, char *scratch) {
    Py_ssize_t size = 0;
    for (Py_ssize_t i = g->first; i <= g->last; i++) {
        const Line *line = &t->lines[i];
        if (i > g->first && !touch(tail_of(t, line - 1), head_of(t, line)))
            PyUnicode_WRITE(t->kind, scratch, size++, ' ');
        memcpy(scratch + size * t->kind, (const char *)t->data + line->start * t->kind,
               (size_t)(length(line) * t->kind));
        size += length(line);
    }
    return PyUnicode_FromKindAndData(t->kind, scratch, size);
}

static PyObject *texts_of(PyObject *text, const Text *t, const Group *groups, Py_ssize_t count, const long *start,
                          const char *kinds) {
    char *scratch = PyMem_Malloc((size_t)(t->size * t->kind) + 1); /* a joint is no longer than what stood there */
    PyObject *texts = scratch ? PyTuple_New(count) : PyErr_NoMemory();
    for (Py_ssize_t i = 0; texts && i < count; i++) {
        const Group *g = &groups[i];
        int joined = g->first < g->last && kinds[i] != CODE;
        PyObject *own = joined ? join(t, g, scratch) : PyUnicode_Substring(text, start[i], t->lines[g->last].end);
        if (own) PyTuple_SET_ITEM(texts, i, own);
        else Py_CLEAR(texts);
    }
    PyMem_Free(scratch);
    return texts;
}

static PyObject *columns_of(PyObject *text, const Text *t, const Group *groups, Py_ssize_t count, int cut) {
    Py_ssize_t size = count * (Py_ssize_t)sizeof(long);
    PyObject *columns[4] = {PyBytes_FromStringAndSize(NULL, size), PyBytes_FromStringAndSize(NULL, size),
                            PyBytes_FromStringAndSize(NULL, count), PyBytes_FromStringAndSize(NULL, count)};
    PyObject *texts = NULL, *result = NULL;
    int joined = 0;
    for (int i = 0; i < 4; i++)
        if (!columns[i]) goto done;
    long *start = (long *)PyBytes_AS_STRING(columns[0]), *end = (long *)PyBytes_AS_STRING(columns[1]);
    char *kinds = PyBytes_AS_STRING(columns[2]), *flags = PyBytes_AS_STRING(columns[3]);
    for (Py_ssize_t i = 0; i < count; i++) {
        const Group *g = &groups[i];
        const Line *first = &t->lines[g->first];
        int code = g->first < g->last && fence_marks(t, first);
        kinds[i] = code ? CODE : bullet_at(t, first->start, first->end) ? ITEM : PARAGRAPH;
        start[i] = (long)(first->start - (code ? first->indent : 0));
        end[i] = (long)t->lines[g->last].end;
        flags[i] = first->blank ? 0 : AFTER_BREAK;
        joined |= g->first < g->last && !code;
    }
    texts = joined ? texts_of(text, t, groups, count, start, kinds) : PyTuple_New(0);
    if (texts) result = Py_BuildValue("OOOOOO", columns[0], columns[1], columns[2], columns[3], texts,
                                      cut ? Py_True : Py_False);
done:
    for (int i = 0; i < 4; i++) Py_XDECREF(columns[i]);
    Py_XDECREF(texts);
    return result;
}

static PyObject *native_read_text(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *text, *result = NULL;
    Py_ssize_t most, count;
    if (!PyArg_ParseTuple(args, "Un", &text, &most)) return NULL;
    if (PyUnicode_READY(text) < 0) return NULL;
    if (most < 0) return PyErr_Format(PyExc_ValueError, "read_text: %zd blocks at most", most);
    Text t = {.kind = PyUnicode_KIND(text), .data = PyUnicode_DATA(text), .size = PyUnicode_GET_LENGTH(text)};
    Group *groups = NULL;
    if (read_lines(&t) < 0) goto done;
    t.width = wrap_width(&t);
    closed_fences(&t);
    if (!t.width) list_lines(&t);
    groups = PyMem_New(Group, (size_t)t.count + 1);
    if (!groups) {
        PyErr_NoMemory();
        goto done;
    }
    count = group_lines(&t, groups);
    int cut = count > most;
    if (cut) groups[most].last = groups[count - 1].last;
    result = columns_of(text, &t, groups, cut ? most + 1 : count, cut);
done:
    PyMem_Free(groups);
    PyMem_Free(t.lines);
    return result;
}

PyDoc_STRVAR(read_text_doc,
"read_text(text, most, /)\n--\n\n"
"Blocks of a scraped text: where each starts and ends (C longs), its kind and flags (bytes); their texts if lines\n"
"were joined, else none; whether they are more than `most`, so that the rest is one. See cleanbody.plaintext.");

PyMethodDef plaintext_methods[] = {
    {"read_text", native_read_text, METH_VARARGS, read_text_doc},
    {NULL, NULL, 0, NULL},
};
