"""Questions of readers to producers about what they see, through the hub: neither learns who the other is.

Secretariat persons who see the object's content see both. What was asked and said is in no audit trail.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from hub.errors import ConflictError, InvalidInputError, NotFoundError, ThrottledError
from hub.model.audit import Event
from hub.model.contributions import Contribution
from hub.model.members import Actor, Role
from hub.model.questions import MAX_TEXT_CHARACTERS, Answer, Question
from hub.model.submissions import Mark
from hub.policy.actions import Action, Resource, decide, may_read, require
from hub.policy.rules import Reader
from hub.services.reading import reader_of, reads_anything
from hub.store.base import Snapshot, Store, Transaction

ASKED_A_DAY = 20
ANSWERED_A_DAY = 200
"""How many questions and answers an account may send in a day."""
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a question, as the secretariat sees it. account: None for the producer as a whole."""

    partner: str
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. at: µs of the wall clock. account: None for whoever is not told."""

    at: int
    text: str
    account: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A question as the actor may know it. at: µs of the wall clock.

    mine: he asked it. can_answer: he is of the producer. sees_object: whether he has the object in view now;
    who asked and doesn't any more keeps his question and gets no answers. asker, producer: for the secretariat alone.
    """

    id: str
    object_id: str
    at: int
    text: str
    answers: tuple[Said, ...]
    mine: bool
    can_answer: bool
    sees_object: bool
    asker: Party | None
    producer: Party | None


@dataclass(frozen=True, slots=True)
class ToldPage:
    """Questions, newest first. next: where to go on; None on the last page."""

    entries: tuple[Told, ...]
    next: Mark | None


class Questions:
    """Carries questions and answers between readers and producers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def ask(self, actor: Actor, object_id: str, text: str) -> Told:
        """Ask the producer of what the actor sees under the id.

        Raises: NotFoundError: he sees nothing of it. ForbiddenError: it is his own organisation's, or he is no
        person who reads. ConflictError: the hub itself holds it, so there is nobody to ask. InvalidInputError: the
        text is no text of 1 to MAX_TEXT_CHARACTERS characters. ThrottledError: he asked too often today.
        """
        reader = reader_of(self._store, actor)
        require(actor, Action.QUESTION_ASK, Resource(visible=True))  # whatever is asked about, so that it tells nothing
        text = checked_text(text)

        def work(tx: Transaction) -> Told:
            seen = _Seen(tx, actor, reader)
            producer = seen.producer(object_id)
            if producer is None and self._public(tx, actor, reader, object_id):
                raise ConflictError("the hub itself holds this object: there is no producer to ask")
            if producer is None:
                raise NotFoundError(f"no object {object_id}")
            require(actor, Action.QUESTION_ASK, Resource(producer=producer, visible=True))
            self._count(tx, f"question:{actor.name}", ASKED_A_DAY)
            question = Question(str(uuid4()), object_id, actor.name, producer, tx.now(), text)
            tx.questions.ask(question)
            tx.record(_event(actor, Action.QUESTION_ASK, question, text))
            return _told(actor, seen, question)

        return self._store.commit(work)

    def answer(self, actor: Actor, question_id: str, text: str) -> Told:
        """Answer as a person of the producer.

        Raises: NotFoundError: there is no such question for the actor. ForbiddenError: it isn't to his
        organisation. InvalidInputError, ThrottledError: as `ask`.
        """
        reader = reader_of(self._store, actor)
        text = checked_text(text)

        def work(tx: Transaction) -> Told:
            seen = _Seen(tx, actor, reader)
            question = _found(tx, actor, seen, question_id)
            require(actor, Action.QUESTION_ANSWER, _resource(seen, question))
            self._count(tx, f"answer:{actor.name}", ANSWERED_A_DAY)
            tx.questions.answer(question.id, Answer(actor.name, tx.now(), text))
            tx.record(_event(actor, Action.QUESTION_ANSWER, question, text))
            return _told(actor, seen, _found(tx, actor, seen, question_id))

        return self._store.commit(work)

    def show(self, actor: Actor, question_id: str) -> Told:
        """Give one question. Raises: NotFoundError: there is none of this id for the actor."""
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            seen = _Seen(snapshot, actor, reader)
            return _told(actor, seen, _found(snapshot, actor, seen, question_id))

    def list(self, actor: Actor, before: Mark | None = None, limit: int = 50) -> ToldPage:
        """Give what the actor asked, what was asked of his organisation and, for the secretariat, what it may know.

        before: where a page ended. limit: 1 or more.
        """
        reader = reader_of(self._store, actor)
        found: list[Told] = []
        with self._store.snapshot() as snapshot:
            seen = _Seen(snapshot, actor, reader)
            fetch = _source(snapshot, actor, reader)
            while len(found) <= limit:
                batch = fetch(before, limit + 1)
                found += [_told(actor, seen, each) for each in batch if _may_read(actor, seen, each)]
                if len(batch) <= limit:
                    break
                before = Mark(batch[-1].at, batch[-1].id)
        last = found[limit - 1] if len(found) > limit else None
        return ToldPage(tuple(found[:limit]), Mark(last.at, last.id) if last else None)

    def unanswered(self, actor: Actor) -> int:
        """Count what was asked of the actor's organisation, may be answered by him, and has no answer."""
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            seen = _Seen(snapshot, actor, reader)
            asked = snapshot.questions.unanswered(reader.partner)
            return sum(decide(actor, Action.QUESTION_ANSWER, _resource(seen, each)).allowed for each in asked)

    def _public(self, tx: Transaction, actor: Actor, reader: Reader, object_id: str) -> bool:
        """Whether he sees it because the hub itself holds it."""
        return reads_anything(tx.registry, actor, reader) and self._store.view(reader).sees(object_id)

    def _count(self, tx: Transaction, key: str, most: int) -> None:
        counters = self._store.counters
        if counters.add(key, _DAY_SECONDS) > most:
            wait = max(1, math.ceil(counters.ends(key) - tx.now() / 1e6))
            raise ThrottledError(f"more than {most} in a day: wait before you send another", wait)


class _Seen:
    """What one reader sees of objects, remembered while it is asked; without a role to read, what is his partner's."""

    def __init__(self, snapshot: Snapshot, actor: Actor, reader: Reader) -> None:
        self.snapshot = snapshot
        self.reader = reader
        self.contributions = cache(self._contributions)
        self._reads = actor.account is not None and may_read(actor.account)

    def producer(self, object_id: str) -> str | None:
        """Give who produced what the reader is shown under the id: the latest version, the most restrictive of it."""
        shown = max(self.contributions(object_id), key=_precedence, default=None)
        return shown.producer if shown else None

    def of(self, object_id: str, producer: str) -> bool:
        """Whether the reader sees what the producer contributed under the id."""
        return any(each.producer == producer for each in self.contributions(object_id))

    def _contributions(self, object_id: str) -> tuple[Contribution, ...]:
        standing = self.snapshot.contributions([object_id])
        read = (each for each in standing if self._reads or each.producer == self.reader.partner)
        return tuple(each for each in read if self.snapshot.opens(each, self.reader))


def _precedence(each: Contribution) -> tuple[str, int, int]:
    """Give what decides which of several contributions is shown (S12), as `View.latest` has it."""
    return each.version_key, each.label.level.rank, -each.place


def checked_text(text: str) -> str:
    """Give a text of printable lines. Raises: InvalidInputError: it is empty, too long, or has other characters."""
    text = "\n".join(line.expandtabs(4).rstrip() for line in text.splitlines()).strip()
    if not text or len(text) > MAX_TEXT_CHARACTERS or not all(line.isprintable() for line in text.split("\n")):
        raise InvalidInputError(f"a text is 1 to {MAX_TEXT_CHARACTERS} characters in printable lines")
    return text


def _source(snapshot: Snapshot, actor: Actor, reader: Reader) -> Callable[[Mark | None, int], tuple[Question, ...]]:
    """Give where the actor's questions come from, newest first; which of them he may know is asked of each."""
    if actor.has(Role.SECRETARIAT):
        return snapshot.questions.every
    return lambda before, limit: snapshot.questions.of(actor.name, reader.partner, before, limit)


def _found(snapshot: Snapshot, actor: Actor, seen: _Seen, question_id: str) -> Question:
    question = snapshot.questions.find(question_id)
    if question is None or not _may_read(actor, seen, question):
        raise NotFoundError(f"no question {question_id}")
    return question


def _may_read(actor: Actor, seen: _Seen, question: Question) -> bool:
    return decide(actor, Action.QUESTION_READ, _resource(seen, question)).allowed


def _resource(seen: _Seen, question: Question) -> Resource:
    return Resource(
        producer=question.producer,
        author=question.asker,
        visible=seen.of(question.object_id, question.producer),
    )


def _told(actor: Actor, seen: _Seen, question: Question) -> Told:
    mine = question.asker == actor.name
    resource = _resource(seen, question)
    both = actor.has(Role.SECRETARIAT) and resource.visible
    answering = decide(actor, Action.QUESTION_ANSWER, resource).allowed
    named = both or answering
    answers = question.answers if resource.visible else ()
    asker = seen.snapshot.registry.account(question.asker) if both else None
    return Told(
        question.id,
        question.object_id,
        question.at,
        question.text,
        tuple(Said(each.at, each.text, each.account if named else None) for each in answers),
        mine=mine,
        can_answer=answering,
        sees_object=resource.visible,
        asker=Party(asker.partner, asker.name) if asker else None,
        producer=Party(question.producer) if both else None,
    )


def _event(actor: Actor, action: Action, question: Question, text: str) -> Event:
    """Record that something was said, never what, nor to whom: an account may read its own events."""
    return Event(actor.name, action, question.id, {"object": question.object_id, "characters": len(text)})
