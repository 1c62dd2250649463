"""STIX 2.1 passed on: a bundle, a TAXII envelope or JSON lines; ids, versions and bytes of the objects untouched."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from converters.elements import MAX_LINE_BYTES, lines, members
from converters.frame import SHOWN_CHARS, Action, ConversionError, Finding, Options, Outcome, Result
from stix_models import strict
from stix_models.ids import is_stix_id, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_SURE, _LIKELY, _POSSIBLE = 95, 70, 40
_ID = re.compile(rb'"id"\s*+:\s*+"[a-z0-9][a-z0-9-]*--[0-9a-fA-F]{8}-')
_VERSION = re.compile(rb'"spec_version"\s*+:\s*+"2\.1"')
_BUNDLE = re.compile(rb'"type"\s*+:\s*+"bundle"')


def sniff(head: bytes, _name: str) -> int:
    """95 for JSON with a STIX id and spec_version 2.1, 70 for a bundle, 40 for an `objects` list or a STIX id alone."""
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return 0
    has_id = _ID.search(head) is not None
    if has_id and _VERSION.search(head):
        return _SURE
    if _BUNDLE.search(head):
        return _LIKELY
    return _POSSIBLE if has_id or b'"objects"' in head else 0


def convert(stream: BinaryIO, _options: Options) -> Iterator[Result]:
    """One result an object; of the options none applies, as nothing is built and nothing marked.

    A document that breaks off gives what was complete, and its end as a rejected record.
    """
    seen: set[bytes] = set()
    number = 0
    try:
        for number, (locator, raw) in enumerate(_located(stream), 1):
            yield _result(number, locator, raw, seen)
    except ConversionError as error:
        if error.code != "truncated":
            raise
        finding = Finding(number + 1, "end of the document", "", "", error.code, str(error), Action.REJECTED)
        yield Result(number + 1, finding.locator, Outcome.REJECTED, (), (finding,))


def _located(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    if _is_lines(stream):
        for number, raw in lines(stream):
            yield f"line {number}", raw
    else:
        for index, raw in enumerate(members(stream)):
            yield f"objects[{index}]", raw


def _is_lines(stream: BinaryIO) -> bool:
    """Whether the first line is a whole JSON object without `objects`; the stream is set back."""
    line = stream.readline(MAX_LINE_BYTES)
    stream.seek(0)
    try:
        value = strict.loads(line)
    except strict.StrictJSONError:
        return False
    return isinstance(value, dict) and "objects" not in value and value.get("type") != "bundle"


def _result(number: int, locator: str, raw: bytes, seen: set[bytes]) -> Result:
    wrong = _judge(raw)
    if wrong is not None:
        field, value, code, message = wrong
        finding = Finding(number, locator, field, value[:SHOWN_CHARS], code, message, Action.REJECTED)
        return Result(number, locator, Outcome.REJECTED, (), (finding,))
    digest = hashlib.blake2b(raw, digest_size=16).digest()
    if digest in seen:
        finding = Finding(number, locator, "", "", "repeated", "the same bytes stood here before", Action.SKIPPED)
        return Result(number, locator, Outcome.SKIPPED, (), (finding,))
    seen.add(digest)
    return Result(number, locator, Outcome.CONVERTED, (raw,))


def _judge(raw: bytes) -> tuple[str, str, str, str] | None:
    """(field, value, code, message) of what keeps this from being an object of STIX 2.1; None if nothing does.

    Whether it is a valid one is for intake to say: here only that it can be named.
    """
    try:
        value: Any = strict.loads(raw)
    except strict.StrictJSONError as error:
        return "", raw[:SHOWN_CHARS].decode("utf-8", "replace"), "json", str(error)
    if not isinstance(value, dict):
        return "", str(value), "json", "not a JSON object"
    id_, type_ = value.get("id"), value.get("type")
    if not isinstance(type_, str) or not isinstance(id_, str):
        return "id" if isinstance(type_, str) else "type", "", "id", "an object needs `type` and `id`"
    if not is_stix_id(id_) or type_of(id_) != type_:
        return "id", id_, "id", f"not an id of the form {type_}--UUID"
    version = value.get("spec_version", "2.0" if "created" in value else "2.1")
    if version != "2.1":
        return "spec_version", str(version), "version", "an object of another version of STIX; only 2.1 is passed on"
    return None
