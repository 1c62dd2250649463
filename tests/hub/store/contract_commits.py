"""What a store promises of commits, stamps and bytes."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from hub.errors import StoreError
from hub.model.audit import Event
from hub.model.collections import Right
from hub.store.base import Release, Transaction
from stix_models.markings import Level
from tests.hub.store.home import Home
from tests.hub.store.pushing import (
    CLEAR,
    EVERYTHING,
    INTO_ONE,
    NOTE,
    OTHER,
    body_of,
    fail_after_push,
    offered,
    offers,
    push,
    push_from_elsewhere,
    push_one,
    submission,
)
from tests.hub.store.stage import (
    DAWN,
    MAIN,
    SECOND,
    Clock,
    Stage,
    outline_of,
)


class CommitPromises:
    """All or nothing, durable, in order, and to the byte."""

    def test_what_was_committed_is_there_after_reopening(self, stage: Stage, home: Home) -> None:
        """Feeds, dates, submissions, rights, epoch and key are what they were before closing."""
        stage.play(push(offered(NOTE), offered(OTHER, label=INTO_ONE)))
        before = [stage.feed(account, MAIN) for account in ("a-ada", "b-bob", "o-eve")]
        kept = (stage.store.epoch, stage.store.cursor_key)
        stage.store.close()
        stage.store = home.open(stage.wall)
        assert [stage.feed(account, MAIN) for account in ("a-ada", "b-bob", "o-eve")] == before
        assert (stage.store.epoch, stage.store.cursor_key) == kept
        with stage.store.snapshot() as snapshot:
            assert len(snapshot.registry.rights(Right.MEMBER)) == 2
        stage.check_all()

    def test_a_failed_commit_leaves_nothing(self, stage: Stage) -> None:
        """An exception at the end of a commit takes back all of it, whatever it did before."""
        stage.play(push(offered(NOTE)))
        before = stage.last_stamp()

        def work(tx: Transaction) -> None:
            items = tx.receive(submission(7), offers(offered(OTHER)), Level.AMBER)
            tx.release([Release(items[0], outline_of(OTHER, 1), CLEAR)])
            tx.delete(tx.contributions({NOTE}))
            tx.registry.end_right(Right.READ, "*", MAIN)
            tx.record(Event("a-ada", "object:add", OTHER))
            message = "the act fails at the last moment"
            raise LookupError(message)

        with pytest.raises(LookupError):
            stage.store.commit(work)
        assert stage.last_stamp() == before
        with stage.store.snapshot() as snapshot:
            assert snapshot.submission(submission(7).id) is None
            assert not snapshot.contributions({OTHER})
        stage.check_all()
        stage.play(push(offered(OTHER)))
        stage.check_all()
        assert list(stage.store.verify()) == []

    def test_a_snapshot_is_of_one_moment(self, stage: Stage) -> None:
        """What is committed while a snapshot is open is not in it."""
        with stage.store.snapshot() as snapshot:
            assert not snapshot.contributions({NOTE})
            with ThreadPoolExecutor(1) as other:
                other.submit(stage.play, push(offered(NOTE))).result()
            assert not snapshot.contributions({NOTE})
        with stage.store.snapshot() as snapshot:
            assert [it.object_id for it in snapshot.contributions({NOTE})] == [NOTE]

    def test_commits_from_many_threads_all_stand(self, stage: Stage) -> None:
        """Works that wait together share a write to disk and nothing else: each stands whole."""
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda number: push_one(stage.store, number), range(64)))
        feed = stage.feed("o-eve", MAIN)
        assert sorted(body for _, body in feed) == sorted(body_of(number) for number in range(64))
        assert len({date for date, _ in feed}) == 64
        assert list(stage.store.verify()) == []

    def test_one_failing_among_many_threads_takes_no_other_with_it(self, stage: Stage) -> None:
        """A work that raises in a shared write is undone alone."""

        def work(number: int) -> bool:
            if number % 3:
                push_one(stage.store, number)
                return True
            with pytest.raises(LookupError):
                stage.store.commit(lambda tx: fail_after_push(tx, number))
            return False

        with ThreadPoolExecutor(8) as threads:
            stood = list(threads.map(work, range(30)))
        expected = sorted(body_of(number) for number, stands in enumerate(stood) if stands)
        assert sorted(body for _, body in stage.feed("o-eve", MAIN)) == expected
        assert list(stage.store.verify()) == []

    def test_two_processes_at_once(self, stage: Stage, home: Home) -> None:
        """Another process may have the data open and write; both see everything, dates stay unique."""
        context = multiprocessing.get_context("spawn")
        other = context.Process(target=push_from_elsewhere, args=(home, range(100, 120)))
        other.start()
        for number in range(20):
            push_one(stage.store, number)
        other.join(60)
        assert other.exitcode == 0
        feed = stage.feed("o-eve", MAIN)
        assert len({date for date, _ in feed}) == len(feed) == 40
        assert list(stage.store.verify()) == []

    def test_stamps_rise_when_the_clock_goes_back(self, stage: Stage, home: Home) -> None:
        """Neither a clock set back nor a reopening under one gives a date twice or an earlier one."""
        stage.play(push(offered(NOTE, 1), offered(OTHER, 1)))
        stage.play(Clock(-3600 * SECOND))
        stage.play(push(offered(NOTE, 2)))
        stage.store.close()
        stage.wall.now = DAWN - 86_400 * SECOND
        stage.store = home.open(stage.wall)
        stage.play(push(offered(NOTE, 3)))
        dates = [date for date, _ in stage.feed("o-eve", MAIN)]
        assert dates == sorted(set(dates))
        assert dates[0] >= DAWN
        assert len(dates) == 4
        stage.check_all()

    @pytest.mark.parametrize(
        "body", [b'{ "a":1.0, "b" : "\xc3\xa9\\u00e9" }\n', b"{}" + b" " * 1_000_000], ids=["odd", "large"]
    )
    def test_bytes_come_out_as_they_went_in(self, stage: Stage, body: bytes) -> None:
        """Spaces, escapes and forms of numbers are the producer's, to the last byte."""
        stage.play(push(replace(offered(NOTE), body=body)))
        assert [found for _, found in stage.feed("o-eve", MAIN)] == [body]
        with stage.store.snapshot() as snapshot:
            (contribution,) = snapshot.contributions({NOTE})
            assert snapshot.contribution_body(contribution) == body

    def test_a_turned_bit_is_never_served(self, stage: Stage, home: Home) -> None:
        """Bytes that don't fit their digest are an error, and verify names them."""
        stage.play(push(offered(NOTE)))
        home.tamper()
        with pytest.raises(StoreError):
            stage.feed("o-eve", MAIN)
        assert list(stage.store.verify()) != []

    def test_entries_without_bodies_are_the_same_entries(self, stage: Stage) -> None:
        """A manifest gets the dates and versions of the objects, and no bytes."""
        stage.play(push(offered(NOTE, 1), offered(OTHER, 2)))
        view = stage.store.view(stage.reader("o-eve"))
        whole = view.page(MAIN, EVERYTHING, None, 10).entries
        bare = view.page(MAIN, replace(EVERYTHING, bodies=False), None, 10).entries
        assert bare == tuple(entry._replace(body=b"") for entry in whole)
        assert [entry.version for entry in whole] == [outline_of(NOTE, it).version for it in (1, 2)]
