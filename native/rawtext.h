/* Where elements and comments end that hold raw text. Twin: cleanbody.scan.rawtext. */

#ifndef CLEANBODY_RAWTEXT_H
#define CLEANBODY_RAWTEXT_H

#include "markup.h"

enum { RAW_NAMES = 9 };
enum { IFRAME, NOEMBED, NOFRAMES, PLAINTEXT, SCRIPT_TAG, STYLE, TEXTAREA, TITLE, XMP };
enum { SCRIPT_START = RAW_NAMES, STYLE_START, COMMENT_END, COMMENT_BANG, CDATA_END, SEARCHES };
extern const char *const raw_names[RAW_NAMES];

typedef struct {
    enum { UNASKED, FOUND, NOWHERE } state;
    Bytes at; /* the last answer; it holds for every position up to itself */
} Search;

typedef struct {
    Bytes start, end;
    Search searches[SEARCHES];
    int script_ran_away;
} RawText;

typedef struct {
    Bytes at;         /* its end, or NULL where it takes the rest of the page, rightly */
    const char *name; /* whose end tag must be put there; "-->" for a comment; NULL: nothing */
    Bytes until;      /* where a parser would have ended it */
    Py_ssize_t skip;  /* bytes at the end that what is put there stands for */
} Ending;

RawText raw_text(Bytes start, Bytes end);
Ending raw_element(RawText *r, int raw, int loads, Bytes p); /* loads: a script with "src" in its attributes */
Bytes raw_end_of(RawText *r, int raw, Bytes p);              /* the next end tag, or NULL */
Ending raw_comment(RawText *r, Bytes p);
Bytes raw_cdata(RawText *r, Bytes p); /* behind the section, or NULL */
Bytes find_text(Bytes p, Bytes end, const char *text);

#endif
