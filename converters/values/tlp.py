"""TLP levels as people write them."""

from __future__ import annotations

import re

from stix_models.markings import Level

_TEXT_LEVELS = {
    "white": Level.CLEAR,
    "clear": Level.CLEAR,
    "green": Level.GREEN,
    "amber": Level.AMBER,
    "amber+strict": Level.AMBER_STRICT,
    "red": Level.RED,
}


def level(text: str) -> Level:
    """Give a TLP level in the words of version 1 or 2, with or without `TLP:` (WHITE is CLEAR, visibility.md S2)."""
    word = text.strip().lower().removeprefix("tlp").lstrip(" :-_")
    try:
        return _TEXT_LEVELS[re.sub(r"\s*[+ _-]\s*", "+", word)]
    except KeyError:
        raise ValueError("not a TLP level: clear, green, amber, amber+strict, red") from None
