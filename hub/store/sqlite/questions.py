"""Questions and answers as rows (hub.store.questions)."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from hub.model.questions import Answer, Question
from hub.model.submissions import Mark

_QUESTION = "SELECT id, object_id, asker, producer, at, text FROM question"
_EARLIER = "(?1 IS NULL OR (at, id) < (?1, ?2))"
_LATEST = "ORDER BY at DESC, id DESC LIMIT ?3"
_EVERY = f"{_QUESTION} WHERE {_EARLIER} {_LATEST}"
_OF = f"""
SELECT * FROM (SELECT * FROM ({_QUESTION} WHERE asker = ?4 AND {_EARLIER} {_LATEST})
UNION SELECT * FROM ({_QUESTION} WHERE producer = ?5 AND {_EARLIER} {_LATEST})) {_LATEST}
"""
_UNANSWERED = f"""
{_QUESTION} WHERE producer = ? AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.question = question.id)
ORDER BY at DESC, id DESC
"""
_ANSWERS = """
SELECT question, account, at, text FROM answer WHERE question IN (SELECT value FROM json_each(?)) ORDER BY number
"""
_ANSWER = """
INSERT INTO answer SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4 FROM answer WHERE question = ?1
"""
_Row = tuple[str, str, str, str, int, str]


class SqliteQuestions:
    """Keeps hub.store.questions on a connection that is inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, id: str) -> Question | None:  # noqa: A002 - the field's name
        """Give one with its answers."""
        found = self._with_answers(self._connection.execute(f"{_QUESTION} WHERE id = ?", (id,)).fetchall())
        return found[0] if found else None

    def of(self, asker: str, producer: str, before: Mark | None, limit: int) -> tuple[Question, ...]:
        """Give those of an account and those to a producer, newest first."""
        rows = self._connection.execute(_OF, (*_page(before, limit), asker, producer))
        return self._with_answers(rows.fetchall())

    def unanswered(self, producer: str) -> tuple[Question, ...]:
        """Give those to a producer that have no answer, newest first."""
        return tuple(Question(*row) for row in self._connection.execute(_UNANSWERED, (producer,)))

    def every(self, before: Mark | None, limit: int) -> tuple[Question, ...]:
        """Give all, newest first."""
        return self._with_answers(self._connection.execute(_EVERY, _page(before, limit)).fetchall())

    def ask(self, question: Question) -> None:
        """Keep a new question."""
        row = (question.id, question.object_id, question.asker, question.producer, question.at, question.text)
        self._connection.execute("INSERT INTO question VALUES (?, ?, ?, ?, ?, ?)", row)

    def answer(self, id: str, answer: Answer) -> None:  # noqa: A002 - the field's name
        """Keep one more answer."""
        self._connection.execute(_ANSWER, (id, answer.account, answer.at, answer.text))

    def _with_answers(self, rows: Sequence[_Row]) -> tuple[Question, ...]:
        answers: defaultdict[str, list[Answer]] = defaultdict(list)
        ids = json.dumps([row[0] for row in rows])
        for question, account, at, text in self._connection.execute(_ANSWERS, (ids,)):
            answers[question].append(Answer(account, at, text))
        return tuple(Question(*row, answers=tuple(answers[row[0]])) for row in rows)


def _page(before: Mark | None, limit: int) -> tuple[int | None, str | None, int]:
    return (before.at, before.id, limit) if before else (None, None, limit)
