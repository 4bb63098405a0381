"""Characters of a text that nobody sees."""

from __future__ import annotations

from typing import Final

from cleanbody.patterns import pattern

# Characters that only say where a line may break or may not; in the scripts of South-East Asia one of them parts words.
_UNSEEN: Final = pattern("[\u00ad\u2060\ufeff]|(?<![\u0e00-\u109f\u1780-\u17ff])\u200b")


def seen(text: str) -> str:
    """A text without soft hyphens and other characters that nobody sees.

    >>> seen("Donau\u00addampf\u200bschiff")
    'Donaudampfschiff'
    """
    return text if text.isascii() else _UNSEEN.sub("", text)
