"""What a store promises of what was prepared and not yet pushed."""

from __future__ import annotations

from typing import Protocol

from hub.model.drafts import Draft, Room


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
