"""Media types of requests: Accept and Content-Type as RFC 7231 reads them (TAXII 2.1 sections 1.6.8 and 3.1).

medallion compares these headers as text; this reads them, and the views are then shown MEDIA_TYPE.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MEDIA_TYPE = "application/taxii+json;version=2.1"
"""The one media type spoken here, in the spelling every client understands (taxii2-client compares text)."""

_VERSION = "2.1"
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 7230's name for a word
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ELEMENT = re.compile(rf'(?:[^,"]|{_QUOTED})+')
_RANGE = re.compile(rf"[ \t]*({_TOKEN})/({_TOKEN})[ \t]*((?:;[^;\"]*(?:{_QUOTED})?[ \t]*)*)\Z")
_PARAMETER = re.compile(rf";[ \t]*({_TOKEN})=({_TOKEN}|{_QUOTED})[ \t]*")
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\Z")


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One media type or range with its parameters, lower-cased and unquoted; weight 0 to 1."""

    name: str
    parameters: dict[str, str]
    weight: float = 1.0

    def specificity(self) -> int:
        """How closely it names what is spoken here: 3 with the version … 0 for anything, -1 for others."""
        if self.name == "application/taxii+json":
            version = self.parameters.get("version")
            return 2 if version is None else 3 if version == _VERSION else -1
        return {"application/*": 1, "*/*": 0}.get(self.name, -1)


def accepts(header: str | None) -> bool:
    """Whether an Accept header lets MEDIA_TYPE through; the closest range decides (RFC 7231 5.3.2)."""
    if header is None or not header.strip():
        return True
    ranges = [found for element in _ELEMENT.findall(header) if (found := _read(element))]
    fitting = [(found.specificity(), found.weight) for found in ranges if found.specificity() >= 0]
    return bool(fitting) and max(fitting)[1] > 0


def takes(header: str | None) -> bool:
    """Whether a body of this Content-Type is taken: TAXII JSON of this version or of none, in UTF-8."""
    found = _read(header or "")
    if found is None or found.name != "application/taxii+json":
        return False
    charset = found.parameters.get("charset", "utf-8").lower()
    return found.parameters.get("version", _VERSION) == _VERSION and charset == "utf-8"


def _read(element: str) -> MediaRange | None:
    """Read one media range; None if it follows no grammar (it then stands for nothing)."""
    match = _RANGE.match(element)
    if match is None:
        return None
    parameters: dict[str, str] = {}
    position, text = 0, match[3]
    while position < len(text):
        parameter = _PARAMETER.match(text, position)
        if parameter is None:
            return None
        value = parameter[2]
        unquoted = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        parameters.setdefault(parameter[1].lower(), unquoted)
        position = parameter.end()
    weight = parameters.pop("q", "1")
    if not _WEIGHT.match(weight):
        return None
    return MediaRange(f"{match[1]}/{match[2]}".lower(), parameters, float(weight))
