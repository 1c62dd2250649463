"""What a store promises of questions and answers."""

from __future__ import annotations

from typing import Protocol

from hub.model.questions import Answer, Question
from hub.model.submissions import Mark


class Questions(Protocol):
    """What readers asked producers, as of one snapshot. None of these decides who may know; services do."""

    def find(self, id: str) -> Question | None:  # noqa: A002 - the field's name
        """Give one with its answers."""

    def of(self, asker: str, producer: str, before: Mark | None, limit: int) -> tuple[Question, ...]:
        """Give those of an account and those to a producer, newest first, `limit` at most."""

    def unanswered(self, producer: str) -> tuple[Question, ...]:
        """Give those to a producer that have no answer, newest first."""

    def every(self, before: Mark | None, limit: int) -> tuple[Question, ...]:
        """Give all, newest first, `limit` at most."""


class QuestionsWriter(Questions, Protocol):
    """The same inside a commit."""

    def ask(self, question: Question) -> None:
        """Keep a new question; its answers are not looked at."""

    def answer(self, id: str, answer: Answer) -> None:  # noqa: A002 - the field's name
        """Keep one more answer to a question that is there."""
