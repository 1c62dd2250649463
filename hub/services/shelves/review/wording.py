"""Who would get an object, in words for its reviewer (visibility.md S4, S5, S6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from hub.model.contributions import Label
from hub.policy.actions import may_read
from hub.policy.rules import Reader, spans
from hub.services.reading import holds_now
from hub.store.base import Registry
from stix_models.markings import Level

_WHOM = {
    Level.CLEAR: "accounts",
    Level.GREEN: "accounts, except observers',",
    Level.AMBER: "accounts, except observers',",
    Level.AMBER_STRICT: "persons and services of members",
}


def in_words(label: Label, registry: Registry, reader: Reader) -> str:
    """Say who gets what carries the label; groups by name for who may know it, by their marking's id else (S5)."""
    if label.level is Level.WITHHELD:
        return "only its producer, while it is withheld"
    if label.groups is None:
        return "its producer and the secretariat, for no group is named"
    if label.level is Level.RED and not label.recipients:
        return "only the account that pushed it"
    whom = "the named accounts" if label.recipients is not None else _WHOM.get(label.level, "accounts")
    collection = registry.collection(label.collection or "")
    reading = f"that read {collection.title if collection else 'its collection'}"
    names = [_name(group, registry, reader) for group in sorted(label.groups)]
    return " ".join([whom, reading, *(["and are in", " and ".join(names)] if names else [])])


def partners_reached(
    registry: Registry, reader: Callable[[str], Reader | None], labels: Iterable[Label]
) -> tuple[str, ...]:
    """Name the partners, the producer aside, of which an account would get what carries one of the labels."""
    labels = set(labels)
    passed = {partner.name for partner in registry.partners() if partner.suspended}
    reached: set[str] = set()
    for account in registry.accounts():
        reads = may_read(account) and not account.suspended and account.partner not in passed | reached
        known = reader(account.name) if reads else None
        if known and any(each.producer != known.partner and holds_now(spans(known, each)) for each in labels):
            reached.add(account.partner)
    return tuple(sorted(reached))


def _name(marking: str, registry: Registry, reader: Reader) -> str:
    knows = holds_now(reader.secretariat) or holds_now(reader.groups.get(marking, ()))
    name = next((group.name for group in registry.groups() if group.marking == marking), None)
    return name if knows and name else marking
