/* Matches in the beginning of a text. Twin: the regular expressions of cleanbody.features.text, each spelt out. None of
   them can go back to anything but what is tried here, as what ends a part of it is never one of that part. Behind the
   last character of a sample stand zeros, which are of no class and no part of any expression. */

#include "native.h"

#define FILL(TYPE)                                                                                                     \
    for (Py_ssize_t i = 0; i < s->size; i++) {                                                                         \
        s->chars[i] = ((const TYPE *)data)[i];                                                                         \
        s->classes[i] = chars_class(s->chars[i]);                                                                      \
    }

void sample_fill(Sample *s, PyObject *text) {
    const void *data = PyUnicode_DATA(text);
    s->size = PyUnicode_GET_LENGTH(text) < SAMPLE ? PyUnicode_GET_LENGTH(text) : SAMPLE;
    switch (PyUnicode_KIND(text)) {
    case PyUnicode_1BYTE_KIND: FILL(Py_UCS1) break;
    case PyUnicode_2BYTE_KIND: FILL(Py_UCS2) break;
    default: FILL(Py_UCS4) break;
    }
    memset(s->chars + s->size, 0, SAMPLE_PADDING * sizeof *s->chars);
    memset(s->classes + s->size, 0, SAMPLE_PADDING * sizeof *s->classes);
}

static int is(const Sample *s, Py_ssize_t i, uint32_t classes) { return !!(s->classes[i] & classes); }

/* Whether \b holds at i, where a character of words stands. */
static int begins_word(const Sample *s, Py_ssize_t i) { return !i || !is(s, i - 1, CHAR_WORD); }

/* How many characters of a class stand at i; `most` + 1 where there are more than `most`. */
static Py_ssize_t run(const Sample *s, Py_ssize_t i, uint32_t class, Py_ssize_t most) {
    Py_ssize_t begin = i;
    while (i - begin <= most && is(s, i, class)) i++;
    return i - begin;
}

/* Each of these gives the end of what matches at i, or 0: (?:19|20)\d{2} */
static Py_ssize_t year(const Sample *s, Py_ssize_t i) {
    const Py_UCS4 *c = s->chars + i;
    if (!((c[0] == '1' && c[1] == '9') || (c[0] == '2' && c[1] == '0'))) return 0;
    return is(s, i + 2, CHAR_DECIMAL) && is(s, i + 3, CHAR_DECIMAL) ? i + 4 : 0;
}

/* (?:19|20)\d{2}\b */
static Py_ssize_t last_year(const Sample *s, Py_ssize_t i) {
    Py_ssize_t end = year(s, i);
    return end && !is(s, end, CHAR_WORD) ? end : 0;
}

/* \d{1,2} with something else behind it */
static Py_ssize_t one_or_two(const Sample *s, Py_ssize_t i) {
    Py_ssize_t count = run(s, i, CHAR_DECIMAL, 2);
    return count == 1 || count == 2 ? i + count : 0;
}

/* \w{3,10}\.? with something else behind it */
static Py_ssize_t month(const Sample *s, Py_ssize_t i) {
    Py_ssize_t count = run(s, i, CHAR_WORD, 10);
    if (count < 3 || count > 10) return 0;
    return i + count + (s->chars[i + count] == '.');
}

/* \d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b */
static Py_ssize_t date_of_numbers(const Sample *s, Py_ssize_t i) {
    for (int k = 0; k < 2; k++, i++) {
        i = one_or_two(s, i);
        if (!i || !is(s, i, CHAR_PART)) return 0;
    }
    Py_ssize_t count = run(s, i, CHAR_DECIMAL, 4);
    return (count == 4 || count == 2) && !is(s, i + count, CHAR_WORD) ? i + count : 0;
}

/* (?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2} */
static Py_ssize_t date_from_year(const Sample *s, Py_ssize_t i) {
    i = year(s, i);
    if (!i || !is(s, i, CHAR_PART)) return 0;
    i = one_or_two(s, i + 1);
    if (!i || !is(s, i, CHAR_PART)) return 0;
    i++;
    if (!is(s, i, CHAR_DECIMAL)) return 0;
    return i + 1 + is(s, i + 1, CHAR_DECIMAL);
}

/* \d{1,2}[:：]\d{2}\b */
static Py_ssize_t clock_time(const Sample *s, Py_ssize_t i) {
    i = one_or_two(s, i);
    if (!i || (s->chars[i] != ':' && s->chars[i] != 0xFF1A)) return 0;
    i++;
    return run(s, i, CHAR_DECIMAL, 2) == 2 && !is(s, i + 2, CHAR_WORD) ? i + 2 : 0;
}

/* \d{1,2}\.? \w{3,10}\.?,? (?:19|20)\d{2}\b */
static Py_ssize_t day_first(const Sample *s, Py_ssize_t i) {
    i = one_or_two(s, i);
    if (!i) return 0;
    i += s->chars[i] == '.';
    if (s->chars[i] != ' ') return 0;
    i = month(s, i + 1);
    if (!i) return 0;
    i += s->chars[i] == ',';
    return s->chars[i] == ' ' ? last_year(s, i + 1) : 0;
}

/* \w{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2}\b */
static Py_ssize_t month_first(const Sample *s, Py_ssize_t i) {
    static const char endings[4][2] = {{'s', 't'}, {'n', 'd'}, {'r', 'd'}, {'t', 'h'}};
    i = month(s, i);
    if (!i || s->chars[i] != ' ') return 0;
    i = one_or_two(s, i + 1);
    if (!i) return 0;
    for (int k = 0; k < 4; k++)
        if (s->chars[i] == (Py_UCS4)endings[k][0] && s->chars[i + 1] == (Py_UCS4)endings[k][1]) {
            i += 2;
            break;
        }
    i += s->chars[i] == ',';
    return s->chars[i] == ' ' ? last_year(s, i + 1) : 0;
}

/* (?:19|20)\d{2}\s?[年년] */
static Py_ssize_t year_with_sign(const Sample *s, Py_ssize_t i) {
    i = year(s, i);
    if (!i) return 0;
    i += is(s, i, CHAR_SPACE);
    return s->chars[i] == 0x5E74 || s->chars[i] == 0xB144 ? i + 1 : 0;
}

static Py_ssize_t date(const Sample *s, Py_ssize_t i) {
    Py_ssize_t end = 0;
    if (begins_word(s, i)) {
        if (is(s, i, CHAR_DECIMAL)) {
            end = date_of_numbers(s, i);
            if (!end) end = date_from_year(s, i);
            if (!end) end = clock_time(s, i);
            if (!end) end = day_first(s, i);
        }
        if (!end) end = month_first(s, i);
    }
    return end ? end : year_with_sign(s, i);
}

/* Whether a digit stands before what parts a date or a time, or a year anywhere: no date is without. */
static int may_have_dates(const Sample *s) {
    for (Py_ssize_t i = 0; i < s->size; i++)
        if (is(s, i, CHAR_DECIMAL) && (is(s, i + 1, CHAR_PART | CHAR_COLON) || s->chars[i + 1] == 0xFF1A || year(s, i)))
            return 1;
    return 0;
}

int sample_dates(const Sample *s) {
    int count = 0;
    if (!may_have_dates(s)) return 0;
    for (Py_ssize_t i = 0; i < s->size;) {
        Py_ssize_t end = is(s, i, CHAR_WORD) ? date(s, i) : 0;
        count += !!end;
        i = end ? end : i + 1;
    }
    return count;
}

/* How many characters of a literal (lower case) stand at i: all or none. */
static Py_ssize_t literal(const Sample *s, Py_ssize_t i, const char *text) {
    Py_ssize_t k = 0;
    for (; text[k]; k++)
        if (s->chars[i + k] != (Py_UCS4)text[k]) return 0;
    return k;
}

/* A run without white space: where it ends, and its last "." with a character behind it. One run is looked through
   once, however many "@" stand in it. */
typedef struct {
    Py_ssize_t end, dot;
} Solid;

static void find_end(const Sample *s, Solid *solid, Py_ssize_t i) {
    if (i < solid->end) return;
    for (solid->dot = 0; i < s->size && !is(s, i, CHAR_SPACE); i++)
        if (s->chars[i] == '.' && i + 1 < s->size && !is(s, i + 1, CHAR_SPACE)) solid->dot = i;
    solid->end = i;
}

/* The end of https?://|www\.|\S@\S+\.\S|(?:^|\s)[@#]\w at i, or 0. */
static Py_ssize_t address(const Sample *s, Solid *solid, Py_ssize_t i) {
    Py_ssize_t size = literal(s, i, "http");
    if (size) {
        size += s->chars[i + size] == 's';
        if (literal(s, i + size, "://")) return i + size + 3;
    }
    if (literal(s, i, "www.")) return i + 4;
    if (!is(s, i, CHAR_SPACE) && s->chars[i + 1] == '@') {
        find_end(s, solid, i + 2);
        if (i + 2 < solid->end && solid->dot >= i + 3) return solid->dot + 2;
    }
    if (!i && is(s, 0, CHAR_AT) && is(s, 1, CHAR_WORD)) return 2;
    return is(s, i, CHAR_SPACE) && is(s, i + 1, CHAR_AT) && is(s, i + 2, CHAR_WORD) ? i + 3 : 0;
}

int sample_addresses(const Sample *s) {
    int count = 0;
    Solid solid = {0, 0};
    for (Py_ssize_t i = 0; i < s->size;) {
        int may = is(s, i, CHAR_AT | CHAR_W) || is(s, i + 1, CHAR_AT) || s->chars[i] == 'h';
        Py_ssize_t end = may ? address(s, &solid, i) : 0;
        count += !!end;
        i = end ? end : i + 1;
    }
    return count;
}

/* [$€£¥₽₹₩₺₴฿]|\b(?:USD|EUR|GBP|PLN|RUB|CHF)\b */
int sample_money(const Sample *s) {
    static const char *const codes[] = {"USD", "EUR", "GBP", "PLN", "RUB", "CHF"};
    int count = 0;
    for (Py_ssize_t i = 0; i < s->size; i++) {
        if (!is(s, i, CHAR_MONEY | CHAR_UPPER)) continue;
        if (is(s, i, CHAR_MONEY)) count++;
        if (!is(s, i, CHAR_UPPER) || !begins_word(s, i) || is(s, i + 3, CHAR_WORD)) continue;
        for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) count += !!literal(s, i, codes[k]);
    }
    return count;
}

/* ::, two and two of each row of colons */
int sample_double_colons(const Sample *s) {
    int count = 0;
    for (Py_ssize_t i = 0; i < s->size; i++)
        if (s->chars[i] == ':' && s->chars[i + 1] == ':') count++, i++;
    return count;
}

/* #{1,6}\s|[•◦‣▪■●○*+\-–—·»►]\s|\(?\d{1,3}[.)]\s at the beginning */
int sample_is_bullet(const Sample *s) {
    static const uint16_t bullets[] = {0x2022, 0x25E6, 0x2023, 0x25AA, 0x25A0, 0x25CF, 0x25CB, '*', '+', '-', 0x2013,
                                       0x2014, 0xB7, 0xBB, 0x25BA};
    for (size_t k = 0; k < sizeof bullets / sizeof *bullets; k++)
        if (s->chars[0] == bullets[k]) return is(s, 1, CHAR_SPACE);
    Py_ssize_t i = 0;
    if (s->chars[0] == '#') {
        while (i <= 6 && s->chars[i] == '#') i++;
        return i <= 6 && is(s, i, CHAR_SPACE);
    }
    i += s->chars[0] == '(';
    Py_ssize_t count = run(s, i, CHAR_DECIMAL, 3);
    i += count;
    return count >= 1 && count <= 3 && (s->chars[i] == '.' || s->chars[i] == ')') && is(s, i + 1, CHAR_SPACE);
}

int sample_is_copyright(const Sample *s) {
    for (Py_ssize_t i = 0; i < s->size; i++) {
        if (!is(s, i, CHAR_SIGN)) continue;
        if (s->chars[i] == 0xA9) return 1;
        if ((s->chars[i + 1] == 'c' || s->chars[i + 1] == 'C') && s->chars[i + 2] == ')') return 1;
    }
    return 0;
}
