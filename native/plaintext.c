/* Scraped text into blocks. Twin: cleanbody.plaintext. */

#include "native.h"

PyMethodDef plaintext_methods[] = {
    {NULL, NULL, 0, NULL},
};
