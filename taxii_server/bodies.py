"""Bodies of requests, read with a limit and undone from gzip, and answers compressed for those who ask."""

from __future__ import annotations

import gzip
import io
import zlib
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import IO, TYPE_CHECKING

from hub.errors import TooLargeError
from taxii_server.errors import RefusedError

if TYPE_CHECKING:
    from flask import Request, Response

_GZIP_WINDOW = zlib.MAX_WBITS | 16
_SMALLEST_COMPRESSED_BYTES = 1_024
_DISCARDED_AT_ONCE_BYTES = 65_536
_MOST_DISCARDED_BYTES = 1_048_576
_FASTEST = 1
_PATIENCE_SECONDS = 1


class Reception:
    """Reads the bodies of requests, a few at a time: senders that dawdle must never hold every thread."""

    def __init__(self, limit_bytes: int, at_once: int) -> None:
        self._limit_bytes = limit_bytes
        self._seats = BoundedSemaphore(at_once)

    def take(self, request: Request) -> None:
        """Take a body in (see take_body). Raises: RefusedError (503): others are still sending theirs."""
        if not self._seats.acquire(timeout=_PATIENCE_SECONDS):
            raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too many pushes are being sent")
        try:
            take_body(request, self._limit_bytes)
        finally:
            self._seats.release()

    def leave(self, request: Request, response: Response, *, known: bool) -> None:
        """Settle what becomes of a body nobody has read: read past it, or let the connection end with the answer.

        known: whether the sender has signed in; for a stranger no thread waits.
        """
        stream = request.environ["wsgi.input"]
        sent = request.content_length or "HTTP_TRANSFER_ENCODING" in request.environ
        if isinstance(stream, io.BytesIO) or not sent:
            return
        read = False
        if known and self._seats.acquire(blocking=False):
            try:
                read = _discard(stream, _MOST_DISCARDED_BYTES)
            finally:
                self._seats.release()
        if not read:
            response.headers["Connection"] = "close"


def take_body(request: Request, limit_bytes: int) -> None:
    """Read the whole body and put it back for the view, with its length, whatever way it came.

    Raises: RefusedError: no body (400), no length and no chunks (411), a coding not known (415), not of its
        coding (400); TooLargeError: beyond the limit, as sent or unpacked.
    """
    stream = request.environ["wsgi.input"]
    if request.content_length is not None and request.content_length > limit_bytes:
        _discard(stream, limit_bytes)
        raise _too_large(limit_bytes)
    if request.content_length is None and not request.environ.get("wsgi.input_terminated"):
        raise RefusedError(HTTPStatus.LENGTH_REQUIRED, "send Content-Length")
    body = _read(stream, limit_bytes)
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding in {"gzip", "x-gzip"}:
        body = _unpack(body, limit_bytes)
    elif coding != "identity":
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send the body as it is, or in gzip")
    if not body:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is empty; send an envelope")
    request.environ["wsgi.input"] = io.BytesIO(body)
    request.environ["CONTENT_LENGTH"] = str(len(body))
    request.environ.pop("HTTP_TRANSFER_ENCODING", None)


def compress(request: Request, response: Response) -> Response:
    """Compress an answer by gzip for a client that asks, at the level whose time the network gives back."""
    response.headers.add("Vary", "Accept-Encoding")
    body = response.get_data()
    if len(body) < _SMALLEST_COMPRESSED_BYTES or request.accept_encodings.quality("gzip") <= 0:
        return response
    response.set_data(gzip.compress(body, compresslevel=_FASTEST, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _read(stream: IO[bytes], limit_bytes: int) -> bytes:
    """Read to the end, at most one byte beyond the limit."""
    parts, missing = [], limit_bytes + 1
    while missing > 0 and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    if missing <= 0:
        _discard(stream, limit_bytes)
        raise _too_large(limit_bytes)
    return b"".join(parts)


def _discard(stream: IO[bytes], most_bytes: int) -> bool:
    """Read on without keeping anything, so that a client still sending gets its answer; give whether this was all."""
    while most_bytes > 0 and (part := stream.read(min(most_bytes, _DISCARDED_AT_ONCE_BYTES))):
        most_bytes -= len(part)
    return most_bytes > 0


def _unpack(packed: bytes, limit_bytes: int) -> bytes:
    """Undo gzip, stopping one byte beyond the limit: a bomb costs no more than an honest body."""
    unpacker = zlib.decompressobj(_GZIP_WINDOW)
    try:
        body = unpacker.decompress(packed, limit_bytes + 1)
    except zlib.error:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is no gzip") from None
    if len(body) > limit_bytes:
        raise _too_large(limit_bytes)
    if not unpacker.eof or unpacker.unused_data:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "the body is no complete gzip, or more than one") from None
    return body


def _too_large(limit_bytes: int) -> TooLargeError:
    return TooLargeError(f"the body is larger than max_content_length, {limit_bytes} bytes; send it in parts")
