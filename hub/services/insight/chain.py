"""The decision order of visibility.md, rule by rule, on one contribution for one account.

No rule is written here: each is asked of `spans` and `decide`, part by part, so that the answer has a name. The
account may be a supposed one, with rights that it does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from hub.model.contributions import Contribution, Label
from hub.model.members import Actor
from hub.policy.actions import Action, decide
from hub.policy.rules import Reader, spans
from hub.policy.spans import NEVER
from hub.services.insight.verdicts import Outcome, Step, Verdict
from hub.services.reading import holds_now, resource_of
from hub.store.base import Snapshot
from stix_models.markings import Level

_ANYONE = Label(None, Level.CLEAR, "")
"""The markings of what is for everybody, to ask for one marking at a time."""

MOST_LISTED = 10
"""How many ids an answer names."""

_AS_SECRETARIAT = "read as a secretariat person (S8)"


@dataclass(frozen=True, slots=True)
class Asked:
    """The account in question, in all the forms that the rules know it by."""

    snapshot: Snapshot
    actor: Actor
    reader: Reader

    @property
    def is_suspended(self) -> bool:
        """Whether it or its partner can't come in at all."""
        return any(each is not None and each.suspended for each in (self.actor.account, self.actor.partner))

    def meets(self, label: Label) -> bool:
        """Whether the reading policy lets it see what carries the label, now."""
        return holds_now(spans(self.reader, label))

    def meets_unaided(self, label: Label) -> bool:
        """Whether it would do so without what persons of the secretariat may see beyond others (S8)."""
        return holds_now(spans(replace(self.reader, secretariat=NEVER), label))

    def owns(self, contribution: Contribution) -> bool:
        """Whether the contribution is its own, so that nothing hides it from the account (S8)."""
        return self.meets(replace(contribution.label, level=Level.WITHHELD))

    def shut_out(self, collection_id: str) -> str | None:
        """Give the reason why it can't read the collection; None if it can."""
        collection = self.snapshot.registry.collection(collection_id)
        if collection is None:
            return "there is no such collection"
        decision = decide(
            self.actor, Action.COLLECTION_READ, resource_of(self.snapshot.registry, self.reader, collection)
        )
        return None if decision.allowed else decision.reason

    def gets(self, contribution: Contribution) -> bool:
        """Whether it gets the contribution now, from whichever door."""
        if self.is_suspended or not self.snapshot.opens(contribution, self.reader):
            return False
        return self.owns(contribution) or self.shut_out(contribution.collection) is None

    def hidden(self, contribution: Contribution) -> tuple[str, ...]:
        """Give the ids a contribution refers to that the account does not see (S11)."""
        asked = set(contribution.references) - self.snapshot.pinned()
        asked -= self.snapshot.is_reference(asked)
        there = self.snapshot.contributions(asked)
        asked -= {each.object_id for each in there if self.snapshot.opens(each, self.reader)}
        return tuple(id_ for id_ in contribution.references if id_ in asked)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule to be tried. stops: gives the reason why it stops, None if it lets pass; passed: what it says then."""

    number: str
    question: str
    stops: Callable[[], str | None]
    passed: str = "yes"


def judge(asked: Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> Verdict:
    """Go through the rules in the decision order; the first that decides is the answer."""
    steps = tuple(_tried(asked, contribution, standing))
    by = next((each for each in steps if each.outcome in (Outcome.OPENED, Outcome.STOPPED)), None)
    if by is None:
        reason = "its level, groups, versions and references are all met"
        return Verdict(contribution, True, "S4", reason, steps)
    return Verdict(contribution, by.outcome is Outcome.OPENED, by.rule, by.said, steps)


def first_stop(asked: Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> Step | None:
    """Give the step that stops the account, None if none does."""
    steps = _tried(asked, contribution, standing)
    return next((each for each in steps if each.outcome is Outcome.STOPPED), None)


def _tried(asked: Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> Iterator[Step]:
    own = asked.owns(contribution)
    question = "Is it the account's own, as its producer's person or service?"
    said = "its producer always gets it" if own else "no: it is another's, the rules for readers hold"
    yield Step("S8", question, Outcome.OPENED if own else Outcome.APART, said)
    decided = own
    for rule in _rules(asked, contribution, standing):
        reason = None if decided else rule.stops()
        if decided:
            yield Step(rule.number, rule.question, Outcome.UNREACHED)
        elif reason is None:
            yield Step(rule.number, rule.question, Outcome.PASSED, rule.passed)
        else:
            decided = True
            yield Step(rule.number, rule.question, Outcome.STOPPED, reason)


def _rules(asked: Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> Iterator[_Rule]:
    """Give the rules that a contribution of somebody else must pass, in the decision order."""
    collection = asked.snapshot.registry.collection(contribution.collection)
    title = collection.title if collection else contribution.collection
    yield _Rule("S1", f"May the account read the collection {title}?", lambda: asked.shut_out(contribution.collection))
    yield from _markings(asked, contribution.label)
    latest = _latest(contribution, standing)
    yield _Rule("S14", "Is its producer's latest version for the account too?", lambda: _outdated(asked, latest))
    count = len(contribution.references)
    yield _Rule("S11", f"Does it see what this refers to ({count} ids)?", lambda: _dangling(asked, contribution))
    yield _Rule("S12", "Is this producer's contribution the one that is shown?", lambda: _behind(asked, contribution))


def _markings(asked: Asked, label: Label) -> Iterator[_Rule]:
    """Give the questions about the markings of a label, one for each part of it (S3)."""
    markings = replace(label, collection=None)
    met = asked.meets(markings)
    yes = _AS_SECRETARIAT if met and not asked.meets_unaided(markings) else "yes"

    def unless(part: Label, reason: str) -> Callable[[], str | None]:
        return lambda: None if met or asked.meets_unaided(part) else reason

    for marking in sorted(label.groups or ()):
        name = _group(asked.snapshot, marking)
        reason = f"the account's partner is not in the group {name}"
        part = replace(_ANYONE, groups=frozenset({marking}))
        yield _Rule("S5", f"Is its partner in the group {name}?", unless(part, reason), yes)
    reason = "it is withheld: a marking is not known here, or it is held for the secretariat"
    withheld = label.level is Level.WITHHELD
    yield _Rule("S6", "Is each of its markings known here?", lambda: reason if withheld and not met else None)
    if label.groups is None:
        reason = f"{label.level.upper()} without a group is for producer and secretariat only"
        yield _Rule("S5", "Is it for any group?", unless(replace(_ANYONE, groups=None), reason), yes)
    if label.recipients is not None:
        part = replace(_ANYONE, recipients=label.recipients)
        reason = "the account is not among the named recipients"
        yield _Rule("S5", "Is the account among its named recipients?", unless(part, reason), yes)
    reason = f"{label.level.upper()} is not for this kind of partner or account"
    if label.level is Level.RED and not label.recipients:
        reason = "RED without a recipient is for the account that pushed it alone"
    question = f"Is {label.level.upper()} for this kind of partner and account?"
    yield _Rule("S4", question, lambda: None if met else reason, yes)


def _outdated(asked: Asked, latest: Contribution) -> str | None:
    """S14: the markings of the producer's latest version must be met too."""
    for rule in _markings(asked, latest.label):
        if reason := rule.stops():
            return f"the producer's latest version {latest.version} is not for this account: {reason}"
    return None


def _dangling(asked: Asked, contribution: Contribution) -> str | None:
    hidden = asked.hidden(contribution)
    return f"it refers to what the account does not see: {some(hidden)}" if hidden else None


def some(ids: tuple[str, ...]) -> str:
    """Write the first ids of a list, and how many more there are."""
    more = len(ids) - MOST_LISTED
    return ", ".join(ids[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _behind(asked: Asked, contribution: Contribution) -> str | None:
    """S12: whatever passes all before and is not in view stands behind another producer's."""
    if asked.snapshot.opens(contribution, asked.reader):
        return None
    return "another producer's contribution of the id is shown instead"


def _latest(contribution: Contribution, standing: tuple[Contribution, ...]) -> Contribution:
    """Give the producer's latest version, in the same collection if it is there too (S14)."""
    own = [each for each in standing if each.producer == contribution.producer]
    return max(own, key=lambda each: (each.version_key, each.collection == contribution.collection))


def _group(snapshot: Snapshot, marking: str) -> str:
    return next((group.name for group in snapshot.registry.groups() if group.marking == marking), marking)
