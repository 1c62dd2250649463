"""What a store promises of what waits and of what it keeps beside contributions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import NotFoundError
from hub.model.audit import ReadRecord
from hub.model.submissions import ItemState, Offer, SubmissionState
from stix_models.markings import Level
from tests.hub.store.pushing import (
    CLEAR,
    NOTE,
    OTHER,
    offered,
    offers,
    push,
    receive,
    release_all,
    released,
    revoked,
    submission,
)
from tests.hub.store.stage import (
    MAIN,
    ONE,
    SIDE,
    Hold,
    Offered,
    Stage,
    identify,
    outline_of,
)


class ShelfPromises:
    """Submissions come in, wait, leave; what policy needs to know is kept."""

    def test_repeats_are_known_and_contradictions_fail(self, stage: Stage) -> None:
        """Same producer, id and version: equal content is known, other content fails, waiting or standing."""
        body, same, other = b'{"a": 1, "b": 2}', b'{"b":2,"a":1}', b'{"a": 1, "b": 3}'
        for number, release in ((1, False), (2, True)):
            id_ = identify("note", number)
            first = receive(stage, submission(10 * number), replace(offered(id_), body=body))
            if release:
                release_all(stage, first)
            again = receive(
                stage,
                submission(10 * number + 1),
                *(replace(offered(id_), body=it) for it in (body, same, other)),
            )
            assert [it.state for it in first] == [ItemState.REVIEW]
            assert [it.state for it in again] == [ItemState.KNOWN, ItemState.KNOWN, ItemState.FAILED]

    def test_another_producer_or_collection_is_no_repeat(self, stage: Stage) -> None:
        """Contributions are kept per producer and collection."""
        stage.play(push(offered(NOTE)))
        elsewhere = receive(stage, replace(submission(2), collection=SIDE), offered(NOTE))
        another = receive(stage, replace(submission(3), account="b-bob", partner="bank-b"), offered(NOTE))
        assert [it.state for it in elsewhere + another] == [ItemState.REVIEW] * 2

    def test_what_the_hub_holds_is_known(self, stage: Stage) -> None:
        """A push of a reference object's id or of a pinned marking succeeds and changes nothing (S2, S11)."""
        public = identify("attack-pattern", 0)
        stage.play(Hold(outline_of(public, 1), b"{}"))
        red = outline_of("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", 1)
        group = outline_of(ONE, 1)
        items = receive(
            stage,
            submission(1),
            offered(public, 2),
            *(Offered(it, b"{}", CLEAR) for it in (red, group)),
        )
        assert [it.state for it in items] == [ItemState.KNOWN] * 3
        assert not stage.store.commit(lambda tx: tx.put_reference(outline_of(public, 1), b"{}"))

    def test_nothing_later_is_taken_after_a_revocation(self, stage: Stage) -> None:
        """Once `revoked: true` stands, later versions fail; earlier ones and other objects don't (S14)."""
        stage.play(push(revoked(offered(NOTE, 2))))
        items = receive(stage, submission(5), offered(NOTE, 3), offered(NOTE, 1), offered(OTHER, 3))
        assert [it.state for it in items] == [ItemState.FAILED, ItemState.REVIEW, ItemState.REVIEW]

    def test_the_earliest_revocation_counts_wherever_it_stands(self, stage: Stage) -> None:
        """Of several revoked versions the first ends the object, in every collection of the hub (S14)."""
        stage.play(push(revoked(offered(NOTE, 3))))
        stage.play(push(revoked(offered(NOTE, 1))))
        here = receive(stage, submission(5), offered(NOTE, 2))
        there = receive(stage, replace(submission(6), collection=SIDE), offered(NOTE, 2))
        assert [it.state for it in here + there] == [ItemState.FAILED] * 2

    def test_an_offer_with_a_problem_is_recorded_and_never_stored(self, stage: Stage) -> None:
        """Its status says what was wrong; the others of the push are not harmed."""
        bad = Offer(0, "objects[0]", b"", None, "objects[0]: no id")
        good = offers(offered(NOTE))[0]
        stage.store.commit(lambda tx: tx.receive(submission(1), [bad, replace(good, position=1)], Level.AMBER))
        with stage.store.snapshot() as snapshot:
            found = snapshot.submission(submission(1).id)
        assert found is not None
        assert [it.state for it in found.items] == [ItemState.FAILED, ItemState.REVIEW]
        assert found.items[0].message == "objects[0]: no id"
        assert found.state is SubmissionState.REVIEW

    def test_waiting_items_keep_their_bytes_until_they_leave(self, stage: Stage) -> None:
        """In review: bytes, default level and recipients; rejected: the reason stays, the bytes are gone."""
        named = replace(submission(1), recipients=frozenset({"b-bob"}))
        items = receive(stage, named, offered(NOTE), offered(OTHER))
        with stage.store.snapshot() as snapshot:
            assert [it.id for it in snapshot.waiting()] == [named.id]
            assert snapshot.body(items[0]) == offered(NOTE).body
            assert snapshot.label_inputs(items[0]) == (Level.AMBER, frozenset({"b-bob"}))
        stage.store.commit(lambda tx: tx.reject(items[:1], "wrong address"))
        stage.store.commit(lambda tx: tx.release([released(items[1], OTHER)]))
        with stage.store.snapshot() as snapshot:
            found = snapshot.submission(named.id)
            assert found is not None
            assert [it.state for it in found.items] == [ItemState.REJECTED, ItemState.RELEASED]
            assert found.items[0].message == "wrong address"
            assert snapshot.waiting() == ()
            with pytest.raises(NotFoundError):
                snapshot.body(items[0])
            (contribution,) = snapshot.contributions({OTHER})
            assert snapshot.contribution_inputs(contribution) == (Level.AMBER, frozenset({"b-bob"}))

    def test_a_raised_level_is_kept_for_what_comes_later(self, stage: Stage) -> None:
        """The store remembers it, for the producer whose it was; services apply it."""
        stage.store.commit(lambda tx: tx.raise_level(NOTE, "bank-a", Level.RED))
        with stage.store.snapshot() as snapshot:
            assert snapshot.raised("bank-a", [NOTE, OTHER]) == {NOTE: Level.RED}
            assert snapshot.raised("bank-b", [NOTE, OTHER]) == {}

    def test_markings_and_statements_can_be_asked_for(self, stage: Stage) -> None:
        """Who carries a marking, and whether its producer has defined it as a statement (S6)."""
        marking = identify("marking-definition", 0)
        definition = replace(outline_of(marking), statement=True)
        carrier = replace(outline_of(NOTE, 1), markings=(marking,))
        stage.play(push(Offered(carrier, b'{"n":1}', CLEAR), Offered(definition, b'{"n":2}', CLEAR)))
        with stage.store.snapshot() as snapshot:
            assert [it.object_id for it in snapshot.marked(marking)] == [NOTE]
            assert snapshot.statements("bank-a", [marking]) == {marking}
            assert snapshot.statements("bank-b", [marking]) == frozenset()

    def test_missing_names_the_references_nobody_opened(self, stage: Stage) -> None:
        """For the producer's status: neither released nor held by the hub."""
        public, lost = identify("attack-pattern", 0), identify("malware", 9)
        stage.play(Hold(outline_of(public, 1), b"{}"))
        stage.play(push(offered(NOTE), offered(OTHER, references=(NOTE, public, lost))))
        with stage.store.snapshot() as snapshot:
            assert snapshot.is_reference([public, lost, NOTE]) == {public}
            (contribution,) = snapshot.contributions({OTHER})
            assert contribution.references == tuple(sorted((NOTE, public, lost)))
            assert snapshot.missing(contribution) == (lost,)

    def test_a_read_is_recorded_beside_commits(self, stage: Stage) -> None:
        """Recording that objects were served needs no commit of its own and harms no check."""
        stage.play(push(offered(NOTE)))
        ((date, _),) = stage.feed("o-eve", MAIN)
        stage.store.record_read(ReadRecord("o-eve", MAIN, "objects", date, date, 1, b"\0" * 32, date, 1))
        assert list(stage.store.verify()) == []
