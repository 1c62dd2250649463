"""What a store promises of views in plain cases; the machine tests the rest."""

from __future__ import annotations

from dataclasses import replace

from hub.model.collections import Right
from hub.store.query import ALL, FIRST, LAST, Query
from tests.hub.store.oracle import Held
from tests.hub.store.pushing import (
    CLEAR,
    EVERYTHING,
    INTO_ONE,
    INTO_TWO,
    NOTE,
    OTHER,
    offered,
    push,
)
from tests.hub.store.stage import (
    CAST,
    DAWN,
    MAIN,
    ONE,
    SECOND,
    SIDE,
    TWO,
    Clock,
    Delete,
    Pin,
    Relabel,
    Rights,
    Stage,
    identify,
    listed,
    outline_of,
)


class ViewPromises:
    """Readers get what the definition gives them."""

    def test_first_last_and_all_range_over_the_visible_versions(self, stage: Stage) -> None:
        """An older version that comes after a newer one is not the last; a hidden one counts for nothing."""
        stage.play(push(offered(NOTE, 3), offered(NOTE, 1)))
        stage.play(push(offered(NOTE, 2)))
        view = stage.store.view(stage.reader("b-bob"))

        def versions(*wanted: str) -> list[str]:
            page = view.page(MAIN, Query(versions=frozenset(wanted)), None, 10)
            return [entry.version for entry in page.entries]

        one, two, three = (outline_of(NOTE, number).version for number in (1, 2, 3))
        assert versions(ALL) == [three, one, two]
        assert versions(LAST) == [three]
        assert versions(FIRST, LAST) == [three, one]
        assert versions(outline_of(NOTE, 2).version_key, FIRST) == [one, two]
        assert [entry.version for entry in view.versions(MAIN, NOTE)] == [three, one, two]

    def test_what_was_deleted_may_be_added_again(self, stage: Stage) -> None:
        """It is gone for everyone, may come again with the same version, and has a new date then."""
        stage.play(push(offered(NOTE), offered(OTHER)))
        first = stage.feed("o-eve", MAIN)
        (key,) = (it.key for it in stage.history.now.standing if it.outline.id == NOTE)
        stage.play(Delete((key,)))
        assert stage.feed("o-eve", MAIN) == first[1:]
        assert stage.feed("a-ada", MAIN) == first[1:]
        stage.play(push(offered(NOTE)))
        assert stage.feed("o-eve", MAIN)[0] == first[1]
        assert stage.feed("o-eve", MAIN)[1][0] > first[1][0]
        stage.check_all()

    def test_hidden_and_absent_are_the_same(self, stage: Stage) -> None:
        """Of an object, of a collection and of neither the reader gets the same nothing."""
        stage.play(push(offered(NOTE, label=INTO_ONE)))
        view = stage.store.view(stage.reader("o-eve"))
        hidden, absent = (replace(EVERYTHING, ids=frozenset({id_})) for id_ in (NOTE, OTHER))
        assert view.page(MAIN, hidden, None, 5) == view.page(MAIN, absent, None, 5)
        assert view.page(SIDE, EVERYTHING, None, 5) == view.page(NOTE, EVERYTHING, None, 5)
        assert view.versions(MAIN, NOTE) == view.versions(MAIN, OTHER) == ()
        assert not view.sees(NOTE)
        assert not view.sees(OTHER)

    def test_rights_of_one_commit_share_a_stamp(self, stage: Stage) -> None:
        """A right that moves from one subject to another in a commit leaves no gap and gives no new date."""
        stage.play(push(offered(NOTE)))
        before = stage.feed("b-bob", MAIN)
        stage.play(Clock(SECOND))
        by_partner = Held(Right.READ, "partner:bank-b", MAIN)
        stage.play(Rights((by_partner,), (Held(Right.READ, "*", MAIN),)))
        assert stage.feed("b-bob", MAIN) == before
        assert stage.feed("o-eve", MAIN) == []
        with stage.store.snapshot() as snapshot:
            spans = snapshot.registry.rights(Right.READ, MAIN)
        assert spans[0].until == spans[1].since == DAWN + SECOND

    def test_opening_what_is_open_changes_nothing(self, stage: Stage) -> None:
        """A right is open once; ending what is not open is no act either."""
        opened, ended = stage.store.commit(
            lambda tx: (
                tx.registry.open_right(Right.READ, "*", MAIN),
                tx.registry.end_right(Right.MEMBER, "partner:watch-o", ONE),
            )
        )
        assert (opened, ended) == (False, False)

    def test_a_marking_opens_what_refers_to_it_when_it_is_pinned(self, stage: Stage) -> None:
        """References to pinned markings are met for everybody, from the registration on (S2, S11)."""
        marking = identify("marking-definition", 0)
        stage.play(push(offered(NOTE, references=(marking,))))
        assert stage.feed("o-eve", MAIN) == []
        stage.play(Clock(SECOND))
        stage.play(Pin(marking))
        assert stage.feed("o-eve", MAIN) == [(DAWN + SECOND, offered(NOTE).body)]
        assert stage.store.view(stage.reader("o-eve")).sees(marking)
        assert list(stage.store.verify()) == []

    def test_long_feeds_are_exact_too(self, stage: Stage) -> None:
        """Feeds longer than a store takes at once: from the beginning, from inside a commit and an opening."""
        labels = [CLEAR, INTO_ONE, INTO_TWO, INTO_TWO]
        for first in (0, 400):
            numbers = range(first, first + 400)
            stage.play(push(*(offered(identify("note", it), 1, (), labels[it % 4]) for it in numbers)))
        keys = [it.key for it in stage.history.now.standing]
        stage.play(Relabel(tuple((key, INTO_ONE) for key in keys[3::8])))
        stage.play(Rights((Held(Right.MEMBER, "partner:bank-b", TWO),)))
        stage.play(Rights(ended=(Held(Right.MEMBER, "partner:bank-b", ONE),)))
        view = stage.store.view(stage.reader("b-bob"))
        feed = stage.history.feed(CAST["b-bob"], MAIN)
        assert len(feed) == 500
        assert stage.feed("b-bob", MAIN) == listed(feed)
        assert stage.feed("b-bob", MAIN, 7) == listed(feed)
        for number in range(0, len(feed), 23):
            date = feed[number].date_added
            page = view.page(MAIN, replace(EVERYTHING, added_after=date - 1), None, 300)
            found = [(entry.date_added, entry.body) for entry in page.entries]
            assert found == listed(feed[number : number + 300])
