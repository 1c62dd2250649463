"""What a store promises of pushes: by whom, what became of them in numbers, and who approved what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from hub.model.submissions import Approval, Item, Mark, Submission, Tally


class Pushes(Protocol):
    """Pushes past and present, as of one snapshot."""

    def of(self, partner: str, before: Mark | None, limit: int) -> tuple[Submission, ...]:
        """Give a partner's, newest first, `limit` at most, without their items."""

    def tallies(self, submissions: Iterable[str]) -> Mapping[str, tuple[Tally, ...]]:
        """Count the objects of submissions (by id), by what became of them and who may know of it."""

    def approvals(self, submission: str) -> tuple[Approval, ...]:
        """Give who approved which of a submission's items, oldest first."""

    def alike(self, object_ids: Iterable[str]) -> tuple[Item, ...]:
        """Give the items in review of these ids, of every submission, oldest first."""


class PushesWriter(Pushes, Protocol):
    """The same inside a commit."""

    def approve(self, items: Iterable[Item], account: str, partner: str) -> None:
        """Keep that a reviewer approved items; what he approved before stays as it was."""
