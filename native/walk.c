/* The walk over a parsed page. Twin: cleanbody.html.walk. */

#include "native.h"

PyMethodDef walk_methods[] = {
    {NULL, NULL, 0, NULL},
};
