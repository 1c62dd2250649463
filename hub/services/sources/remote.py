"""A collection on another server, asked through taxii2-client over our own connection.

The library knows addresses, parameters and what resources must hold; it is not asked to page, since its generator
never ends on a `more` without `next`, nor to wait without an end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urljoin
from uuid import UUID

from taxii2client.exceptions import AccessError, TAXIIServiceException
from taxii2client.v21 import ApiRoot, Collection, Status

from hub.errors import ForbiddenError, SourceError
from hub.services.sources.access import Access
from hub.services.sources.limits import Limits
from hub.services.sources.receipts import Failure, Receipt
from hub.services.sources.wire import Told, Wire
from stix_models.timestamps import parse_micros

DATE_ADDED_LAST = "X-TAXII-Date-Added-Last"
_MAX_NEXT_CHARS = 8_192
_SHOWN_CHARS = 300


@dataclass(frozen=True, slots=True)
class Page:
    """One page of objects (TAXII 2.1 section 5.4). objects: the bytes the server sent.

    last_added: the date of the last of them, as the server's header says it; None if it does not.
    """

    objects: tuple[bytes, ...]
    more: bool
    next: str | None
    last_added: str | None


class Remote:
    """One collection. Every method raises what Wire.get raises. told: gets a sentence before each repeat.

    Raises: SourceError: what is there is no collection.
    """

    def __init__(self, access: Access, limits: Limits, told: Told = lambda _: None) -> None:
        self.access = access
        self._limits = limits
        self._wire = Wire(access, limits, told)
        with self._understood(access.url):
            about = self._wire.get(access.url, headers={"Accept": _ACCEPT})
            # The library wants the id in the address, where an alias may stand (section 5.2.1).
            url = urljoin(access.url, f"../{UUID(about['id'])}/")
            self._collection = Collection(url, conn=self._wire, collection_info=about)

    def page(
        self,
        limit: int | None,
        added_after: str | None,
        next_: str | None,
        match: Mapping[str, Any],
        *,
        is_repeatable: bool = True,
    ) -> Page:
        """Ask for one page (section 5.4). match: field to values.

        Raises: BrokenOffError: it is not repeatable, and whether the server answered is not known.
        """
        place = f"GET {self._collection.objects_url}"
        self._wire.is_repeatable = is_repeatable
        try:
            with self._understood(place):
                answer = self._collection.get_objects(limit=limit, added_after=added_after, next=next_, **match)
        finally:
            self._wire.is_repeatable = True
        return _page(answer, self._wire.headers.get(DATE_ADDED_LAST), place)

    def max_content_bytes(self) -> int:
        """Ask for the size of the largest envelope the API root takes (section 4.2)."""
        url = urljoin(self._collection.url, "../../")
        with self._understood(f"GET {url}"):
            found = ApiRoot(url, conn=self._wire).max_content_length
        if not isinstance(found, int) or isinstance(found, bool) or found < 1:
            raise SourceError(f"GET {url}: no `max_content_length`")
        return found

    def add(self, body: bytes, digest: str) -> Receipt:
        """Push an envelope (section 5.5); the receipt is final if the server has judged it already."""
        with self._understood(f"POST {self._collection.objects_url}"):
            return _receipt(self._collection.add_objects(body, wait_for_completion=False), digest)

    def settle(self, receipt: Receipt) -> Receipt:
        """Ask for the status of a push until it is complete (section 4.3).

        Raises: SourceError: it is pending for longer than is waited. NotFoundError: the server has forgotten it.
        """
        url = urljoin(self._collection.url, f"../../status/{receipt.status}/")
        with self._understood(f"GET {url}"):
            status = Status(url, conn=self._wire)
            status.wait_until_final(self._limits.poll_seconds, self._limits.status_seconds)
            settled = _receipt(status, receipt.envelope)
        if settled.is_final:
            return settled
        raise SourceError(f"GET {url}: pending after {self._limits.status_seconds:g} seconds; call again to go on")

    @contextmanager
    def _understood(self, place: str) -> Iterator[None]:
        """Turn what the library raises about an answer into an error of the hub's."""
        try:
            yield
        except AccessError as error:
            raise ForbiddenError(str(error)) from error
        # A resource of wrong types meets the library's arithmetic and keyword arguments.
        except (TAXIIServiceException, KeyError, TypeError, ValueError, AttributeError) as error:
            raise SourceError(f"{place}: not what TAXII 2.1 has here: {str(error)[:_SHOWN_CHARS]}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()


_ACCEPT = "application/taxii+json;version=2.1"


def _page(answer: dict[str, Any], last: str | None, place: str) -> Page:
    more, next_ = answer.get("more", False), answer.get("next")
    if not isinstance(more, bool) or not isinstance(next_, str | None) or len(next_ or "") > _MAX_NEXT_CHARS:
        raise SourceError(f"{place}: `more` is true or false, `next` a text of at most {_MAX_NEXT_CHARS} signs")
    try:
        parse_micros(last or "")
    except ValueError:
        last = None
    return Page(tuple(answer.get("objects", ())), more, next_ or None, last)


def _receipt(status: Any, digest: str) -> Receipt:
    """Read a status (section 4.3.1); the library has checked that its counts add up."""
    failures = tuple(
        Failure(*(str(each.get(name, ""))[:_SHOWN_CHARS] for name in ("id", "version", "message")))
        for each in status.failures
    )
    id_ = str(UUID(status.id))
    counts = (status.success_count, failures_count := status.failure_count, status.pending_count)
    if not all(isinstance(each, int) and each >= 0 for each in counts):
        raise ValueError("a count of a status is no number")
    return Receipt(digest, id_, status.status == "complete", counts[0], failures_count, counts[2], failures)
