"""What the screens of oversight tell a member: the same on a hub that hides much and on one that hides nothing."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from hub.model.audit import Event
from hub.model.collections import Right
from hub.model.feeds import DAY_US
from hub.model.members import Account, AccountKind, Role
from hub.store.base import Transaction
from tests.hub.console.browsing import Browser
from tests.hub.console.conftest import site_of
from tests.hub.services.world import FRAUD, GROUP, LOOSE, UNKNOWN, World, domain, domain_id, make_world

HOUR_US = DAY_US // 24
PATHS = (
    "/audit",
    "/audit?q=action:collection:read",
    "/audit/trail.csv",
    "/feeds",
    f"/why?object={domain_id('seen.test')}",
    f"/why?object={domain_id('hidden.test')}",
)


def hide(world: World, hour: int) -> None:
    """Do what nobody of bank-b may know of."""
    world.push("a-push", LOOSE, domain("hidden.test", "clear", UNKNOWN), domain(f"{hour}.test", "green", GROUP))
    for named in ("x-xan", "b-push"):  # its own partner's machine may see what the person may not
        world.push("a-push", LOOSE, domain(f"{named}-{hour}.test", "red"), recipients=frozenset({named}))
    pushed = world.push("a-push", FRAUD, domain(f"{hour}.test", "amber"))
    world.review.release(world.actor("s-sue"), pushed.id)
    world.feed("x-pull", FRAUD)
    world.store.commit(lambda tx: tx.record(Event("s-sue", "object:view-as", "b-push", {"reason": "to see"})))


def pages(folder: Path, *, hidden: bool) -> list[bytes]:
    """Live the same days on a hub, with or without what is hidden; give every page of a person of bank-b."""
    folder.mkdir()
    now = [20_000 * DAY_US]
    with closing(make_world(folder, clock=lambda: now[0])) as world:
        world.store.commit(_take_up)
        for hour in range(1, 30):
            now[0] += HOUR_US
            if hour % 7 == 0:
                world.push("a-push", LOOSE, domain("seen.test" if hour == 7 else f"seen-{hour}.test", "green"))
            if hour % 5 == 0:
                world.feed("b-push", LOOSE)
                world.feed("b-bob", LOOSE)
            now[0] += HOUR_US
            if hidden:
                hide(world, hour)
        browser = site_of(world, folder).browser("b-bob")
        return [_without_token(browser, path) for path in PATHS]


def _take_up(tx: Transaction) -> None:
    """Give bank-b a person who reads, and its machine the clearance for RED."""
    tx.registry.put_account(Account("b-bob", "bank-b", AccountKind.PERSON, frozenset({Role.READER})))
    machine = tx.registry.account("b-push")
    assert machine is not None
    tx.registry.put_account(replace(machine, red_capable=True))
    tx.registry.open_right(Right.RED_CAPABLE, "account:b-push")


def _without_token(browser: Browser, path: str) -> bytes:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.data.replace(browser.csrf.encode(), b"")


def test_twins_are_told_apart_by_nothing(tmp_path: Path):
    """S17: every page of a member, byte for byte."""
    plain, hiding = pages(tmp_path / "plain", hidden=False), pages(tmp_path / "hiding", hidden=True)
    assert [PATHS[at] for at in range(len(PATHS)) if plain[at] != hiding[at]] == []
