/* Words and stems, and what blocks share. Twins: cleanbody.features.tokens, context. */

#include "native.h"

PyMethodDef words_methods[] = {
    {NULL, NULL, 0, NULL},
};
