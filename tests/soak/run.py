"""One soak: found, serve, let everybody loose, stop, and hold what there is to what there must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING

from hub.application import build_hub
from hub.settings import Settings
from tests.bench.client import Account, Line
from tests.bench.servers import Server, hub_server
from tests.hub.store.oracle import Key
from tests.processes import hub as command
from tests.processes import run
from tests.soak.acts import Backups, Teller, turn_rights
from tests.soak.cast import PRODUCERS, SEATS, Seat, found
from tests.soak.ledger import Ledger, differences
from tests.soak.readers import COLLECTIONS, Feed, LibraryReader, RawReader, fresh, manifest

if TYPE_CHECKING:
    from hub.application import Hub

_WORKERS = 2
_TELLERS = 3

Act = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a soak came to. differences: a sentence each; none if all is exact."""

    summary: str
    differences: tuple[str, ...]


def soak(folder: Path, seconds: float, seed: int) -> Outcome:
    """Run for so many seconds; raises what a reader or an act raised meanwhile."""
    data, ledger = folder / "hub", Ledger()
    accounts = found(data)
    with ExitStack() as stack:
        server = stack.enter_context(hub_server(data, _WORKERS))
        inside = stack.enter_context(closing(build_hub(Settings(data=data))))
        feeds = [_feed(seat, server, accounts, stack, seed) for seat in SEATS]
        backups = Backups(data, folder, ledger)
        tellers = [_teller(number, seed, ledger, inside, server, accounts, stack) for number in range(_TELLERS)]
        acts: list[Act] = [teller.tell for teller in tellers]
        acts += [lambda stop: turn_rights(inside, ledger, seed, stop), backups.make]
        _let_loose([*acts, *(feed.read for feed in feeds)], seconds)
        wrong = [each for feed in feeds for each in _held_to(ledger, feed, server, accounts)]
        wrong += _nothing_lost("the hub", inside, ledger.standing(), exactly=True)
    wrong += _restored(folder, backups, ledger)
    wrong += _sound("the hub", data)
    pages = sum(received.pages for feed in feeds for received in feed.received.values())
    summary = (
        f"{len(ledger):,} versions stand, {pages:,} pages brought something new, {backups.count} backups were made"
    )
    return Outcome(summary, tuple(wrong))


def _feed(seat: Seat, server: Server, accounts: Mapping[str, Account], stack: ExitStack, seed: int) -> Feed:
    account = accounts[seat.member.account]
    if seat.library:
        return Feed(seat, LibraryReader(server.port, account))
    random = Random(f"{seed}/{account.name}")  # noqa: S311 - the same choices when it is run again
    return Feed(seat, RawReader(stack.enter_context(Line(server.port, account)), random))


def _teller(
    number: int,
    seed: int,
    ledger: Ledger,
    inside: Hub,
    server: Server,
    accounts: Mapping[str, Account],
    stack: ExitStack,
) -> Teller:
    lines = {
        partner: stack.enter_context(Line(server.port, accounts[account])) for partner, account in PRODUCERS.items()
    }
    return Teller(count(number, _TELLERS), seed, ledger, inside, lines)


def _let_loose(acts: list[Act], seconds: float) -> None:
    """Run all at once for so long, or until one fails; raise the first failure."""
    stop = Event()
    with ThreadPoolExecutor(len(acts)) as pool:
        running = [pool.submit(act, stop) for act in acts]
        try:
            wait(running, seconds, FIRST_EXCEPTION)
        finally:
            stop.set()
    for each in running:
        each.result()


def _held_to(ledger: Ledger, feed: Feed, server: Server, accounts: Mapping[str, Account]) -> Iterator[str]:
    """Hold a reader's union and a fresh pull of his to what the oracle says he may see."""
    feed.drain()
    name = feed.seat.member.account
    expected = ledger.expected(feed.seat.member)
    with Line(server.port, accounts[name]) as line:
        for collection in COLLECTIONS:
            wanted, title = expected.get(collection, {}), f"{name} in {collection[:8]}"
            yield from differences(f"{title}, fresh pull", wanted.items(), fresh(line, collection).items())
            had = {version: feed.received[collection].versions.get(version, "nothing") for version in wanted}
            yield from differences(f"{title}, what he got bit by bit", wanted.items(), had.items())
            dates = [date for date, _ in manifest(line, collection)]
            if dates != sorted(set(dates)) or len(dates) != len(wanted):
                yield f"{title}: {len(dates)} manifest entries for {len(wanted)} versions, or dates that don't rise"


def _nothing_lost(name: str, hub: Hub, standing: frozenset[Key], *, exactly: bool) -> Iterator[str]:
    with hub.store.snapshot() as snapshot:
        there = {
            Key(it.producer, it.collection, it.object_id, it.version_key)
            for it in snapshot.contributions({key.object_id for key in standing})
        }
    yield from differences(f"{name}, contributions", standing, there if exactly else there & standing)


def _restored(folder: Path, backups: Backups, ledger: Ledger) -> Iterator[str]:
    """Restore the last backup elsewhere: what stood before it and stands now must be in it."""
    if backups.last is None:
        yield "no backup was made"
        return
    data = folder / "restored"
    command(data, "restore", str(backups.last))
    yield from _sound("the backup", data)
    with closing(build_hub(Settings(data=data))) as hub:
        yield from _nothing_lost("the backup", hub, backups.within & ledger.standing(), exactly=False)


def _sound(name: str, data: Path) -> Iterator[str]:
    done = run(data, "check")
    if done.returncode:
        yield f"{name}: hub check ended with {done.returncode}: {done.stdout[-1_000:]} {done.stderr[-1_000:]}"
