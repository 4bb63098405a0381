/* What stands in the parser's nodes, one step at a time, so that a test can end before a pointer is followed that is
   none. Twin: the properties of selectolax's nodes. */

#include "lexbor.h"
#include "native.h"

static const void *address_of(PyObject *number) {
    const void *address = PyLong_AsVoidPtr(number);
    if (!address && !PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "there is no node at 0");
    return address;
}

static PyObject *address(const void *p) { return PyLong_FromVoidPtr((void *)p); }

static PyObject *native_node_links(PyObject *self, PyObject *number) {
    (void)self;
    const Node *node = address_of(number);
    if (!node) return NULL;
    return Py_BuildValue("(NNNNNNi)", address((void *)node->name), address(node->parent), address(node->prev),
                         address(node->next), address(node->first_child), address(node->last_child), node->type);
}

static PyObject *native_text_size(PyObject *self, PyObject *number) {
    (void)self;
    const TextNode *node = address_of(number);
    return node ? PyLong_FromSize_t(node->text.data ? node->text.size : 0) : NULL;
}

static PyObject *native_attribute_ends(PyObject *self, PyObject *number) {
    (void)self;
    const Element *element = address_of(number);
    return element ? Py_BuildValue("(NN)", address(element->first), address(element->last)) : NULL;
}

static PyObject *native_attribute_links(PyObject *self, PyObject *number) {
    (void)self;
    const Attribute *attribute = address_of(number);
    if (!attribute) return NULL;
    return Py_BuildValue("(NNNi)", address(attribute->owner), address(attribute->prev), address(attribute->next),
                         attribute->node.type);
}

PyDoc_STRVAR(node_doc,
"node_links(address)\n--\n\n"
"Number of the name, parent, previous, next, first and last child, type of the node at an address.");
PyDoc_STRVAR(text_doc, "text_size(address)\n--\n\nHow many bytes of text the text node at an address has.");
PyDoc_STRVAR(ends_doc, "attribute_ends(address)\n--\n\nThe first and last attribute of the element at an address.");
PyDoc_STRVAR(attribute_doc,
"attribute_links(address)\n--\n\nOwner, previous, next, type of the attribute at an address.");

PyMethodDef lexbor_methods[] = {
    {"node_links", native_node_links, METH_O, node_doc},
    {"text_size", native_text_size, METH_O, text_doc},
    {"attribute_ends", native_attribute_ends, METH_O, ends_doc},
    {"attribute_links", native_attribute_links, METH_O, attribute_doc},
    {NULL, NULL, 0, NULL},
};
