/* What each tag does to the stack of open elements. Twin: cleanbody.scan.nesting; what each rule is for stands
   there. */

#include "nesting.h"

enum { OPEN = 1, IN_BODY, IN_TABLE, IN_TBODY, IN_ROW }; /* insertion modes of a template; OPEN: not yet decided */
enum { NOTHING, TABLE_MODE, CELL_MODE };

/* ---- questions ---- */

static int is_full(const Tree *t) { return t->depth + t->closed >= t->limit && !t->touched; }

static Py_ssize_t last_cell(const Tree *t) { return last(&t->cells); }

static int table_mode(const Tree *t) {
    Py_ssize_t place = last_cell(t);
    if (place < 0) return NOTHING;
    int name = t->stack[place].name;
    if (name == t->template) return t->stack[place].mode > IN_BODY ? TABLE_MODE : NOTHING;
    return name == t->table ? TABLE_MODE : CELL_MODE;
}

/* ---- closing ---- */

static void close_p(Tree *t) {
    Py_ssize_t place = last_of(t, t->p);
    if (place > last(&t->scope) && place > last_of(t, t->button)) tree_pop_to(t, place);
}

static void close_implied(Tree *t, int kept) {
    while (t->count && top_is(t, IMPLIED) && top(t) != kept) pop_top(t);
}

static void close_cell(Tree *t) {
    tree_pop_to(t, last_cell(t));
    tree_clear_to_marker(t);
}

static void pop_last(Tree *t, int name) { tree_pop_to(t, last_of(t, name)); }

static void leave_foreign(Tree *t) {
    while (tree_is_foreign(t)) pop_top(t);
}

/* ---- start tags ---- */

typedef struct {
    int name, closes_itself;
    Bytes tag;
    Py_ssize_t size;
} Start;

static int start_inline(Tree *t, const Start *s) {
    if (is_full(t)) return 0;
    tree_reopen(t);
    tree_push(t, s->name);
    return 1;
}

static int start_nothing(Tree *t, const Start *s) {
    (void)t, (void)s;
    return 1;
}

static int start_void(Tree *t, const Start *s) {
    if (s->name == t->input && in_scope(t, t->select)) pop_last(t, t->select);
    tree_reopen(t);
    return 1;
}

static int start_rule(Tree *t, const Start *s) {
    close_p(t);
    if (s->name == t->xmp) tree_reopen(t);
    else if (in_scope(t, t->select)) close_implied(t, DEAD);
    return 1;
}

static int start_formatting(Tree *t, const Start *s) {
    Py_ssize_t entry = s->name == t->a ? tree_last_entry(t, t->a) : -1;
    if (entry >= 0) {
        tree_adopt(t, t->a);
        if (t->entries[entry].listed) tree_remove(t, entry, LEFT);
    }
    if (is_full(t)) return 0;
    tree_reopen(t);
    if (s->name == t->nobr && in_scope(t, t->nobr)) {
        tree_adopt(t, t->nobr);
        tree_reopen(t);
    }
    tree_format(t, s->name, s->tag, s->size);
    return 1;
}

static int start_block(Tree *t, const Start *s) {
    close_p(t);
    if (flags_of(t, s->name) & HEADING && top_is(t, HEADING)) pop_top(t);
    if (is_full(t)) return 0;
    tree_push(t, s->name);
    return 1;
}

static int start_item(Tree *t, const Start *s) {
    Py_ssize_t place = last(&t->hard);
    if (place >= 0) {
        int name = t->stack[place].name;
        if (s->name == t->li ? name == t->li : name == t->dd || name == t->dt) tree_pop_to(t, place);
    }
    return start_block(t, s);
}

static int start_button(Tree *t, const Start *s) {
    if (last_of(t, s->name) > last(&t->scope)) pop_last(t, s->name);
    return start_inline(t, s);
}

static int start_form(Tree *t, const Start *s) {
    if (t->templates) return start_block(t, s);
    if (t->open_form != NO_FORM) return 1;
    if (table_mode(t) == TABLE_MODE) {
        t->open_form = -1;
        return 1;
    }
    int kept = start_block(t, s);
    if (kept) t->open_form = t->count - 1;
    return kept;
}

static int start_marker(Tree *t, const Start *s) {
    int kept = start_inline(t, s);
    if (kept) tree_push_frame(t);
    return kept;
}

static int start_select(Tree *t, const Start *s) {
    if (!in_scope(t, s->name)) return start_inline(t, s);
    pop_last(t, s->name);
    return 1;
}

static int start_option(Tree *t, const Start *s) {
    if (in_scope(t, t->select)) close_implied(t, s->name == t->option ? t->optgroup : DEAD);
    else if (t->count && top(t) == t->option) pop_top(t);
    return start_inline(t, s);
}

static int start_ruby(Tree *t, const Start *s) {
    if (last_of(t, t->ruby) > last(&t->scope))
        close_implied(t, s->name == t->rp || s->name == t->rt ? t->rtc : DEAD);
    if (is_full(t)) return 0;
    tree_push(t, s->name);
    return 1;
}

static int start_graphics(Tree *t, const Start *s) {
    if (s->closes_itself) {
        tree_reopen(t);
        return 1;
    }
    if (is_full(t)) return 0;
    tree_reopen(t);
    int svg = s->name == t->svg;
    int full_name = svg ? tree_name(t, (Bytes)"s/", (Bytes)"svg", 3) : tree_name(t, (Bytes)"m/", (Bytes)"math", 4);
    Py_ssize_t place = tree_push(t, full_name);
    int below = place ? t->stack[place - 1].name : DEAD;
    if (below < 0 || !t->name[below].foreign) tree_put(t, &t->roots, place);
    return 1;
}

static int start_template(Tree *t, const Start *s) {
    if (is_full(t)) return 0;
    Py_ssize_t place = tree_push(t, s->name); /* moves the stack */
    t->stack[place].mode = OPEN;
    t->templates++;
    tree_push_frame(t);
    return 1;
}

static int start_table(Tree *t, const Start *s) {
    if (table_mode(t) == TABLE_MODE && t->stack[last_cell(t)].name == t->table) tree_pop_to(t, last_cell(t));
    if (!t->quirks) close_p(t);
    if (is_full(t)) return 0;
    tree_push(t, s->name);
    return 1;
}

static Py_ssize_t last_section(const Tree *t) {
    Py_ssize_t body = last_of(t, t->tbody), foot = last_of(t, t->tfoot), head = last_of(t, t->thead);
    Py_ssize_t place = body > foot ? body : foot;
    return place > head ? place : head;
}

static int start_table_part(Tree *t, const Start *s) {
    int mode = table_mode(t), data = s->name == t->td || s->name == t->th, is_row = s->name == t->tr;
    if (mode == NOTHING) return 1;
    if (mode == CELL_MODE) close_cell(t);
    Py_ssize_t base = last_cell(t), section = last_section(t), row = last_of(t, t->tr);
    mode = base >= 0 && t->stack[base].mode ? t->stack[base].mode : IN_TABLE;
    if ((mode == IN_ROW && row < base && !(flags_of(t, s->name) & CELL)) ||
        (mode == IN_TBODY && row < base && section < base && !data && !is_row))
        return 1;
    int body = 0, own_row = 0; /* what it brings along */
    if (data && row > base) tree_pop_to(t, row + 1);
    else if ((data || is_row) && section > base) {
        tree_pop_to(t, section + 1);
        own_row = data;
    } else {
        tree_pop_to(t, base + 1);
        body = (data || is_row) && mode == IN_TABLE;
        own_row = data && (mode == IN_TABLE || mode == IN_TBODY);
    }
    if (is_full(t)) return 0;
    if (body) tree_push(t, t->tbody);
    if (own_row) tree_push(t, t->tr);
    if (s->name != t->col && s->name != t->colgroup) tree_push(t, s->name);
    if (flags_of(t, s->name) & CELL) tree_push_frame(t);
    return 1;
}

/* Whether an attribute that changes the look of <font> stands in a tag. */
static int is_styled(Bytes p, Bytes end) {
    for (Bytes next; (next = attribute(p, end)); p = next) {
        Bytes name = skip(p, end, SPACE | SLASH), stop = skip_until(name + 1, next, SPACE | SLASH | CLOSE | EQUALS);
        if (after(name, stop, "color") == stop || after(name, stop, "face") == stop ||
            after(name, stop, "size") == stop)
            return 1;
    }
    return 0;
}

static int stays_foreign(Tree *t, const Start *s) {
    if (top_is(t, MATH_TEXT)) return s->name == t->mglyph || s->name == t->malignmark;
    if (top_is(t, INTEGRATION) || (top(t) == t->math_annotation && s->name == t->svg)) return 0;
    if (!(flags_of(t, s->name) & BREAKOUT) && !(s->name == t->font && is_styled(s->tag, s->tag + s->size))) return 1;
    leave_foreign(t);
    return 0;
}

/* Whether a MathML annotation says that it holds HTML. */
static int holds_html(Tree *t, const Start *s) {
    PyObject *found = PyObject_CallFunction(t->attributes, "y#", s->tag, s->size);
    PyObject *key = found ? PyBytes_FromString("encoding") : NULL;
    PyObject *value = key && PyDict_Check(found) ? PyDict_GetItemWithError(found, key) : NULL;
    int html = 0;
    if (value && PyBytes_Check(value)) {
        Bytes p = (Bytes)PyBytes_AS_STRING(value), end = p + PyBytes_GET_SIZE(value);
        html = after(p, end, "text/html") == end || after(p, end, "application/xhtml+xml") == end;
    }
    Py_XDECREF(key);
    Py_XDECREF(found);
    if (PyErr_Occurred()) tree_fail(t);
    return html;
}

static int start_foreign(Tree *t, const Start *s, Bytes text, Py_ssize_t size) {
    if (is_full(t)) return 0;
    int name = tree_name(t, t->name[top(t)].prefix, text, size);
    tree_push(t, name == t->math_annotation && holds_html(t, s) ? t->html_annotation : name);
    return 1;
}

static Py_ssize_t note_template_mode(Tree *t, int name) { /* the place of the template, or -1 */
    Py_ssize_t place = last_cell(t);
    if (place < 0 || t->stack[place].mode != OPEN || flags_of(t, name) & HEAD_ONLY) return -1;
    int parts = flags_of(t, name) & SECTION || name == t->caption || name == t->colgroup;
    int cells = name == t->td || name == t->th;
    t->stack[place].mode = parts ? IN_TABLE : name == t->tr ? IN_TBODY : cells ? IN_ROW : IN_BODY;
    return place;
}

static int (*const starts[])(Tree *, const Start *) = {
    start_inline, start_nothing, start_void, start_rule, start_formatting, start_block, start_item, start_button,
    start_form, start_marker, start_select, start_option, start_ruby, start_graphics, start_template, start_table,
    start_table_part,
};

static void clear_drops(Tree *t) { /* what was dropped stood inside something that is closed by now */
    if (t->drops && t->depth + t->closed < t->limit) {
        t->drops = 0;
        t->clears++;
    }
}

static Py_ssize_t *drops_of(Tree *t, int name) {
    TagName *known = &t->name[name];
    if (known->cleared != t->clears) known->dropped = 0;
    known->cleared = t->clears;
    return &known->dropped;
}

int tree_start(Tree *t, const Tag *tag, int name, int bare) {
    Start s = {name, !bare && tag->end - 1 > tag->gap && tag->end[-2] == '/', tag->attributes,
               bare ? 0 : tag->gap - tag->attributes};
    int kept;
    t->touched = 0;
    if (tree_has_cdata(t) && stays_foreign(t, &s)) {
        kept = s.closes_itself || start_foreign(t, &s, tag->name, name_size(tag));
    } else {
        Py_ssize_t template = t->templates ? note_template_mode(t, name) : -1;
        kept = starts[flags_of(t, name) & START_MASK](t, &s);
        if (template >= 0 && !kept) t->stack[template].mode = OPEN;
    }
    if (kept) clear_drops(t);
    else {
        ++*drops_of(t, name);
        t->drops = 1;
    }
    return kept;
}

void tree_text(Tree *t, int blank) {
    if (!t->closed || tree_is_foreign(t)) return;
    int in_rows = t->count && top_is(t, ROWS) && table_mode(t) == TABLE_MODE;
    if (!(blank && in_rows)) tree_reopen(t);
}

/* ---- end tags ---- */

static void end_nothing(Tree *t, int name) { (void)t, (void)name; }

static void end_scoped(Tree *t, int name) {
    if (in_scope(t, name)) pop_last(t, name);
}

static void end_p(Tree *t, int name) {
    (void)name;
    close_p(t);
}

static void end_br(Tree *t, int name) {
    (void)name;
    tree_reopen(t);
}

static void end_li(Tree *t, int name) {
    Py_ssize_t place = last_of(t, name);
    if (place > last(&t->scope) && place > last_of(t, t->ol) && place > last_of(t, t->ul)) tree_pop_to(t, place);
}

static void end_heading(Tree *t, int name) {
    (void)name;
    int all[] = {t->h1, t->h2, t->h3, t->h4, t->h5, t->h6};
    Py_ssize_t place = -1;
    for (int i = 0; i < 6; i++)
        if (last_of(t, all[i]) > place) place = last_of(t, all[i]);
    if (place > last(&t->scope)) tree_pop_to(t, place);
}

static void end_form(Tree *t, int name) {
    if (t->templates) {
        end_scoped(t, name);
        return;
    }
    Py_ssize_t place = t->open_form;
    t->open_form = NO_FORM;
    if (place < 0 || place <= last(&t->scope)) return;
    close_implied(t, DEAD);
    tree_kill(t, place, LEFT);
}

static void end_marker(Tree *t, int name) {
    if (!in_scope(t, name)) return;
    pop_last(t, name);
    tree_clear_to_marker(t);
}

static void end_template(Tree *t, int name) {
    if (last_of(t, name) < 0) return;
    pop_last(t, name);
    tree_clear_to_marker(t);
}

static void end_table_part(Tree *t, int name) {
    int cell = last_cell(t) < 0 ? DEAD : t->stack[last_cell(t)].name;
    Py_ssize_t place = last_of(t, name);
    if (flags_of(t, name) & CELL) {
        if (cell == name) close_cell(t);
        return;
    }
    if (place <= last_of(t, t->template) || (name != t->table && place <= last_of(t, t->table))) return;
    if (cell == t->caption && name != t->table) return;
    if (flags_of(t, cell) & CELL) close_cell(t);
    tree_pop_to(t, place);
}

void tree_end_other(Tree *t, int name) {
    Py_ssize_t place = last_of(t, name);
    if (place >= 0 && place >= last(&t->special)) tree_pop_to(t, place);
}

static int end_foreign(Tree *t, const Tag *tag, int name) {
    if (name == t->br || name == t->p) {
        leave_foreign(t);
        return 0;
    }
    Py_ssize_t place = last_of(t, tree_name(t, (Bytes)"s/", tag->name, name_size(tag)));
    Py_ssize_t other = last_of(t, tree_name(t, (Bytes)"m/", tag->name, name_size(tag)));
    if (other > place) place = other;
    if (name == t->annotation && last_of(t, t->html_annotation) > place) place = last_of(t, t->html_annotation);
    if (place < last(&t->roots) || place < 0) return 0;
    tree_pop_to(t, place);
    return 1;
}

static void (*const ends[])(Tree *, int) = {
    tree_end_other, end_nothing, end_scoped, end_p, end_br, end_li, end_heading, tree_adopt, end_form, end_marker,
    end_template, end_table_part,
};

int tree_end(Tree *t, const Tag *tag, int name) {
    Py_ssize_t *dropped = drops_of(t, name);
    if (*dropped) {
        --*dropped;
        return 0;
    }
    if (!(tree_has_cdata(t) && end_foreign(t, tag, name))) ends[flags_of(t, name) >> END_SHIFT & END_MASK](t, name);
    clear_drops(t);
    return 1;
}
