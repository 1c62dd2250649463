"""Search and object pages: what TAXII would serve, what it is called, and the record of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.errors import ForbiddenError, NotFoundError
from hub.model.audit import Wanted
from hub.model.collections import Collection
from hub.model.members import Account, AccountKind, Actor, Role
from hub.services.exploring import Exploring
from hub.services.exploring.object import Pages
from hub.services.exploring.results import PAGE_ROWS
from stix_models.markings import TLP_MARKING, Level
from tests.hub.services.world import FRAUD, GROUP, LOOSE, OPERATOR, World, bundle, domain, domain_id, make_world

DATES = {"created": "2026-01-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z"}
GREEN = [TLP_MARKING[Level.GREEN]]
STRICT = [TLP_MARKING[Level.AMBER_STRICT], GROUP]
RED = [TLP_MARKING[Level.RED]]


def sdo(type_: str, number: int, markings: list[str], **more: object) -> dict[str, object]:
    """Write an object of a type."""
    id_ = f"{type_}--00000000-0000-4000-8000-{number:012d}"
    return {"type": type_, "spec_version": "2.1", "id": id_, "object_marking_refs": markings, **DATES, **more}


def uses(number: int, source: dict[str, object], target: dict[str, object], markings: list[str]) -> dict[str, object]:
    """Write a relationship."""
    ends = {"relationship_type": "uses", "source_ref": source["id"], "target_ref": target["id"]}
    return sdo("relationship", number, markings, **ends)


GANG = sdo("intrusion-set", 1, GREEN, name="Black Basta", aliases=["Cardinal"], first_seen="2024-05-01T00:00:00Z")
TOOL = sdo("tool", 2, GREEN, name="QakBot", description="a loader")
SECRET = sdo("tool", 3, STRICT, name="QakBot builder")
BRIBE = sdo("tool", 4, RED, name="QakBot source")
USES = uses(5, GANG, TOOL, GREEN)
USES_SECRET = uses(6, GANG, SECRET, STRICT)
REPORT = sdo(
    "report",
    7,
    GREEN,
    name="On Basta",
    published="2026-03-01T00:00:00Z",
    object_refs=[GANG["id"], USES["id"], domain_id("a.test")],
)


@pytest.fixture
def explored(tmp_path: Path) -> Iterator[tuple[World, Exploring]]:
    """Open a community in which something is known."""
    world = make_world(tmp_path)
    world.push("b-push", LOOSE, GANG, TOOL, USES, domain("a.test", "green"), REPORT)
    world.push("a-push", LOOSE, SECRET, USES_SECRET, BRIBE)
    yield world, Exploring(world.store)
    world.close()


def titles(found: tuple[World, Exploring], account: str, text: str, **more: object) -> list[str]:
    """Give the titles of what an account finds."""
    world, exploring = found
    return [row.title for row in exploring.search(world.actor(account), text, **more).rows]  # type: ignore[arg-type]  # as it takes


def test_each_finds_what_he_may_see(explored):
    """By name, alias or value; rows say type, level, collection and time; counts are of what is visible."""
    world, exploring = explored
    assert titles(explored, "x-xan", "qakbot") == ["QakBot", "QakBot builder"]
    assert titles(explored, "b-push", "qakbot") == ["QakBot"]
    assert titles(explored, "a-push", "qakbot") == ["QakBot", "QakBot source", "QakBot builder"]
    assert titles(explored, "o-eve", "qakbot") == []
    found = exploring.search(world.actor("x-xan"), "cardinal")
    (row,) = found.rows
    assert (row.title, row.type, row.marks.level, row.collection, row.producer) == (
        "Black Basta",
        "intrusion-set",
        Level.GREEN,
        "Loose",
        "",
    )
    assert found.types == (("intrusion-set", 1),)
    assert (found.paged.total, found.whole, found.beyond) == (1, True, None)


def test_relationships_are_called_by_their_ends(explored):
    """A uses B, found by its type and shown with the names of both."""
    assert titles(explored, "b-push", "type:relationship") == ["Black Basta uses QakBot"]


def test_sources_are_collections_and_identities_in_view(explored):
    """By alias, title or id; one that is hidden is as unknown as one that is not there."""
    world, exploring = explored
    assert titles(explored, "b-push", "source:LOOSE type:tool") == ["QakBot"]
    hidden, absent = (exploring.search(world.actor("b-push"), f"source:{name} qakbot") for name in ("fraud", "none"))
    assert hidden.rows == absent.rows == ()
    assert [finding.message for finding in hidden.wrong] == [finding.message for finding in absent.wrong]
    world.push("a-push", LOOSE, sdo("identity", 8, GREEN, name="Desk", identity_class="group"))
    by_desk = sdo("tool", 9, GREEN, name="Made", created_by_ref="identity--00000000-0000-4000-8000-000000000008")
    world.push("a-push", LOOSE, by_desk)
    assert titles(explored, "b-push", "source:desk") == ["Made"]


def test_long_results_are_paged(explored):
    """A page beyond the end is the last one."""
    world, exploring = explored
    world.push("b-push", LOOSE, *(domain(f"n{number}.many.test", "green") for number in range(PAGE_ROWS + 3)))
    actor = world.actor("x-xan")
    first, second, far = (exploring.search(actor, "many", page=number) for number in (1, 2, 99))
    assert (len(first.rows), len(second.rows), first.paged.pages) == (PAGE_ROWS, 3, 2)
    assert far == second
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}


def test_what_is_written_alike_is_offered(explored):
    """Of visible names alone, where nothing was found."""
    world, exploring = explored
    assert exploring.search(world.actor("b-push"), "qakbod").near == ("qakbot",)
    assert exploring.search(world.actor("b-push"), "qakbot buildr").near == ()
    assert exploring.search(world.actor("x-xan"), "qakbot buildr").near == ("qakbot builder",)


def test_a_pasted_list_is_looked_up_value_by_value(explored):
    """Each line tells what has it as a whole; how many lines are known is counted."""
    world, exploring = explored
    listing = exploring.match(world.actor("b-push"), "a[.]test\nQAKBOT\nqakbot builder\nb.test")
    assert [(line.text, [row.title for row in line.rows]) for line in listing.lines] == [
        ("a.test", ["a.test"]),
        ("QAKBOT", ["QakBot"]),
        ("qakbot builder", []),
        ("b.test", []),
    ]
    assert listing.known == 2


def test_an_objects_page_tells_what_is_visible(explored):
    """Names, properties, markings, links both ways and versions, as far as the reader sees them."""
    world, exploring = explored
    for account, inward in (("b-push", 2), ("x-xan", 3)):
        page = exploring.object(world.actor(account), str(GANG["id"]), Pages())
        portrait = page.portrait
        assert (portrait.title, portrait.aliases, portrait.marks.level) == ("Black Basta", ("Cardinal",), Level.GREEN)
        assert len(portrait.inward) == portrait.inward_page.total == inward
        assert json.loads(portrait.raw) == GANG
        assert [version.collection for version in portrait.versions] == ["Loose"]
        assert {node.title for node in page.around.nodes} >= {"Black Basta", "QakBot", "On Basta", "a.test"}
        assert ("QakBot builder" in {node.title for node in page.around.nodes}) is (account == "x-xan")
        assert "relationship" not in {node.type for node in page.around.nodes}  # they are the lines
    uses_tool = next(link for link in portrait.inward if link.other and link.other.title == "QakBot")
    assert (uses_tool.verb, uses_tool.outward) == ("uses", True)
    report = exploring.object(world.actor("b-push"), str(REPORT["id"]), Pages()).portrait
    assert [(link.property, link.target.title) for link in report.outward] == [
        ("object_refs", "Black Basta"),
        ("object_refs", "Black Basta uses QakBot"),
        ("object_refs", "a.test"),
    ]


def test_group_names_are_for_members(explored):
    """Who sees an object by its group learns the group's name only as its member (S5)."""
    world, exploring = explored
    mine = exploring.object(world.actor("x-xan"), str(SECRET["id"]), Pages()).portrait.marks
    assert (mine.groups, mine.unnamed) == (("g-fraud",), 0)
    world.push("b-push", LOOSE, sdo("tool", 10, STRICT, name="Mine"))
    own = exploring.object(world.actor("b-push"), "tool--00000000-0000-4000-8000-000000000010", Pages()).portrait
    assert (own.marks.groups, own.marks.unnamed, own.producer) == ((), 1, "bank-b")
    sue = exploring.object(world.actor("s-sue"), str(SECRET["id"]), Pages()).portrait
    assert (sue.marks.groups, sue.producer) == (("g-fraud",), "bank-a")


def test_hidden_and_absent_are_the_same(explored):
    """The same error, for what is hidden, for what never was and for what is no id."""
    world, exploring = explored
    told = set()
    for id_ in (SECRET["id"], "tool--00000000-0000-4000-8000-000000000099", "no id"):
        for ask in (lambda actor, id_: exploring.object(actor, id_, Pages()), exploring.bundle):
            with pytest.raises(NotFoundError) as caught:
                ask(world.actor("b-push"), id_)
            told.add(str(caught.value))
    assert len(told) == 1


def test_who_may_read_nothing_finds_nothing(explored):
    """Neither contributions nor public knowledge; the operator never reads."""
    world, exploring = explored
    world.reference.load(OPERATOR, bundle(sdo("tool", 20, GREEN, name="Known")))
    assert titles(explored, "o-eve", "known") == ["Known"]
    outsider = Actor("x", world.actor("x-pull").account, collections=frozenset())
    assert exploring.search(outsider, "known").rows == ()
    with pytest.raises(ForbiddenError):
        exploring.search(OPERATOR, "known")


def test_a_download_is_a_bundle_of_the_pushed_bytes(explored):
    """The object first, then its author and markings as far as they are visible."""
    world, exploring = explored
    author = sdo("identity", 8, GREEN, name="Desk", identity_class="group")
    made = sdo("tool", 9, GREEN, name="Made", created_by_ref=author["id"])
    world.push("b-push", LOOSE, author, made)
    found = json.loads(exploring.bundle(world.actor("x-xan"), str(made["id"])))
    assert (found["type"], found["objects"]) == ("bundle", [made, author])
    assert found["id"].startswith("bundle--")


def test_all_that_is_shown_is_recorded(explored):
    """Who was shown an object by the console can be told as for TAXII; what was not shown is not recorded."""
    world, exploring = explored
    exploring.search(world.actor("x-xan"), "qakbot")
    exploring.object(world.actor("x-xan"), str(GANG["id"]), Pages())
    exploring.bundle(world.actor("x-xan"), str(TOOL["id"]))
    exploring.search(world.actor("x-xan"), "nothing like it")
    held = {
        id_: [(each.account, each.endpoint) for each in world.store.holders(id_)] for id_ in (TOOL["id"], BRIBE["id"])
    }
    assert held[TOOL["id"]] == [("x-xan", f"console:{page}") for page in ("search", "object", "stix")]
    assert held[BRIBE["id"]] == []
    assert {each.collection for each in world.store.holders(str(TOOL["id"]))} == {LOOSE.id}
    assert all(each.proven for each in world.store.holders(str(TOOL["id"])))
    assert len(list(world.store.trail(Wanted(actor="x-xan")))) == 3


def test_looking_as_another_shows_what_both_see(explored):
    """A secretariat person gets no RED by it, and learns only how much more the account sees (S8)."""
    world, exploring = explored
    sue = world.actor("s-sue")
    assert titles(explored, "s-sue", "qakbot", viewing_as="a-push") == ["QakBot", "QakBot builder"]
    assert titles(explored, "s-sue", "qakbot", viewing_as="b-push") == ["QakBot"]
    assert exploring.search(sue, "source", viewing_as="a-push").beyond == 1
    assert exploring.search(sue, "other words", viewing_as="a-push").beyond == 1
    assert exploring.search(sue, "other words", viewing_as="b-push").beyond == 0
    page = exploring.object(sue, str(SECRET["id"]), Pages(), viewing_as="x-xan").portrait
    assert (page.producer, page.marks.groups) == ("", ("g-fraud",))
    for account, id_ in (("a-push", BRIBE["id"]), ("b-push", SECRET["id"])):
        with pytest.raises(NotFoundError):
            exploring.object(sue, str(id_), Pages(), viewing_as=account)
    with pytest.raises(ForbiddenError):
        exploring.search(world.actor("a-ada"), "qakbot", viewing_as="b-push")
    assert {each.account for each in world.store.holders(str(SECRET["id"]))} == {"s-sue"}


def test_one_object_in_several_collections_and_versions(explored):
    """Its page lists every visible version with its collection; the latest is shown."""
    world, exploring = explored
    later = {**TOOL, "name": "Qbot", "modified": "2026-04-01T00:00:00.000Z"}
    world.push("b-push", LOOSE, later)
    portrait = exploring.object(world.actor("x-xan"), str(TOOL["id"]), Pages()).portrait
    assert (portrait.title, [each.version for each in portrait.versions]) == (
        "Qbot",
        [later["modified"], TOOL["modified"]],
    )
    assert titles(explored, "x-xan", "qakbot")[-1:] == ["QakBot builder"]
    assert "Qbot" in titles(explored, "x-xan", "qakbot")


def _answers(world: World, account: str, ids: list[str]) -> list[object]:
    """Ask everything there is to ask."""
    exploring, actor, asked = Exploring(world.store), world.actor(account), []
    for text in ("qakbot", "type:tool", "tlp:green", "basta", "seen:2026", "a.test", "qakbod", "source:loose", "x"):
        asked += [exploring.search(actor, text), exploring.search(actor, text, by_time=True)]
    asked.append(exploring.match(actor, "\n".join(["qakbot", "qakbot builder", "a.test", *ids])))
    for id_ in ids:
        try:
            page = exploring.object(actor, id_, Pages())
            asked += [exploring.bundle(actor, id_), page.around, page.portrait.inward, page.portrait.properties]
        except NotFoundError as error:
            asked.append(str(error))
    return asked


def test_a_twin_without_the_hidden_gives_the_same_answers(tmp_path: Path):
    """What a reader can't see changes no row, order, count, name, link or page (S17)."""
    open_ = (GANG, TOOL, USES, domain("a.test", "green"), REPORT)
    ids = [str(each["id"]) for each in (*open_, SECRET, USES_SECRET, BRIBE)]
    answers = []
    for name, hidden in (("one", (SECRET, USES_SECRET, BRIBE)), ("twin", ())):
        folder = tmp_path / name
        folder.mkdir()
        world = make_world(folder)
        for each in open_:
            world.push("a-push", LOOSE, *hidden) if hidden else None
            world.push("b-push", LOOSE, each)
        world.push("a-push", FRAUD, *hidden) if hidden else None
        answers.append(_answers(world, "b-push", ids))
        world.close()
    assert answers[0] == answers[1]


def test_the_collections_titles_are_those_he_may_read(explored):
    """An object in two collections is shown with the one in which he sees it."""
    world, exploring = explored
    world.store.commit(lambda tx: tx.registry.put_collection(Collection(LOOSE.id, "Renamed", intake=LOOSE.intake)))
    (row,) = exploring.search(world.actor("x-xan"), "cardinal").rows
    assert row.collection == "Renamed"


def test_a_client_is_not_told_who_produced_what(explored):
    """It is an ordinary reader, of its own partner's contributions too (S8); looking as it shows the same."""
    world, exploring = explored
    client = Account("b-client", "bank-b", AccountKind.CLIENT, frozenset({Role.READER}))
    world.store.commit(lambda tx: tx.registry.put_account(client))
    pages = [
        exploring.object(world.actor("b-client"), GANG["id"], Pages()),
        exploring.object(world.actor("s-sue"), GANG["id"], Pages(), viewing_as="b-client"),
    ]
    assert [page.portrait.producer for page in pages] == ["", ""]
