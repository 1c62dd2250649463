"""What readers ask producers about their contributions, through the hub."""

from __future__ import annotations

from dataclasses import dataclass

MAX_TEXT_CHARACTERS = 2_000
"""How long a question or an answer may be."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person of the producer said. at: µs of the wall clock."""

    account: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What an account asked the producer of an object; answers, oldest first. at: µs of the wall clock."""

    id: str
    object_id: str
    asker: str
    producer: str
    at: int
    text: str
    answers: tuple[Answer, ...] = ()
