/* Whether bytes are valid UTF-8, without making a string of them. Twin: bytes.decode. */

#include "native.h"

static int is_tail(unsigned char c) { return (c & 0xC0) == 0x80; }

static int is_utf8(const unsigned char *p, const unsigned char *end) {
    while (p < end) {
        if (end - p >= 8) { /* ASCII, eight bytes at a time */
            uint64_t word;
            memcpy(&word, p, 8);
            if (!(word & UINT64_C(0x8080808080808080))) { p += 8; continue; }
        }
        unsigned char c = *p;
        if (c < 0x80) { p++; continue; }
        if (c < 0xC2 || c > 0xF4) return 0; /* a tail byte, or the overlong form of a shorter one */
        if (c < 0xE0) {
            if (end - p < 2 || !is_tail(p[1])) return 0;
            p += 2;
        } else if (c < 0xF0) {
            if (end - p < 3 || !is_tail(p[1]) || !is_tail(p[2])) return 0;
            if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F)) return 0; /* overlong, surrogates */
            p += 3;
        } else {
            if (end - p < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3])) return 0;
            if ((c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F)) return 0; /* overlong, beyond Unicode */
            p += 4;
        }
    }
    return 1;
}

static PyObject *native_is_utf8(PyObject *self, PyObject *data) {
    (void)self;
    if (!PyBytes_Check(data)) return PyErr_Format(PyExc_TypeError, "is_utf8: bytes, not %.100s", Py_TYPE(data)->tp_name);
    const unsigned char *p = (const unsigned char *)PyBytes_AS_STRING(data);
    Py_ssize_t size = PyBytes_GET_SIZE(data);
    int valid;
    Py_BEGIN_ALLOW_THREADS
    valid = is_utf8(p, p + size);
    Py_END_ALLOW_THREADS
    return PyBool_FromLong(valid);
}

PyDoc_STRVAR(is_utf8_doc,
"is_utf8(data)\n--\n\n"
"Tell whether bytes are valid UTF-8, as bytes.decode does.");

PyMethodDef utf8_methods[] = {
    {"is_utf8", native_is_utf8, METH_O, is_utf8_doc},
    {NULL, NULL, 0, NULL},
};
