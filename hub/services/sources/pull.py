"""Everything new from a collection on another server, page by page, each object once whatever breaks off between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from hub.errors import InvalidInputError, SourceError, TooLargeError
from hub.services.sources.landing import Asked, Landing
from hub.services.sources.limits import Limits
from hub.services.sources.remote import Page, Remote
from stix_models.timestamps import parse_micros


@dataclass(frozen=True, slots=True)
class Question:
    """What is wanted of a collection (TAXII 2.1 section 5.4).

    added_after: a timestamp, None for all. limit: objects a page, None for the server's choice.
    match: (field, values) of section 3.5, any of the values.
    """

    added_after: str | None = None
    limit: int | None = None
    match: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def of(self, remote: Remote) -> Asked:
        """Give what a position is good for."""
        return Asked(remote.access.url, remote.access.user, self.added_after, self.match)


@dataclass(frozen=True, slots=True)
class Pulled:
    """How far a pull is, or what it brought. objects: in this run; total: in the file. last: their last date."""

    pages: int
    objects: int
    total: int
    last: str | None


def pull(
    remote: Remote, landing: Landing, question: Question, limits: Limits, progress: Callable[[Pulled], None]
) -> Pulled:
    """Pull to the end and put the output in place. progress: told after each page.

    A `next` of an earlier run that the server does not know any more costs that run's pages, not their objects.

    Raises: as Remote, with the number of the page; what was pulled until then stays, and the next call goes on.
    """
    seen: set[bytes] = set()
    idle = 0
    _check_new(landing.place.next, seen, 0)
    for number in range(1, limits.pages + 1):
        page = _asked(remote, landing, question, number)
        idle = 0 if page.objects else idle + 1
        if page.more and idle > limits.empty_pages:
            raise SourceError(f"page {number}: {idle} pages in a row without an object, and still `more`")
        after, next_ = _onward(page, landing.place.added_after, number)
        _check_new(next_, seen, number)
        landing.add(page.objects, added_after=after, next_=next_, last=page.last_added)
        pulled = _so_far(landing, number)
        progress(pulled)
        if not page.more:
            landing.finish()
            return pulled
    raise SourceError(f"more than {limits.pages} pages: ended; call again to go on")


def _asked(remote: Remote, landing: Landing, question: Question, number: int) -> Page:
    """Ask for the page at the landing's place."""
    place = landing.place
    try:
        return remote.page(question.limit, place.added_after, place.next, dict(question.match))
    except TooLargeError as error:
        raise TooLargeError(f"page {number}: {error}") from error
    except SourceError as error:
        raise SourceError(f"page {number}: {error}") from error
    except InvalidInputError:
        if number > 1 or place.next is None:
            raise
    landing.rewind()
    return _asked(remote, landing, question, number)


def _onward(page: Page, added_after: str | None, number: int) -> tuple[str | None, str | None]:
    """Give `added_after` and `next` for the page after this one.

    `more` without `next` goes on after the last date told (section 5.4); where that does not rise, it never ends.
    """
    if not page.more or page.next is not None:
        return added_after, page.next
    if page.last_added is None or not page.objects:
        raise SourceError(f"page {number}: `more` is true, and there is neither `next` nor a date to go on from")
    if added_after is not None and parse_micros(page.last_added) <= parse_micros(added_after):
        raise SourceError(f"page {number}: `more` is true without `next`, and the dates do not rise")
    return page.last_added, None


def _check_new(next_: str | None, seen: set[bytes], number: int) -> None:
    if next_ is None:
        return
    digest = hashlib.blake2b(next_.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if digest in seen:
        raise SourceError(f"page {number}: a `next` that came before: the pages go in a circle")
    seen.add(digest)


def _so_far(landing: Landing, pages: int) -> Pulled:
    here = landing.place
    return Pulled(pages, here.objects - landing.began.objects, here.objects, here.last)
