/* Rules over columns, and the cut of a page. Twins: cleanbody.rules, cleanbody.classify. */

#include "native.h"

PyMethodDef decide_methods[] = {
    {NULL, NULL, 0, NULL},
};
