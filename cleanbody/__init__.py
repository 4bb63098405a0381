"""cleanbody strips boilerplate from scraped content: HTML, and text whose HTML is long gone.

>>> import cleanbody
>>> cleanbody.clean("<title>Rain</title><p>It rained all day, and in the evening it rained still.").title
'Rain'
"""

from cleanbody.cleaner import Cleaner, clean, clean_text
from cleanbody.config import Config
from cleanbody.cut import recut
from cleanbody.page import (
    ArchiveError,
    Block,
    CleanbodyError,
    CleanPage,
    ConfigError,
    DataError,
    Document,
    InputError,
    Kind,
    Label,
    Metadata,
    PageType,
    Reason,
    Status,
)
from cleanbody.scan import Limits

__version__ = "0.1.0"
__all__ = [
    "ArchiveError",
    "Block",
    "CleanPage",
    "CleanbodyError",
    "Cleaner",
    "Config",
    "ConfigError",
    "DataError",
    "Document",
    "InputError",
    "Kind",
    "Label",
    "Limits",
    "Metadata",
    "PageType",
    "Reason",
    "Status",
    "clean",
    "clean_text",
    "recut",
]
