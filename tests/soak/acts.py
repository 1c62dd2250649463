"""Who changes things meanwhile: tellers of stories, the secretariat's operator, and the one who backs up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING

from hub.model.collections import Right
from tests.bench.client import Line
from tests.hub.store.oracle import Held, Key
from tests.processes import hub as command
from tests.soak.cast import CHAIR, GROUPS, MAIN, OUTSIDERS, PRODUCERS, SIDE, turn
from tests.soak.ledger import Ledger
from tests.soak.stories import Delete, Push, Raise, Step, story

if TYPE_CHECKING:
    from hub.application import Hub

_AT_ONCE = 6
_BETWEEN_STEPS_SECONDS = 0.01
_BETWEEN_TURNS_SECONDS = 0.3
_BETWEEN_BACKUPS_SECONDS = 3


class NotTakenError(AssertionError):
    """The hub did not take what it must."""


class Teller:
    """Tells several stories at once, a step here and a step there; each step is confirmed before the story's next."""

    def __init__(
        self, numbers: Iterator[int], seed: int, ledger: Ledger, inside: Hub, lines: Mapping[str, Line]
    ) -> None:
        self._stories = ((number, story(number, seed)) for number in numbers)
        self._random = Random(seed)  # noqa: S311 - which story goes on is to be the same when it is told again
        self._ledger = ledger
        self._inside = inside
        self._lines = lines

    def tell(self, stop: Event) -> None:
        """Go on until told to stop; stories that have begun stay as they are."""
        open_ = [next(self._stories) for _ in range(_AT_ONCE)]
        while not stop.wait(_BETWEEN_STEPS_SECONDS):
            which = self._random.randrange(_AT_ONCE)
            number, steps = open_[which]
            step = next(steps, None)
            if step is None:
                open_[which] = next(self._stories)
            else:
                self._do(step)
                self._ledger.acknowledge(number, step)

    def _do(self, step: Step) -> None:
        match step:
            case Push():
                self._push(step)
            case Raise():
                chair = self._inside.membership.acting(CHAIR)
                self._inside.marking.raise_level(chair, step.object_id, step.level, "soak")
            case Delete():
                path = f"/api/collections/{step.collection}/objects/{step.object_id}/?match[version]=all"
                self._lines[step.producer].delete(path)

    def _push(self, step: Push) -> None:
        body = b'{"objects":[%b]}' % b",".join(told.raw for told in step.objects)
        answer = self._lines[step.producer].post(f"/api/collections/{step.collection}/objects/", body)
        if b'"status":"complete"' not in answer.body or b'"failure_count":0,' not in answer.body:
            raise NotTakenError(f"{step}: {answer.body[:500]!r}")


def turn_rights(inside: Hub, ledger: Ledger, seed: int, stop: Event) -> None:
    """Begin and end reading rights and memberships, one after the other."""
    random = Random(seed)  # noqa: S311 - likewise
    members = (*OUTSIDERS, *PRODUCERS)
    while not stop.wait(_BETWEEN_TURNS_SECONDS):
        if random.random() < 0.5:
            held = Held(Right.READ, f"partner:{random.choice(OUTSIDERS)}", random.choice((MAIN, SIDE)))
        else:
            held = Held(Right.MEMBER, f"partner:{random.choice(members)}", random.choice(sorted(GROUPS.values())))
        on = not ledger.holds(held)
        turn(inside, held, on=on)
        ledger.turn(held, on=on)


@dataclass(slots=True)
class Backups:
    """Backups by the command, one after the other; only the last is kept, with what it must hold at least."""

    data: Path
    folder: Path
    ledger: Ledger
    last: Path | None = None
    within: frozenset[Key] = field(default_factory=frozenset)
    count: int = 0

    def make(self, stop: Event) -> None:
        """Go on until told to stop."""
        for number in count(1):
            before, file = self.ledger.standing(), self.folder / f"backup-{number}.zip"
            command(self.data, "backup", str(file))
            if self.last:
                self.last.unlink()
            self.last, self.within, self.count = file, before, number
            if stop.wait(_BETWEEN_BACKUPS_SECONDS):
                return
