"""JSON-LD and state JSON → the few values wanted, bounded, linear and never raising."""

from cleanbody.jsonld.linked import LinkedData, read_jsonld
from cleanbody.jsonld.reading import local_name, looks_like_markup, plain, read_values
from cleanbody.jsonld.state import find_state, state_text

__all__ = [
    "LinkedData",
    "find_state",
    "local_name",
    "looks_like_markup",
    "plain",
    "read_jsonld",
    "read_values",
    "state_text",
]
