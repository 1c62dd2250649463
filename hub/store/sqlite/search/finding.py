"""What one reader finds: the index joined with what stands and with his lanes, in the moment he asks.

Nothing is weighed by how often a word occurs, since that would tell of what is hidden (S17): whole names come
first, then names that begin so, the shortest first, then the rest; among equals what came last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from hub.store.query import MOST_FOUND, Found, Hit, Link, Match, Sought, Term
from hub.store.sqlite.reading.moment import Moment, lanes_now
from hub.store.sqlite.search.words import fold
from stix_models.markings import Level

MOST_MATCHES = 50
"""How many objects are given for one text of a list."""

_SHORTEST_BEGINNING = 2
"""Words of fewer characters are taken as they are, not as the beginning of one."""

_STANDS = "CROSS JOIN standing s ON s.place = d.id CROSS JOIN entry_row e ON e.r = s.r"
_HELD = "CROSS JOIN reference_object o ON o.id = d.object"
_IN_SIGHT = "e.lane IN (SELECT value FROM json_each(:lanes))"
_WHOLE = "EXISTS (SELECT 1 FROM search.exact x WHERE x.text = :whole AND x.id = d.id)"
_RANK = f"""
CASE WHEN :whole = '' THEN 0 WHEN {_WHOLE} THEN 0
    WHEN substr(d.folded, 1, length(:whole)) = :whole THEN length(d.folded) ELSE 1000000 END
"""
_LINKED = f"""
SELECT l.target, d.object, d.type FROM json_each(:ids) j CROSS JOIN search.link l ON l.target = j.value
CROSS JOIN search.document d ON d.id = l.id {_HELD} ORDER BY d.object
"""
_MATCHES = """
SELECT x.text, d.id, d.object, d.type FROM json_each(:texts) j CROSS JOIN search.exact x ON x.text = j.value
CROSS JOIN search.document d ON d.id = x.id
"""
_NAMES = """
SELECT DISTINCT x.text FROM search.exact x CROSS JOIN search.document d ON d.id = x.id {there}
WHERE x.text >= :low AND x.text < :high AND x.text <> d.object {visible} ORDER BY x.text LIMIT :n
"""


class _Row(NamedTuple):
    """One contribution that was found. number: in the index, negative for a reference object. rank: 0 is the best."""

    number: int
    object_id: str
    type: str
    rank: int


def find(moment: Moment, sought: Sought) -> Found:
    """Search contributions and reference objects."""
    values = _values(moment, sought)
    answers = [moment.connection.execute(statement, values).fetchall() for statement in _statements(sought)]
    rows = [_Row(*row) for answer in answers for row in answer[:MOST_FOUND]]
    best: dict[str, _Row] = {}
    for row in rows:
        have = best.get(row.object_id, row)
        best[row.object_id] = row._replace(number=max(row.number, have.number), rank=min(row.rank, have.rank))
    ranked = sorted(best.values(), key=lambda row: (0 if sought.by_time else row.rank, -row.number, row.object_id))
    return Found(
        tuple(Hit(row.object_id, row.type) for row in ranked), all(len(answer) <= MOST_FOUND for answer in answers)
    )


def match(moment: Moment, texts: Iterable[str]) -> dict[str, tuple[Hit, ...]]:
    """Give for each text the visible objects that have it as a whole name, value or id."""
    folded = {text: fold(text) for text in texts}
    values = {"texts": json.dumps(sorted(set(folded.values()) - {""})), "lanes": lanes_now(moment)}
    found: dict[str, dict[Hit, None]] = {}
    for there, order in ((f"{_STANDS} WHERE {_IN_SIGHT}", "ORDER BY d.id DESC"), (_HELD, "ORDER BY d.object")):
        for text, _, object_id, type_ in moment.connection.execute(f"{_MATCHES} {there} {order}", values):
            found.setdefault(text, {})[Hit(object_id, type_)] = None
    return {text: tuple(found.get(fold_, ()))[:MOST_MATCHES] for text, fold_ in folded.items()}


def names_from(moment: Moment, beginning: str, limit: int) -> tuple[str, ...]:
    """Give the first names and values that begin so, of visible objects."""
    low = fold(beginning)
    values = {"low": low, "high": low + "\U0010ffff", "lanes": lanes_now(moment), "n": limit}
    found: set[str] = set()
    for there, visible in ((_STANDS, f"AND {_IN_SIGHT}"), (_HELD, "")):
        found.update(row[0] for row in moment.connection.execute(_NAMES.format(there=there, visible=visible), values))
    return tuple(sorted(found)[:limit])


def linked(moment: Moment, ids: list[str]) -> list[Link]:
    """Give what reference objects refer to the objects, by id."""
    return [Link(*row) for row in moment.connection.execute(_LINKED, {"ids": json.dumps(ids)})]


def _statements(sought: Sought) -> Iterator[str]:
    """Give what is to be asked: what is exactly so, what stands, what the hub holds itself.

    What is exactly so is asked for by itself, so that no number of later matches can hide it.
    """
    wanted = list(_conditions(sought))
    stands = [*wanted, "d.id > 0", _IN_SIGHT, *_labelled(sought), *_said_in(sought)]
    held = [*wanted, "d.id < 0", *_held(sought)]
    if sought.whole:
        yield _statement(
            "search.exact x CROSS JOIN search.document d ON d.id = x.id", _STANDS, [*stands, "x.text = :whole"]
        )
    source = "search.document d"
    if _has_words(sought):
        source = "search.words w CROSS JOIN search.document d ON d.id = w.rowid"
        stands.append("w.words MATCH :match")
        held.append("w.words MATCH :match")
    yield _statement(source, _STANDS, stands)
    yield _statement(source, _HELD, held)


def _statement(source: str, there: str, conditions: list[str]) -> str:
    number = "w.rowid" if "search.words" in source else "d.id"
    return (
        f"SELECT d.id, d.object, d.type, {_RANK} FROM {source} {there}"
        f" WHERE {' AND '.join(conditions)} ORDER BY {number} DESC LIMIT :most"
    )


def _has_words(sought: Sought) -> bool:
    return any(term.match is not Match.ID for term in sought.terms)


def _conditions(sought: Sought) -> Iterator[str]:
    for number, term in enumerate(sought.terms):
        if term.match is Match.ID:
            yield f"d.object = :id{number}"
    if sought.types is not None:
        yield "d.type IN (SELECT value FROM json_each(:types))"
    if sought.seen is not None:
        spans = (f"(d.since < :until{number} AND d.until >= :since{number})" for number in range(len(sought.seen)))
        yield f"({' OR '.join(spans)})"


def _labelled(sought: Sought) -> Iterator[str]:
    if sought.levels is not None:
        yield "s.label IN (SELECT value FROM json_each(:labels))"


def _said_in(sought: Sought) -> Iterator[str]:
    if sought.sources is not None:
        by = "d.author IN (SELECT value FROM json_each(:sources))"
        yield f"({by} OR e.lane IN (SELECT value FROM json_each(:source_lanes)))"


def _held(sought: Sought) -> Iterator[str]:
    """Give what else is asked of reference objects: they are CLEAR, and in no collection."""
    if sought.levels is not None and Level.CLEAR not in sought.levels:
        yield "0"
    if sought.sources is not None:
        yield "d.author IN (SELECT value FROM json_each(:sources))"


def _values(moment: Moment, sought: Sought) -> Mapping[str, str | int]:
    sources = sorted(sought.sources or ())
    values: dict[str, str | int] = {
        "lanes": lanes_now(moment),
        "most": MOST_FOUND + 1,
        "whole": fold(sought.whole),
        "match": " AND ".join(_words(term) for term in sought.terms if term.match is not Match.ID),
        "types": json.dumps(sorted(sought.types or ())),
        "labels": json.dumps(_labels(moment, sought.levels or frozenset())),
        "sources": json.dumps(sources),
        "source_lanes": json.dumps(sorted(lane for each in sources for lane in moment.rights_in(each).now)),
    }
    values |= {f"id{number}": term.text for number, term in enumerate(sought.terms)}
    for number, (since, until) in enumerate(sought.seen or ()):
        values |= {f"since{number}": since, f"until{number}": until}
    return values


def _words(term: Term) -> str:
    """Write a term in the language of FTS5: a phrase, of which the last word may go on."""
    phrase = '"' + term.text.replace('"', " ").replace("\0", " ") + '"'
    goes_on = term.match is Match.WORDS and len(term.text) >= _SHORTEST_BEGINNING
    return phrase + "*" if goes_on else phrase


def _labels(moment: Moment, levels: frozenset[Level]) -> list[int]:
    if not levels:
        return []
    nodes = enumerate(moment.book().nodes)
    return [number for number, node in nodes if node.label is not None and node.label.level in levels]
