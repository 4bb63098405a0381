/* The headline and its copies. Twin: cleanbody.features.headline. */

#include "native.h"

PyMethodDef headline_methods[] = {
    {NULL, NULL, 0, NULL},
};
