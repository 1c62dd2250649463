"""The community file: one truth, applied in one commit, and exported so that it applies to itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import ConflictError, ForbiddenError, InvalidInputError, TooLargeError
from hub.model.collections import Intake, MarkingKind, PinnedMarking
from hub.model.members import Account, AccountKind, Actor, Partner, PartnerKind, Role
from hub.policy.actions import operator
from hub.services.community import Community
from hub.services.community.document import MAX_CHARACTERS, CollectionTerms, Document, GroupTerms, parse
from hub.services.community.writing import write
from hub.services.membership import Membership
from hub.store.sqlite import SqliteStore
from stix_models.markings import Level

OPERATOR = operator("root")
EXAMPLE = (Path(__file__).parents[4] / "config" / "community.example.toml").read_text()


@pytest.fixture
def store(tmp_path):
    """Make a new store on disk."""
    store = SqliteStore.create(tmp_path / "hub.sqlite3")
    yield store
    store.close()


@pytest.fixture
def community(store):
    """Apply the example to a new hub."""
    community = Community(store)
    community.apply(EXAMPLE, OPERATOR)
    return community


def words(plan):
    """Give what a plan says."""
    return [change.words for change in plan.changes]


def test_plan_says_what_apply_does(store):
    """A plan tells the changes and makes none; applying makes them, and a second time there is nothing to do."""
    community = Community(store)
    planned = words(community.plan(EXAMPLE, OPERATOR))
    assert planned == words(community.plan(EXAMPLE, OPERATOR))
    assert "add partner police-x (member)" in planned
    assert "police-x joins g-fraud" in planned
    assert words(community.apply(EXAMPLE, OPERATOR)) == planned
    assert words(community.apply(EXAMPLE, OPERATOR)) == []
    assert Membership(store).acting("x-xan").partner.identities == ("identity--46ca697f-0545-458e-9397-67eb067842fa",)


def test_file_is_the_whole_truth_about_what_it_names(community, store):
    """Memberships and grants that a file no longer has end; whom it doesn't name stays and is reported."""
    text = """
    [[group]]
    name = "g-fraud"
    members = ["police-x"]
    [[collection]]
    title = "Fraud infrastructure"
    default_tlp = "green"
    read = ["@g-fraud"]
    """
    plan = community.apply(text, OPERATOR)
    assert words(plan) == [
        "bank-a leaves g-fraud",
        "change collection Fraud infrastructure (green, intake review)",
        "end read on Fraud infrastructure: police-x",
        "end write on Fraud infrastructure: bank-a",
        "end trusted on Fraud infrastructure: bank-a",
    ]
    assert set(plan.left) >= {"partner bank-a", "account x-pull"}
    assert store.reader("a-push").groups != {}
    assert Membership(store).acting("a-push").name == "a-push"


def test_suspension_is_not_the_files_business(community, store):
    """A suspended partner stays suspended whatever the file changes about it."""
    Membership(store).members.suspend_partner(OPERATOR, "police-x")
    changed = EXAMPLE.replace('identities = ["identity--46ca697f-0545-458e-9397-67eb067842fa"]', "identities = []")
    community.apply(changed, OPERATOR)
    with store.snapshot() as snapshot:
        partner = snapshot.registry.partner("police-x")
    assert (partner.suspended, partner.identities) == (True, ())
    assert words(community.plan(community.export(OPERATOR), OPERATOR)) == []


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('kind = "member"                   #', 'kind = "relay"  #', "partner police-x is member"),
        ('partner = "bank-a"\nkind = "service"', 'partner = "bank-a"\nkind = "client"', "account a-push is service"),
        ('partner = "bank-a"\nkind = "service"', 'partner = "police-x"\nkind = "service"', "account a-push"),
        ("765f506c", "865f506c", "group g-fraud is"),
    ],
)
def test_nature_is_for_good(community, old, new, named):
    """A kind, an account's partner and a group's marking never change."""
    assert old in EXAMPLE
    with pytest.raises(ConflictError, match=named):
        community.apply(EXAMPLE.replace(old, new), OPERATOR)
    assert words(community.plan(EXAMPLE, OPERATOR)) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[[partner]]\nname = "p"\nkind = "member"\ncolour = "red"', "partner.p.colour"),
        ('[[partner]]\nname = "p"\nkind = "friend"', "partner.p.kind"),
        ('[[partner]]\nkind = "member"', "partner[1].name"),
        ('[[partner]]\nname = "P"\nkind = "member"', "partner.P.name"),
        ('[[partner]]\nname = "p"\nkind = "member"\n[[partner]]\nname = "p"\nkind = "member"', "partner.p"),
        ('[group]\nname = "g"', "group"),
        ('[[person]]\nname = "p"', "person"),
        ('[[account]]\nname = "a"\npartner = "nowhere"\nkind = "person"', "account.a.partner"),
        ('[[account]]\nname = "a"\npartner = "bank-a"\nkind = "client"\nroles = ["reviewer"]', "account.a.roles"),
        ('[[account]]\nname = "a"\npartner = "bank-a"\nkind = "client"\nred_capable = 1', "account.a.red_capable"),
        ('[[group]]\nname = "g"\nmembers = ["nobody"]', "group.g.members"),
        ('[[group]]\nname = "g"\nmarking = "marking-definition--c08ebd11-f0cb-46ad-a121-69af4afb19b1"', "marking"),
        ('[[marking]]\nid = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"\nkind = "info"', "marking.*.id"),
        (
            '[[marking]]\nid = "marking-definition--c08ebd11-f0cb-46ad-a121-69af4afb19b2"\nkind = "tlp"',
            "marking.*.level",
        ),
        ('[[collection]]\ntitle = "t"\nread = ["@nobody"]', "collection.t.read"),
        ('[[collection]]\ntitle = "t"\nread = "bank-a"', "collection.t.read"),
        ('[[collection]]\ntitle = "t"\ndefault_tlp = "withheld"', "collection.t.default_tlp"),
        ('[[collection]]\ntitle = "t"\nalias = "Fraud infrastructure"', "collection"),
        (
            '[[partner]]\nname = "p"\nkind = "member"\nidentities = ["identity--46ca697f-0545-458e-9397-67eb067842fa"]',
            "identity",
        ),
    ],
)
def test_mistakes_have_places(community, text, place):
    """Every mistake in a file is named with its place, and nothing of the file is applied."""
    good = '[[partner]]\nname = "unheard-of"\nkind = "member"\n'
    with pytest.raises(InvalidInputError) as caught:
        community.apply(good + text, OPERATOR)
    places = [finding.place for finding in caught.value.findings]
    begin, _, end = place.partition("*")
    assert any(each == place or (end and each.startswith(begin) and each.endswith(end)) for each in places), places
    assert "unheard-of" not in community.export(OPERATOR)


def test_bad_files_are_refused_whole(community):
    """What is no TOML, too deep or too big is refused before anything else; so is who may not set up."""
    for text in ("[[partner", "x = " + "[" * 100_000):
        with pytest.raises(InvalidInputError):
            community.plan(text, OPERATOR)
    with pytest.raises(TooLargeError):
        community.apply("#" * (MAX_CHARACTERS + 1), OPERATOR)
    with pytest.raises(ForbiddenError):
        community.apply(EXAMPLE, Actor("x-pull"))


def test_identity_moves_within_one_file(community):
    """What one partner lets go of, another takes up in the same commit, whatever their order."""
    id_ = "identity--46ca697f-0545-458e-9397-67eb067842fa"
    moved = EXAMPLE.replace(f'identities = ["{id_}"]', "").replace(
        'name = "bank-a"\nkind = "member"', f'name = "bank-a"\nkind = "member"\nidentities = ["{id_}"]'
    )
    assert words(community.apply(moved, OPERATOR)) == [
        f"police-x no longer stands for {id_}",
        f"bank-a stands for {id_}",
    ]


PARTNERS = {
    "secretariat": PartnerKind.MEMBER,
    "a": PartnerKind.MEMBER,
    "b": PartnerKind.RELAY,
    "c": PartnerKind.OBSERVER,
}
KINDS = list(AccountKind)
IDS = [f"46ca697f-0545-458e-9397-67eb0678420{n}" for n in range(4)]
SUBJECTS = [*PARTNERS, "@g0", "@g1", "*"]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any community out of a few names; what never changes hangs on the name alone."""
    some = st.frozensets(st.sampled_from(SUBJECTS))
    owners = draw(st.dictionaries(st.sampled_from(IDS), st.sampled_from(list(PARTNERS))))
    return Document(
        partners=tuple(
            Partner(name, kind, tuple(f"identity--{id_}" for id_ in sorted(owners) if owners[id_] == name))
            for name, kind in PARTNERS.items()
        ),
        accounts=tuple(
            _account(draw, name, kind) for name in PARTNERS for kind in draw(st.sets(st.sampled_from(KINDS)))
        ),
        groups=tuple(
            GroupTerms(f"g{n}", f"marking-definition--{IDS[n]}", draw(st.frozensets(st.sampled_from(list(PARTNERS)))))
            for n in (0, 1)
        ),
        markings=tuple(
            PinnedMarking(
                f"marking-definition--{IDS[n]}", MarkingKind.TLP, level=draw(st.sampled_from(list(Level)[:5]))
            )
            for n in (2, 3)
        ),
        collections=tuple(
            CollectionTerms(
                id=id_,
                title=f'{n} "Fraud" \\ ü{draw(st.sampled_from(["", "!"]))}',
                alias=draw(st.sampled_from([None, f"c{n}"])),
                default_tlp=draw(st.sampled_from(list(Level)[:5])),
                default_group=draw(st.sampled_from([None, "g0", "g1"])),
                intake=draw(st.sampled_from(Intake)),
                public=draw(st.booleans()),
                read=draw(some),
                write=draw(some),
                trusted=draw(some),
            )
            for n, id_ in enumerate(IDS[: draw(st.integers(0, 2))])
        ),
    )


def _account(draw: st.DrawFn, partner: str, kind: AccountKind) -> Account:
    roles = draw(st.frozensets(st.sampled_from([Role.READER, Role.CONTRIBUTOR])))
    cleared = kind is AccountKind.SERVICE and PARTNERS[partner] is PartnerKind.MEMBER and draw(st.booleans())
    return Account(f"{partner}-{kind}", partner, kind, roles, cleared)


@given(documents())
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_back(document: Document) -> None:
    """Writing and parsing are inverse."""
    assert parse(write(document)) == document


@given(documents(), documents())
@settings(max_examples=12, deadline=None)
def test_export_applies_to_itself(first: Document, then: Document) -> None:
    """After any two files the hub is as the second says; its export changes nothing and makes a twin."""
    with tempfile.TemporaryDirectory() as folder:
        one, two = (SqliteStore.create(Path(folder) / f"{n}.sqlite3") for n in (1, 2))
        hub, twin = Community(one), Community(two)
        hub.apply(write(first), OPERATOR)
        hub.apply(write(then), OPERATOR)
        assert hub.plan(write(then), OPERATOR).changes == ()
        text = hub.export(OPERATOR)
        assert hub.plan(text, OPERATOR).changes == ()
        twin.apply(text, OPERATOR)
        assert twin.export(OPERATOR) == text
        one.close()
        two.close()
