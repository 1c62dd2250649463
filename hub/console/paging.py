"""Where in a list a page begins, as its address says; what is no place in a list is its beginning."""

from __future__ import annotations

import re

from flask import request

from hub.model.submissions import Mark

_PLACE = re.compile(r"[0-9]{1,7}\Z")
_MARK = re.compile(r"([0-9]{1,17})\.([0-9a-f-]{36})\Z")


def start() -> int:
    """Give the number of entries before the page (`?start=`)."""
    text = request.args.get("start", "")
    return int(text) if _PLACE.match(text) else 0


def before() -> Mark | None:
    """Give what the page goes on from, newest first (`?before=`)."""
    found = _MARK.match(request.args.get("before", ""))
    return Mark(int(found[1]), found[2]) if found else None


def written(mark: Mark | None) -> str | None:
    """Write a mark as `before` reads it."""
    return f"{mark.at}.{mark.id}" if mark else None
