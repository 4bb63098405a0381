/* Whether bytes are valid UTF-8, without making a string of them. Twin: bytes.decode. */

#include "native.h"

static int is_tail(unsigned char c) { return (c & 0xC0) == 0x80; }

static int is_ascii(const unsigned char *p, const unsigned char *end, int size) { /* eight bytes, or thirty-two */
    uint64_t words[4] = {0};
    if (end - p < size) return 0;
    memcpy(words, p, (size_t)size);
    return !((words[0] | words[1] | words[2] | words[3]) & UINT64_C(0x8080808080808080));
}

/* Behind the character above ASCII that stands at p, or NULL. */
static const unsigned char *character(const unsigned char *p, const unsigned char *end) {
    unsigned char c = *p;
    if (c < 0xC2 || c > 0xF4) return NULL; /* a tail byte, or the overlong form of a shorter one */
    if (c < 0xE0) return end - p < 2 || !is_tail(p[1]) ? NULL : p + 2;
    if (c < 0xF0) {
        if (end - p < 3 || !is_tail(p[1]) || !is_tail(p[2])) return NULL;
        if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F)) return NULL; /* overlong, surrogates */
        return p + 3;
    }
    if (end - p < 4 || !is_tail(p[1]) || !is_tail(p[2]) || !is_tail(p[3])) return NULL;
    if ((c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F)) return NULL; /* overlong, beyond Unicode */
    return p + 4;
}

static int is_utf8(const unsigned char *p, const unsigned char *end) {
    while (p < end) {
        while (is_ascii(p, end, 32)) p += 32;
        if (is_ascii(p, end, 8)) {
            p += 8;
            continue;
        }
        while (p < end && *p < 0x80) p++;
        while (p < end && *p >= 0x80)
            if (!(p = character(p, end))) return 0;
    }
    return 1;
}

static PyObject *native_is_utf8(PyObject *self, PyObject *data) {
    (void)self;
    if (!PyBytes_Check(data))
        return PyErr_Format(PyExc_TypeError, "is_utf8: bytes, not %.100s", Py_TYPE(data)->tp_name);
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
