/* Columns of a block's own text. Twin: cleanbody.features.text. */

#include "native.h"

PyMethodDef text_methods[] = {
    {NULL, NULL, 0, NULL},
};
