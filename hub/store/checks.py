"""What a store promises of must-hold checks."""

from __future__ import annotations

from typing import Protocol

from hub.model.checks import MustHold


class Checks(Protocol):
    """What must hold whatever is granted, as of one snapshot. None of these evaluates; services do."""

    def every(self) -> tuple[MustHold, ...]:
        """Give all, by subject and collection."""

    def find(self, id: str) -> MustHold | None:  # noqa: A002 - the field's name
        """Give one."""


class ChecksWriter(Checks, Protocol):
    """The same inside a commit."""

    def add(self, check: MustHold) -> None:
        """Keep a new check."""

    def remove(self, id: str) -> None:  # noqa: A002 - the field's name
        """Forget a check."""
