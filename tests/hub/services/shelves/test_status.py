"""Status: what a producer is told of each object, from its own view alone (visibility.md, Status)."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid4, uuid5

from hub.model.submissions import Submission
from hub.services.insight import LINGERS
from stix_models.markings import TLP_MARKING, Level
from stix_models.timestamps import format_micros
from tests.hub.services.world import (
    FRAUD,
    LOOSE,
    UNKNOWN,
    X_IDENTITY,
    World,
    domain,
    domain_id,
    make_world,
    statement,
)

NOON_US = 1_800_000_000_000_000
DAY_US = 86_400_000_000


def messages(submission: Submission) -> list[str]:
    """Give what the sender is told, object by object."""
    return [item.message for item in submission.items]


def campaign(name: str) -> dict[str, object]:
    """Write a CLEAR campaign."""
    return {
        "type": "campaign",
        "spec_version": "2.1",
        "id": f"campaign--{uuid5(NAMESPACE_URL, name)}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
        "name": name,
        "object_marking_refs": [TLP_MARKING[Level.CLEAR]],
    }


def test_the_sender_is_told_what_holds_an_object(world: World):
    """visibility.md, Status: no group, unknown markings and references that are not here."""
    done = world.push(
        "a-push",
        LOOSE,
        domain("one.test", "amber"),
        domain("two.test", "clear", UNKNOWN),
        domain("three.test", "clear", refs=(domain_id("four.test"), domain_id("one.test"))),
    )
    assert messages(done) == [
        "AMBER without a group: only you and the secretariat see it",
        f"withheld: marking {UNKNOWN} is not known here",
        f"refers to 1 id not here: {domain_id('four.test')}",
    ]
    assert messages(world.intake.status(world.actor("a-push"), done.id)) == messages(done)


def test_a_hidden_reference_reads_as_an_absent_one(world: World):
    """The status is told from the producer's own view: what others hold is not given away."""
    container = domain("one.test", "clear", refs=(domain_id("four.test"),))
    absent = world.push("a-push", LOOSE, container)
    world.push("b-push", LOOSE, domain("four.test", "red"))
    assert messages(world.intake.status(world.actor("a-push"), absent.id)) == messages(absent)


def test_who_takes_part_can_not_be_tried_out(world: World):
    """S17: created_by_ref naming a partner is told of as one naming a stranger; only the first is held (S12)."""
    stranger = {"created_by_ref": f"identity--{uuid4()}"}
    theirs = world.push("a-push", LOOSE, campaign("one") | {"created_by_ref": X_IDENTITY})
    nobodys = world.push("a-push", LOOSE, campaign("two") | stranger)
    assert messages(theirs) == messages(nobodys)
    assert [entry.object_id for entry in world.feed("b-push", LOOSE)] == [campaign("two")["id"]]


def test_the_status_follows_what_happens(world: World):
    """A statement pushed later opens what waited for it; what was deleted is told."""
    held = world.push("a-push", LOOSE, domain("one.test", "clear", UNKNOWN))
    world.push("a-push", LOOSE, statement(UNKNOWN))
    actor = world.actor("a-push")
    assert messages(world.intake.status(actor, held.id)) == [""]
    world.sharing.delete(actor, LOOSE.id, domain_id("one.test"))
    assert messages(world.intake.status(actor, held.id)) == ["deleted since"]


def test_what_came_from_the_future_is_told_as_held_until_it_is_let_out(tmp_path):
    """S12: it stays withheld when its time has come, and the status says so; the secretariat lets it out."""
    times = [NOON_US]
    world = make_world(tmp_path, lambda: times[-1])
    early = campaign("one") | {"modified": format_micros(NOON_US + 2 * DAY_US)}
    held = world.push("a-push", LOOSE, early)
    assert messages(held) == ["held for the secretariat: modified is more than 24 h ahead of the hub's clock"]
    times.append(NOON_US + 3 * DAY_US)
    sender, secretary = world.actor("a-push"), world.actor("s-sue")
    assert messages(world.intake.status(sender, held.id)) == ["held for the secretariat since it came"]
    assert [each.reasons for each in world.insight.waiting(secretary)] == [(LINGERS,)]
    world.marking.raise_level(secretary, str(early["id"]), Level.CLEAR, "its time has come")
    assert messages(world.intake.status(sender, held.id)) == ["raised to CLEAR by the secretariat"]
    assert len(world.feed("x-pull", LOOSE)) == 1
    world.close()


def test_a_repeat_of_what_waits_is_told_so(world: World):
    """What a colleague's push may still be refused with is not called here."""
    world.push("a-ada", FRAUD, domain("one.test", "clear"))
    assert messages(world.push("a-push", FRAUD, domain("one.test", "clear"))) == [
        "it is in review already: nothing was changed"
    ]


def test_of_many_missing_ids_the_first_are_named(world: World):
    """The sentence says how many there are, whatever it names."""
    refs = tuple(sorted(domain_id(f"{number}.test") for number in range(12)))
    (message,) = messages(world.push("a-push", LOOSE, domain("one.test", "clear", refs=refs)))
    assert message == f"refers to 12 ids not here: {', '.join(refs[:10])}, …"
