"""The nearest change that would open a contribution: found by supposing changes and asking the policy again.

Nothing here knows a rule. Changes that might matter are read off the labels of the contribution and of what it
refers to; each set of them, the smallest first, is applied to a supposed account, and `spans` says what it sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice

from hub.model.collections import Right
from hub.model.contributions import Contribution
from hub.model.members import Role
from hub.policy.actions import may_read
from hub.policy.spans import ALWAYS
from hub.services.insight.chain import Asked, first_stop, some
from hub.services.insight.verdicts import Nearest
from hub.store.base import Registry
from stix_models.markings import Level

MOST_TRIES = 200
"""How many smaller sets of changes are tried, once one is known that needs all its changes."""

MOST_LOOKED_AT = 200
"""How many contributions around the one in question are looked at for what might open them."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something the hub's owners may do, in words, and the supposed account after it."""

    words: str
    apply: Callable[[Asked], Asked]


def nearest(asked: Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> Nearest:
    """Give the fewest changes after which the account gets the contribution, or what stands in the way."""
    possible = tuple(_possible(asked, contribution, standing))
    best = _after(asked, possible)
    if not best.gets(contribution):
        return Nearest(contribution, (), _obstacle(best, contribution, standing))
    enough = possible
    for change in reversed(possible):
        without = tuple(each for each in enough if each is not change)
        if _after(asked, without).gets(contribution):
            enough = without
    sets = chain.from_iterable(combinations(possible, size) for size in range(1, len(enough)))
    smaller = (each for each in islice(sets, MOST_TRIES) if _after(asked, each).gets(contribution))
    return Nearest(contribution, tuple(change.words for change in next(smaller, enough)))


def _after(asked: Asked, changes: tuple[Change, ...]) -> Asked:
    for change in changes:
        asked = change.apply(asked)
    return asked


def _possible(asked: Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> Iterator[Change]:
    """Give every change that might matter, those first that are the least."""
    yield from _coming_in(asked)
    around = _around(asked, contribution, standing)
    registry = asked.snapshot.registry
    groups = {group for each in around for group in each.label.groups or ()}
    for group in registry.groups():
        if group.marking in groups and asked.reader.partner not in group.members:
            yield _joining(asked, group.name, group.marking)
    for collection in sorted({each.collection for each in around}):
        if asked.shut_out(collection) is not None:
            yield _granting(asked, registry, collection)
    if any(each.label.level is Level.RED for each in around) and not asked.reader.red_capable:
        words = f"register {asked.actor.name} as capable of RED, with one named individual who answers for it"
        yield Change(words, lambda asked: replace(asked, reader=replace(asked.reader, red_capable=ALWAYS)))


def _coming_in(asked: Asked) -> Iterator[Change]:
    """Give what lets the account in and lets it read at all."""
    account, partner = asked.actor.account, asked.actor.partner
    if partner is not None and partner.suspended:
        whole = replace(partner, suspended=False)
        yield Change(f"resume the partner {partner.name}", lambda asked: _acting(asked, partner=whole))
    if account is not None and account.suspended:
        yield Change(f"resume the account {account.name}", lambda asked: _with_account(asked, suspended=False))
    if account is not None and not may_read(account):
        roles = account.roles | {Role.READER}
        yield Change(f"give {account.name} the role reader", lambda asked: _with_account(asked, roles=roles))


def _acting(asked: Asked, **fields: object) -> Asked:
    return replace(asked, actor=replace(asked.actor, **fields))  # type: ignore[arg-type]  # the callers name Actor's fields


def _with_account(asked: Asked, **fields: object) -> Asked:
    account = asked.actor.account
    return _acting(asked, account=account and replace(account, **fields))  # type: ignore[arg-type]  # Account's fields


def _joining(asked: Asked, name: str, marking: str) -> Change:
    """Suppose a membership, with the reading rights that come by the group."""
    registry = asked.snapshot.registry
    by_group = {
        span.object: ALWAYS
        for span in registry.rights(Right.READ)
        if span.until is None and span.subject == f"group:{name}"
    }
    words = f"make {asked.reader.partner} a member of the group {name}"
    return Change(words, lambda asked: _reading(asked, reads=by_group, groups={marking: ALWAYS}))


def _granting(asked: Asked, registry: Registry, collection_id: str) -> Change:
    collection = registry.collection(collection_id)
    title = collection.title if collection else collection_id
    words = f"grant {asked.reader.partner} read on {title}"
    return Change(words, lambda asked: _reading(asked, reads={collection_id: ALWAYS}))


def _reading(asked: Asked, **more: Mapping[str, object]) -> Asked:
    """Add to the rights the reader has, by field."""
    united = {name: {**getattr(asked.reader, name), **added} for name, added in more.items()}
    return replace(asked, reader=replace(asked.reader, **united))  # type: ignore[arg-type]  # Reader's fields


def _around(asked: Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> tuple[Contribution, ...]:
    """Give the contribution, its other versions, and what they refer to as far as the account does not see it."""
    found = [contribution, *(each for each in standing if each.producer == contribution.producer)]
    known = {each.object_id for each in found}
    wanted = set(asked.hidden(contribution)) - known
    while wanted and len(found) < MOST_LOOKED_AT:
        known |= wanted
        new = asked.snapshot.contributions(wanted)[: MOST_LOOKED_AT - len(found)]
        found += new
        wanted = {id_ for each in new for id_ in asked.hidden(each)} - known
    return tuple(found)


def _obstacle(best: Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> str:
    """Say why nothing the hub's owners may grant opens it, to an account that has been given all of it."""
    stop = first_stop(best, contribution, standing)
    if stop is None:
        return "nothing that can be granted opens it"
    missing = _waits_for(best, contribution) if stop.rule == "S11" else ""
    return f"it can't be opened by a grant: {missing or stop.said}"


def _waits_for(best: Asked, contribution: Contribution) -> str:
    """Say which ids would have to be there first; "" if all of them are somewhere (S11)."""
    missing = best.snapshot.missing(contribution)
    return f"it waits for {len(missing)} ids that nobody has released: {some(missing)}" if missing else ""
