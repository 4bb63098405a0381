/* Blocks, containers, marks and the text in them. Twin: cleanbody.html.walk, function by function. */

#include "walk.h"

static Frame *top(Walk *w) { return LAST(w->frames, Frame); }

/* -- text ---------------------------------------------------------------------------------------------------------- */

static void begin_piece(Walk *w) {
    size_t at = w->text.size;
    buffer_put(w, &w->pieces, &at, sizeof at);
}

static Str last_piece(Walk *w) {
    size_t begin = *LAST(w->pieces, size_t);
    return (Str){(unsigned char *)w->text.data + begin, w->text.size - begin};
}

static int ends_in_space_piece(Walk *w) {
    Str piece = last_piece(w);
    return piece.size == 1 && piece.data[0] == ' ';
}

/* A piece of one character. */
static void put_sign(Walk *w, char sign) {
    begin_piece(w);
    buffer_put(w, &w->text, &sign, 1);
    w->length++;
}

static void add_raw(Walk *w, Str text) {
    if (!w->pieces.size) { /* blank lines go, the first line's indentation stays */
        const unsigned char *end = text.data + text.size, *bare = skip_spaces(text.data, end), *from = bare;
        while (from > text.data && from[-1] != '\n') from--;
        if (from == end) return;
        text = (Str){from, (size_t)(end - from)};
    }
    begin_piece(w);
    buffer_put(w, &w->text, text.data, text.size);
    w->length += count_chars(text.data, text.size);
}

void add_text(Walk *w, Str text) {
    if (!text.data || !text.size) return;
    const unsigned char *end = text.data + text.size, *p = skip_spaces(text.data, end);
    if (p < end || w->raw) { /* most texts are white space alone */
        text = seen(w, text);
        if (!text.size) return;
        end = text.data + text.size;
        p = skip_spaces(text.data, end);
    }
    if (w->raw) {
        add_raw(w, text);
        return;
    }
    if (p == end) {
        w->space = 1;
        return;
    }
    int parted = (w->space || p > text.data) && w->line && !ends_in_space_piece(w);
    begin_piece(w);
    unsigned char *begin = buffer_room(w, &w->text, (size_t)(end - p) + 16), *out = begin;
    if (!begin) return;
    if (parted) *out++ = ' ';
    long tails;
    out = tidy(p, end, out, &tails);
    long count = (long)(out - begin) - tails;
    w->text.size += (size_t)(out - begin);
    w->length += count;
    w->line += count;
    w->space = skip_spaces_back(p, end) < end;
}

void add_break(Walk *w) {
    if (w->raw) {
        add_raw(w, (Str){(const unsigned char *)"\n", 1});
    } else if (!w->pieces.size) {
        return;
    } else if (w->line == 0 || w->line >= LONG_LINE) {
        flush(w, 0);
    } else {
        if (ends_in_space_piece(w)) w->text.data[w->text.size - 1] = '\n';
        else put_sign(w, '\n');
        w->line = 0;
        w->space = 0;
    }
}

/* -- marks --------------------------------------------------------------------------------------------------------- */

static void put_strings(Walk *w, Str value, Str title, long *places) {
    places[0] = (long)w->strings.size;
    buffer_put(w, &w->strings, value.data, value.size);
    places[1] = (long)w->strings.size;
    buffer_put(w, &w->strings, title.data, title.size);
    places[2] = (long)w->strings.size;
}

static void add_mark(Walk *w, long start, long end, int kind, const long *strings) {
    Marked mark = {start, end, strings[0], strings[1], strings[2], kind};
    buffer_put(w, &w->marks, &mark, sizeof mark);
}

static void close_mark(Walk *w, OpenMark *open, long end) {
    if (!open->written) put_strings(w, open->value, open->title, open->strings);
    open->written = 1;
    add_mark(w, open->start, end, open->kind, open->strings);
}

void add_image(Walk *w, const Node *node, const Tag *tag) {
    Attributes a;
    attributes_of(w, node, &a);
    Str source = value_of(&a, SRC);
    if (!source.size) source = value_of(&a, DATA_SRC);
    if (!source.size) return;
    long strings[3], at = w->size + w->length;
    put_strings(w, source, value_of(&a, ALT), strings);
    add_mark(w, at, at, tag->mark, strings);
}

/* Pull back the marks that reach into the white space cut off at the end of a block. */
void trim_marks(Walk *w, long begin, long end) {
    for (long i = COUNT(w->marks, Marked) - 1; i >= 0; i--) {
        Marked *mark = ITEM(w->marks, Marked, i);
        if (mark->end <= begin) break;
        if (mark->end <= end) continue;
        if (mark->start > end) mark->start = end;
        mark->end = end;
    }
}

static void move_marks(Walk *w, long start) {
    for (int i = 0; i < w->open_count; i++) w->open[i].start = start;
}

int open_mark(Walk *w, const Node *node, const Tag *tag) {
    Attributes a;
    Str value = {NULL, 0}, title = {NULL, 0};
    int any = attributes_of(w, node, &a), link = (tag->facts & IS_LINK) != 0;
    if (any) attribute_props(w, &a, node);
    if (link) {
        value = value_of(&a, HREF);
        title = value_of(&a, REL);
        if (!value.size) return 0;
    }
    if (w->open_count >= MAX_OPEN_MARKS) return 0;
    if (link && w->line && w->size + w->length == w->link_end) w->space = 1; /* links that touch are items of a row */
    if (w->line && w->space && !ends_in_space_piece(w)) { /* so that the white space before it is not part of it */
        put_sign(w, ' ');
        w->line++;
        w->space = 0;
    }
    OpenMark *open = &w->open[w->open_count++];
    *open = (OpenMark){.start = w->size + w->length, .value = value, .title = title, .kind = tag->mark};
    Frame frame = {.container = top(w)->container, .form = top(w)->form, .flags = top(w)->flags, .mark = 1};
    buffer_put(w, &w->frames, &frame, sizeof frame);
    return 1;
}

/* The signs that documentation tools link a heading to itself with. */
static int is_permalink(Str piece) {
    static const char *const signs[] = {"\xC2\xB6", "#", "\xC2\xA7", "\xF0\x9F\x94\x97"};
    const unsigned char *end = piece.data + piece.size, *begin = skip_spaces(piece.data, end);
    size_t size = (size_t)(skip_spaces_back(begin, end) - begin);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (size == strlen(signs[i]) && !memcmp(begin, signs[i], size)) return 1;
    return 0;
}

/* Take back the last piece of the block: the sign of a permalink is no text. */
static void unsay(Walk *w) {
    Str piece = last_piece(w);
    long count = count_chars(piece.data, piece.size);
    w->text.size -= piece.size;
    w->pieces.size -= sizeof(size_t);
    w->length -= count;
    if (!w->raw) w->line -= count;
    w->space = 1;
}

static void leave_mark(Walk *w) {
    w->frames.size -= sizeof(Frame);
    OpenMark *open = &w->open[--w->open_count];
    long end = w->size + w->length;
    if (end - open->start == 1 && w->pieces.size && is_permalink(last_piece(w))) {
        unsay(w);
    } else if (end > open->start) {
        if (open->kind == w->tables->link) w->link_end = end;
        close_mark(w, open, end);
    }
}

/* -- blocks and containers ----------------------------------------------------------------------------------------- */

void add_status(Walk *w, int status) {
    for (int i = 0; i < w->status_count; i++)
        if (w->statuses[i] == status) return;
    w->statuses[w->status_count++] = status;
}

/* Kind, level and flags of the block that ends here, of the innermost open element that says something. */
static Block form(Walk *w) {
    Frame *inner = top(w), *frame = inner->form < 0 ? NULL : ITEM(w->frames, Frame, inner->form);
    Block block = {.container = inner->container, .flags = inner->flags};
    if (!frame || (frame->facts & FIRST_ONLY && frame->used)) return block;
    long level = frame->facts & IS_ITEM ? w->lists : frame->facts & IS_QUOTE ? w->quotes : frame->level;
    if (frame->facts & FIRST_ONLY) frame->used = 1;
    block.kind = frame->kind;
    block.level = (unsigned char)(level < MAX_LEVEL ? level : MAX_LEVEL);
    return block;
}

/* The block whose text is done: `size` bytes of `length` characters. */
static void add_block(Walk *w, size_t size, long length) {
    Block block = form(w);
    block.start = w->size;
    block.end = w->size + length;
    buffer_put(w, &w->blocks, &block, sizeof block);
    for (int i = 0; i < w->open_count; i++)
        if (block.end > w->open[i].start) close_mark(w, &w->open[i], block.end);
    w->text.size = w->block_at + size;
    buffer_put(w, &w->text, "\n", 1);
    w->block_at = w->text.size;
    w->size = block.end + 1;
}

void flush(Walk *w, int last) {
    if (COUNT(w->blocks, Block) >= w->max_blocks && !last) {
        if (!w->line) return;
        add_status(w, STATUS_BLOCKS);
        put_sign(w, '\n');
        w->line = 0;
        return;
    }
    w->space = 0;
    w->line = 0;
    if (w->pieces.size && !w->failed) {
        const unsigned char *begin = (unsigned char *)w->text.data + w->block_at;
        const unsigned char *end = (unsigned char *)w->text.data + w->text.size, *stop = skip_spaces_back(begin, end);
        long length = w->length;
        if (stop < end) {
            length -= count_chars(stop, (size_t)(end - stop));
            trim_marks(w, w->size, w->size + length);
        }
        w->pieces.size = 0;
        w->length = 0;
        if (stop > begin) add_block(w, (size_t)(stop - begin), length);
        else w->text.size = w->block_at;
    }
    move_marks(w, w->size);
}

void open_container(Walk *w, Container container) {
    container.first = container.last = COUNT(w->blocks, Block);
    buffer_put(w, &w->containers, &container, sizeof container);
}

static void close_container(Walk *w, long index) {
    Container *container = ITEM(w->containers, Container, index);
    container->last = COUNT(w->blocks, Block);
    if (container->first < container->last || index + 1 < COUNT(w->containers, Container)) return;
    w->names.size = container->names; /* nothing stands in it */
    w->containers.size -= sizeof *container;
}

static void count_open(Walk *w, uint32_t facts, int by) {
    if (facts & IS_LIST) w->lists += by;
    else if (facts & IS_QUOTE) w->quotes += by;
    else if (facts & IS_RAW) w->raw += by;
}

/* `name`: of an element whose tag has no number. */
void open_block(Walk *w, const Node *node, const Tag *tag, Str name) {
    flush(w, 0);
    if (w->failed) return;
    Frame above = *top(w);
    Container container = {.parent = above.container, .tag = name.size ? element_number(node) : node->name,
                           .names = w->names.size};
    Frame frame = {.container = COUNT(w->containers, Container), .form = above.form, .facts = tag->facts,
                   .level = tag->level, .flags = above.flags};
    Attributes a;
    if (attributes_of(w, node, &a)) {
        put_names(w, &a);
        if (is_hidden(&a)) frame.flags |= FLAG_HIDDEN;
        attribute_props(w, &a, node);
        if (tag->facts & IS_HTML) set_text(w, &w->lang, value_of(&a, value_of(&a, LANG).size ? LANG : XML_LANG));
    }
    container.names_size = w->names.size - container.names;
    if (tag->facts & IS_NOSCRIPT) frame.flags |= FLAG_NOSCRIPT;
    container.tag_size = name.size;
    buffer_put(w, &w->names, name.data, name.size);
    count_open(w, tag->facts, 1);
    open_container(w, container);
    if (tag->kind) {
        frame.kind = tag->kind - 1;
        frame.form = COUNT(w->frames, Frame);
    }
    buffer_put(w, &w->frames, &frame, sizeof frame);
}

void leave(Walk *w) {
    if (w->failed) return;
    if (top(w)->mark) {
        leave_mark(w);
        return;
    }
    flush(w, 0);
    if (w->failed) return;
    Frame frame = *top(w);
    w->frames.size -= sizeof frame;
    count_open(w, frame.facts, -1);
    close_container(w, frame.container);
}
