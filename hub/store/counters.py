"""What a store promises of counts that are worth nothing tomorrow."""

from __future__ import annotations

from typing import Protocol


class Counters(Protocol):
    """Counts that last for a while, the same for all workers and after a restart; no backup has them."""

    def add(self, key: str, seconds: int) -> int:
        """Count one more; the first begins a window of so many seconds. Give the count."""

    def count(self, key: str) -> int:
        """Give the count of the window that runs, 0 if none does."""

    def ends(self, key: str) -> float:
        """Give when the window ends, seconds since 1970; now if none runs."""

    def touch(self, key: str) -> None:
        """Note that it was used now."""

    def touched(self, keys: Iterable[str]) -> Mapping[str, float]:
        """Give when each was last noted, seconds since 1970; what never was is left out."""


class Drafts(Protocol):
    """Prepared pushes that wait to be sent, gone when they expire; no backup has them."""

    def keep(self, draft: Draft, body: bytes, room: Room) -> None:
        """Keep a new draft with its envelope. Raises: ConflictError: the account has as much as it may have."""

    def of(self, account: str) -> tuple[Draft, ...]:
        """Give the account's drafts, oldest first."""

    def body(self, account: str, id: str) -> bytes:  # noqa: A002 - the field's name
        """Give the envelope of one of the account's drafts, checked. Raises: NotFoundError."""

    def drop(self, account: str, id: str) -> bool:  # noqa: A002 - the field's name
        """Forget one of the account's drafts, beyond recovery; False if it was not there."""

    def sweep(self) -> None:
        """Forget what has expired, beyond recovery."""
