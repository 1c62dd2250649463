"""What a store promises of pushes told in numbers, of approvals, and of questions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hub.model.questions import Answer, Question
from hub.model.submissions import Approval, ItemState, Mark, SubmissionState, Tally
from stix_models.markings import Level
from tests.hub.store.pushing import CLEAR, NOTE, OTHER, offered, receive, released, submission
from tests.hub.store.stage import DAWN, Stage


class PushPromises:
    """Lists go on where they stopped, numbers add up, and what was said stays."""

    def test_a_partners_pushes_are_listed_newest_first(self, stage: Stage) -> None:
        """By time and id, from a mark on, and never another partner's."""
        first = submission(1)
        later = replace(submission(2), received=first.received + timedelta(seconds=1))
        same = replace(submission(3), received=later.received)
        theirs = replace(submission(4), account="b-bob", partner="bank-b")
        for sent in (first, later, same, theirs):
            receive(stage, sent, offered(NOTE))
        with stage.store.snapshot() as snapshot:
            listed = snapshot.pushes.of("bank-a", None, 2)
            mark = Mark(round(listed[-1].received.timestamp() * 1e6), listed[-1].id)
            rest = snapshot.pushes.of("bank-a", mark, 2)
        assert [(it.id, it.items) for it in listed + rest] == [(it.id, ()) for it in (same, later, first)]
        assert [it.state for it in listed + rest] == [SubmissionState.DONE] * 2 + [SubmissionState.REVIEW]

    def test_the_objects_of_a_push_are_counted_by_what_became_of_them(self, stage: Stage) -> None:
        """What stands with its label, the rest with the level it arrived under or was raised to (S10, S8)."""
        items = receive(stage, submission(1), offered(NOTE), offered(OTHER), offered(NOTE))
        stage.store.commit(lambda tx: tx.release([released(items[1], OTHER)]))
        stage.store.commit(lambda tx: tx.raise_level(NOTE, "bank-a", Level.RED))
        with stage.store.snapshot() as snapshot:
            tallies = snapshot.pushes.tallies([submission(1).id, submission(2).id])
        assert tallies.keys() == {submission(1).id, submission(2).id}
        assert set(tallies[submission(1).id]) == {
            Tally(ItemState.REVIEW, None, Level.RED, 1),
            Tally(ItemState.KNOWN, None, Level.RED, 1),
            Tally(ItemState.RELEASED, CLEAR, Level.AMBER, 1),
        }
        assert tallies[submission(2).id] == ()

    def test_an_approval_is_kept_once(self, stage: Stage) -> None:
        """The first word of a reviewer stands; another reviewer's comes after it."""
        items = receive(stage, submission(1), offered(NOTE), offered(OTHER))
        for account, partner in (("o-eve", "watch-o"), ("o-eve", "watch-o"), ("b-bob", "bank-b")):
            stage.store.commit(lambda tx, who=account, of=partner: tx.pushes.approve(items[:1], who, of))
        with stage.store.snapshot() as snapshot:
            found = snapshot.pushes.approvals(submission(1).id)
        number = items[0].number
        assert {(it.item, it.account) for it in found} == {(number, "o-eve"), (number, "b-bob")}
        assert found[0] == Approval(number, found[0].account, found[0].partner, DAWN)

    def test_what_waits_can_be_found_by_id(self, stage: Stage) -> None:
        """In every submission, and no longer once it was sent back for mending."""
        first = receive(stage, submission(1), offered(NOTE), offered(OTHER))
        theirs = replace(submission(2), account="b-bob", partner="bank-b")
        second = receive(stage, theirs, offered(NOTE))
        with stage.store.snapshot() as snapshot:
            assert snapshot.pushes.alike([NOTE]) == (first[0], second[0])
        stage.store.commit(lambda tx: tx.send_back(first, "no date"))
        with stage.store.snapshot() as snapshot:
            assert snapshot.pushes.alike([NOTE, OTHER]) == second
            found = snapshot.submission(submission(1).id)
        assert found is not None
        assert found.state is SubmissionState.RETURNED
        assert [(it.state, it.message) for it in found.items] == [(ItemState.RETURNED, "no date")] * 2
        assert [it.state for it in receive(stage, submission(3), offered(NOTE))] == [ItemState.REVIEW]

    def test_questions_keep_their_answers_in_order(self, stage: Stage) -> None:
        """Of an account and to a producer, newest first, from a mark on."""
        asked = [
            Question("q1", NOTE, "o-eve", "bank-a", DAWN, "Where from?"),
            Question("q2", NOTE, "b-bob", "bank-a", DAWN + 1, "Since when?"),
            Question("q3", OTHER, "o-eve", "bank-b", DAWN + 1, "Who says so?"),
        ]
        answers = (Answer("a-ada", DAWN + 2, "A mailbox."), Answer("a-ada", DAWN + 2, "Two, in fact."))

        def work(tx):
            for question in asked:
                tx.questions.ask(question)
            for answer in answers:
                tx.questions.answer("q1", answer)

        stage.store.commit(work)
        with stage.store.snapshot() as snapshot:
            kept = snapshot.questions
            assert kept.find("q1") == replace(asked[0], answers=answers)
            assert kept.find("q9") is None
            assert [it.id for it in kept.every(None, 2)] == ["q3", "q2"]
            assert [it.id for it in kept.unanswered("bank-a")] == ["q2"]
            assert [it.id for it in kept.every(Mark(DAWN + 1, "q2"), 2)] == ["q1"]
            assert [it.id for it in kept.of("o-eve", "watch-o", None, 9)] == ["q3", "q1"]
            assert [it.id for it in kept.of("a-ada", "bank-a", None, 9)] == ["q2", "q1"]
            assert [it.id for it in kept.of("b-bob", "bank-b", None, 1)] == ["q3"]
