"""The syntax of language tags (RFC 5646 section 2.1)."""

from __future__ import annotations

import re

_TAG = re.compile(
    r"""
    (?: (?: [a-z]{2,3} (?:-[a-z]{3}){0,3} | [a-z]{4} | [a-z]{5,8} )   # language, with its extensions
        (?: -[a-z]{4} )?                                              # script
        (?: -(?:[a-z]{2}|[0-9]{3}) )?                                 # region
        (?: -(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}) )*                    # variants
        (?: -[0-9a-wy-z] (?:-[a-z0-9]{2,8})+ )*                       # extensions
        (?: -x (?:-[a-z0-9]{1,8})+ )?                                 # private use
      | x (?:-[a-z0-9]{1,8})+
      | en-gb-oed | sgn-be-fr | sgn-be-nl | sgn-ch-de                 # grandfathered, irregular
      | i-(?:ami|bnn|default|enochian|hak|klingon|lux|mingo|navajo|pwn|tao|tay|tsu)
    )""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)

_MAX_CHARS = 255


def is_language_tag(text: str) -> bool:
    """Whether the text is well-formed; whether its parts are registered is not asked."""
    return len(text) <= _MAX_CHARS and _TAG.fullmatch(text) is not None
