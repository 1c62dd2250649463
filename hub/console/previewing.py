"""From a form to a commit by way of a page that shows, exactly, who would see what: for everything that may widen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import Response

from hub.console.forms import line
from hub.console.here import actor, hub
from hub.console.pages import page, status_of
from hub.errors import ConflictError, HubError, InvalidInputError
from hub.services.access import Stage

_PREVIEW = "previewing/preview.html"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a form wants changed.

    fields: what makes the same proposal again, by name and value. apply_to: the address it is confirmed at.
    back: the page it came from. pulled: accounts known to have got already what is to be closed; None where nobody
    asked.
    """

    stages: Sequence[Stage]
    fields: Sequence[tuple[str, str]]
    apply_to: str
    back: str
    pulled: Collection[str] | None = None

    def show(self, problem: HubError | None = None) -> Response:
        """Show what it would do, with what was wrong about confirming it. Raises: what the stages raise."""
        access = hub().access
        preview = access.preview(actor(), self.stages)
        effects = preview.effects
        response = page(
            _PREVIEW,
            proposal=self,
            preview=preview,
            opened=access.named(actor(), effects.opened.first),
            closed=access.named(actor(), effects.closed.first),
            asks_why=effects.widens and "reason" not in dict(self.fields),
            form={"reason": line("reason")},
            problem=problem,
        )
        if problem is not None:
            response.status_code = status_of(problem)
        return response

    def settle(self) -> Response | None:
        """Do it, if it is still what was shown; else give the page that shows it again."""
        try:
            hub().access.apply(actor(), self.stages, line("stamp"), line("reason"))
        except (InvalidInputError, ConflictError) as problem:
            return self.show(problem)
        return None
