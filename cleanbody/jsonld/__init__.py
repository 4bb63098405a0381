"""JSON-LD → the few values wanted, bounded, linear and never raising; state JSON likewise, in `jsonld.state`."""

from cleanbody.jsonld.linked import LinkedData, read_jsonld
from cleanbody.jsonld.reading import local_name, looks_like_markup, plain, read_values

__all__ = [
    "LinkedData",
    "local_name",
    "looks_like_markup",
    "plain",
    "read_jsonld",
    "read_values",
]
