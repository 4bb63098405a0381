/* Phrases and class tokens. Twins: cleanbody.lexicon. */

#include "native.h"

PyMethodDef lexicon_methods[] = {
    {NULL, NULL, 0, NULL},
};
