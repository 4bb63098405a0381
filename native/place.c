/* Columns of numbers alone: form, place, region, neighbours, second stage. Twins: cleanbody.features.structure, region, context, second. */

#include "native.h"

PyMethodDef place_methods[] = {
    {NULL, NULL, 0, NULL},
};
