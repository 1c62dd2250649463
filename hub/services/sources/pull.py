"""Everything new from a collection on another server, page by page, each object once whatever breaks off between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from hub.errors import HubError, InvalidInputError, SourceError, TooLargeError
from hub.services.sources.landing import Landing
from hub.services.sources.limits import Limits
from hub.services.sources.position import Asked
from hub.services.sources.remote import Page, Remote
from hub.services.sources.wire import BrokenOffError
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

    A `next` that the server does not know any more, or that moves on with each answer (Place.is_fixed) when an answer
    was lost, costs the pages of this run, never an object.

    Raises: as Remote, with the number of the page; what was pulled until then stays, and the next call goes on.
    """
    if landing.place.next is not None and not landing.place.is_fixed:
        landing.rewind()  # the run that was broken off may have been given more than it kept
    run = _Run(remote, landing, question, limits)
    for _ in range(limits.pages):
        more = run.take()
        here = landing.place
        pulled = Pulled(run.number, here.objects - landing.began.objects, here.objects, here.last)
        progress(pulled)
        if not more:
            landing.finish()
            return pulled
    raise SourceError(f"more than {limits.pages} pages: ended; call again to go on")


class _Run:
    """One way through the pages, from the landing's place on. number: of the page asked for last, from 1."""

    def __init__(self, remote: Remote, landing: Landing, question: Question, limits: Limits) -> None:
        self._remote = remote
        self._landing = landing
        self._question = question
        self._limits = limits
        self.number = 0
        self._rewinds = 0
        self._idle = 0
        self._watch = _Watch(landing.place.next)

    def take(self) -> bool:
        """Take one page; give whether there are more."""
        page = self._page()
        number = self.number
        asked = self._landing.place
        self._idle = 0 if page.objects else self._idle + 1
        if page.more and self._idle > self._limits.empty_pages:
            raise SourceError(f"page {number}: {self._idle} pages in a row without an object, and still `more`")
        after, next_ = _onward(page, asked.added_after, number)
        if page.more and self._watch.is_back(asked.next, page):
            raise SourceError(f"page {number}: a `next` or a page that came before: the pages go in a circle")
        self._landing.add(page.objects, added_after=after, next_=next_, last=page.last_added)
        return page.more

    def _page(self) -> Page:
        """Ask at the landing's place; from the beginning of the run, if it can't be asked for there any more."""
        self.number += 1
        try:
            return self._ask(self.number)
        except _LostError as error:
            self._rewinds += 1
            if self._rewinds > max(1, self._limits.retries):
                raise error.reason from error
        self._landing.rewind()
        self._watch = _Watch(None)
        self.number = 0
        return self._page()

    def _ask(self, number: int) -> Page:
        """Ask for the page. Raises: _LostError: the server refuses the `next` of an earlier run, or has moved it on."""
        place = self._landing.place
        is_repeatable = place.next is None or place.is_fixed
        match = dict(self._question.match)
        try:
            return self._remote.page(
                self._question.limit, place.added_after, place.next, match, is_repeatable=is_repeatable
            )
        except BrokenOffError as error:
            raise _LostError(SourceError(f"page {number}: {error}")) from error
        except (SourceError, TooLargeError) as error:
            raise type(error)(f"page {number}: {error}") from error
        except InvalidInputError as error:
            if number > 1 or place.next is None:
                raise
            raise _LostError(error) from error


class _LostError(Exception):
    """The place is lost, and with it no more than time. reason: what to say if it happens too often."""

    def __init__(self, reason: HubError) -> None:
        super().__init__(str(reason))
        self.reason = reason


class _Watch:
    """What pages came before, so that a server that gives them again is left. first: the `next` to begin with."""

    def __init__(self, first: str | None) -> None:
        self._seen = {_digest((first or "").encode())}
        self._last = b""

    def is_back(self, asked: str | None, page: Page) -> bool:
        """Note a page; tell whether its `next` leads back, or it is the last page again.

        A server that keeps the page in its memory gives the same `next` each time, with other objects.
        """
        if page.next is None:
            return False
        next_, content = _digest(page.next.encode("utf-8", "surrogatepass")), _digest(*page.objects)
        is_back = content == self._last if page.next == asked else next_ in self._seen
        self._seen.add(next_)
        self._last = content
        return is_back


def _digest(*contents: bytes) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for content in contents:
        digest.update(content)
    return digest.digest()


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
