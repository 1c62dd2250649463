"""MISP to STIX 2.1: events, feeds, answers to searches, and galaxies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from converters.frame import Action, Options, Result
from converters.misp.document import Kind, pieces
from converters.misp.events.event import event_results, galaxy_results
from converters.misp.events.scene import Document

_SURE, _LIKELY, _POSSIBLE = 92, 75, 45
_STARTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*+[\[{]")
_EVENT = re.compile(rb'"(?:Event|response)"\s*+:\s*+[\[{]')
_MEMBER = re.compile(rb'"(?:Attribute|Object|Orgc|GalaxyCluster|Galaxy)"\s*+:\s*+[\[{]')
_ATTRIBUTE = re.compile(rb'"(?:to_ids|object_relation|threat_level_id|meta-category|template_uuid)"\s*+:')
_GALAXY = re.compile(rb'"(?:values|namespace|GalaxyCluster)"\s*+:')
_GALAXY_TOO = re.compile(rb'"(?:authors|icon|meta|tag_name)"\s*+:')
_STIX = re.compile(rb'"spec_version"\s*+:|"type"\s*+:\s*+"bundle"')


def sniff(head: bytes, _name: str) -> int:
    """Give 92 for JSON with an event's frame and members, 75 for members, 45 for a frame or a galaxy alone."""
    if not _STARTS.match(head) or _STIX.search(head):
        return 0
    signs = [form.search(head) is not None for form in (_EVENT, _MEMBER, _ATTRIBUTE)]
    if all(signs):
        return _SURE
    if signs[1] or (signs[0] and signs[2]):
        return _LIKELY
    if b'"Event"' in head or (_GALAXY.search(head) and _GALAXY_TOO.search(head)):
        return _POSSIBLE
    return 0


def convert(stream: BinaryIO, options: Options) -> Iterator[Result]:
    """Give a result for each attribute, each event and each cluster of a galaxy; findings name the place.

    Raises ConversionError where the document as a whole can't be read; a bad attribute costs itself alone.
    """
    document = Document(options)
    for piece in pieces(stream):
        if piece.kind is Kind.EVENT:
            yield from event_results(document, piece.value, piece.locator)
        elif piece.kind is Kind.GALAXY:
            yield from galaxy_results(document, piece.value, piece.locator)
        else:
            draft = document.begin(piece.locator)
            draft.find(
                "", str(piece.value.get("name") or ""), "definition", "a galaxy without clusters", Action.SKIPPED
            )
            yield draft.lost()
