"""What a store promises of commits that are only tried, and of what it says a commit changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.audit import Event
from hub.model.collections import Right
from hub.model.effects import Effect, Effects, Moved
from hub.model.members import Account, AccountKind, Role
from hub.store.base import Release, Transaction
from stix_models.markings import Level
from tests.hub.store.oracle import Held
from tests.hub.store.pushing import CLEAR, INTO_ONE, INTO_TWO, NOTE, OTHER, offered, offers, push, submission
from tests.hub.store.stage import MAIN, ONE, TWO, Rights, Stage, identify, outline_of

INTO_THREE = replace(INTO_TWO, groups=frozenset({identify("marking-definition", 3)}))
NAMED = Account("b-new", "bank-b", AccountKind.PERSON, frozenset({Role.READER}))


def open_two(tx: Transaction) -> None:
    """Let bank-b into the second group."""
    tx.registry.open_right(Right.MEMBER, "partner:bank-b", TWO)


class EffectPromises:
    """A rehearsal is a commit that never was; effects are what its readers would notice."""

    def test_a_rehearsal_leaves_nothing(self, stage: Stage) -> None:
        """It gives its result; stamps, shelves, rights, trail and audiences are as before, and life goes on."""
        stage.play(push(offered(NOTE)))
        before = stage.last_stamp()

        def work(tx: Transaction) -> int:
            items = tx.receive(submission(7), offers(offered(OTHER)), Level.AMBER)
            tx.release([Release(items[0], outline_of(OTHER, 1), INTO_THREE)])
            tx.delete(tx.contributions({NOTE}))
            open_two(tx)
            tx.record(Event("a-ada", "object:add", OTHER))
            return tx.registry.version()

        with stage.store.snapshot() as snapshot:
            version = snapshot.registry.version()
        assert stage.store.rehearse(work) > version
        with stage.store.snapshot() as snapshot:
            assert snapshot.registry.version() == version
            assert snapshot.submission(submission(7).id) is None
        assert stage.last_stamp() == before
        stage.play(push(offered(OTHER, label=INTO_TWO)))
        stage.check_all()
        assert list(stage.store.verify()) == []
        assert list(stage.store.verify_trail()) == []

    def test_a_rehearsal_that_fails_says_so(self, stage: Stage) -> None:
        """What the work raises comes out, as it does of a commit."""
        with pytest.raises(ZeroDivisionError):
            stage.store.rehearse(lambda _: 1 // 0)
        stage.play(push(offered(NOTE)))
        stage.check_all()

    def test_effects_count_ids_and_name_what_the_asker_sees(self, stage: Stage) -> None:
        """Versions of one id count once; RED is counted and named to nobody it does not name (S8)."""
        stage.play(push(offered(NOTE, 1, label=INTO_TWO), offered(NOTE, 2, label=INTO_TWO)))
        red = replace(CLEAR, level=Level.RED, account="a-ada", recipients=frozenset({"b-bob"}), groups=frozenset({TWO}))
        stage.play(push(offered(OTHER, label=red)))
        effects = stage.store.rehearse(lambda tx: (open_two(tx), tx.effects("s-ann"))[1])
        assert effects.accounts == (Effect("b-bob", "bank-b", 2, 0), Effect("b-red", "bank-b", 1, 0))
        assert (effects.opened, effects.closed) == (Moved((NOTE,), 2), Moved())
        unnamed = stage.store.rehearse(lambda tx: (open_two(tx), tx.effects())[1])
        assert (unnamed.opened, unnamed.widens) == (Moved((), 2), True)

    def test_what_is_seen_in_another_way_changes_nothing(self, stage: Stage) -> None:
        """A right that is given and taken in one commit, or that opens what is open, has no effect."""
        stage.play(push(offered(NOTE)))

        def swap(tx: Transaction) -> Effects:
            tx.registry.open_right(Right.READ, "partner:bank-b", MAIN)
            tx.registry.end_right(Right.MEMBER, "partner:bank-b", ONE)
            tx.registry.open_right(Right.MEMBER, "partner:bank-b", ONE)
            return tx.effects("s-ann")

        assert stage.store.rehearse(swap) == Effects()

    def test_an_account_sees_from_when_it_may_read(self, stage: Stage) -> None:
        """A new account gains all that its partner's rights open, one without a role to read with gains nothing."""
        stage.play(push(offered(NOTE, label=INTO_ONE), offered(OTHER)))

        def put(account: Account) -> Effects:
            return stage.store.rehearse(lambda tx: (tx.registry.put_account(account), tx.effects())[1])

        assert put(NAMED).accounts == (Effect("b-new", "bank-b", 2, 0),)
        assert put(replace(NAMED, roles=frozenset({Role.CONTRIBUTOR}))) == Effects()
        silenced = replace(NAMED, name="b-bob", roles=frozenset({Role.CONTRIBUTOR}))
        assert put(silenced).accounts == (Effect("b-bob", "bank-b", 0, 2),)

    def test_whoever_has_not_signed_in_counts(self, stage: Stage) -> None:
        """A collection that is switched public opens its CLEAR objects to account "" (S4)."""
        stage.play(push(offered(NOTE), offered(OTHER, label=INTO_ONE)))
        stage.play(Rights(ended=(Held(Right.READ, "*", MAIN),)))
        public = lambda tx: (tx.registry.open_right(Right.READ, "anonymous", MAIN), tx.effects())[1]  # noqa: E731 - one act
        assert stage.store.rehearse(public).accounts == (Effect("", "", 1, 0),)
