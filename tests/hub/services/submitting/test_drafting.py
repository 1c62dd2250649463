"""A file on its way in: what its sender is shown before it is sent, and that it is sent once."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest

from hub.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    ThrottledError,
    TooLargeError,
)
from hub.model.drafts import Counts, Share
from hub.model.submissions import SubmissionState
from hub.services.shelves.intake import Intake
from hub.services.submitting import drafting
from hub.services.submitting.drafting import Drafting
from hub.services.submitting.wishes import Wish
from hub.vetting.checks import Limits
from stix_models.markings import Level
from tests.hub.services.world import FRAUD, GROUP, LOOSE, UNKNOWN, World, bundle, domain

SHEET = "Domain,Seen\none.example,2026-11-01\ntwo.example,2026-11-02\nno domain,2026-11-03\n"
BUNDLE = Wish(FRAUD.id, "bundle.json", Level.AMBER)
TABLE = Wish(FRAUD.id, "iocs.csv", Level.AMBER, as_of=datetime(2026, 11, 24, tzinfo=UTC))


@pytest.fixture
def drafts(world: World) -> Drafting:
    """Make drafts over the community's store."""
    return Drafting(world.store, world.intake, Limits())


def file_of(folder: Path, content: bytes | str) -> Path:
    """Write a file."""
    path = folder / "upload"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_table_is_shown_before_it_is_sent(world, drafts, tmp_path):
    """Its counts, what was found by place, and who would get the new objects are told; nothing is in the hub yet."""
    draft = drafts.make(world.actor("a-ada"), file_of(tmp_path, SHEET), TABLE)
    assert (draft.format, draft.filename, draft.reviewed) == ("csv", "iocs.csv", True)
    assert (draft.counts.records, draft.counts.converted, draft.counts.rejected) == (3, 2, 1)
    assert any(each.place.startswith("row 4") and each.action == "rejected" for each in draft.remarks)
    assert not any("--map" in each.message for each in draft.remarks)  # words for a terminal
    assert {(share.level, share.groups) for share in draft.shares} >= {(Level.AMBER, ("g-fraud",))}
    assert sum(share.objects for share in draft.shares) == draft.counts.objects
    assert world.events() == []
    assert drafts.drafts(world.actor("a-ada")) == (draft,)


def test_stix_is_sent_as_it_is(world, drafts, tmp_path):
    """What is STIX already comes out with the bytes it went in with, and the draft is gone."""
    raw = json.dumps(domain("kept.test", "clear"), indent=3).encode()
    ada = world.actor("a-ada")
    draft = drafts.make(
        ada,
        file_of(tmp_path, b'{"type":"bundle","objects":[' + raw + b"]}"),
        replace(BUNDLE, collection=LOOSE.alias or LOOSE.id),
    )
    sent = drafts.send(ada, draft.id)
    assert (sent.id, sent.state) == (draft.id, SubmissionState.RELEASED)
    assert [entry.body for entry in world.feed("x-pull", LOOSE)] == [raw]
    assert drafts.drafts(ada) == ()


def test_a_double_click_sends_once(world, drafts, tmp_path):
    """Sent twice at once, or again later, it is one push, and both are told the same."""
    ada = world.actor("a-ada")
    draft = drafts.make(ada, file_of(tmp_path, bundle(domain("one.test", "clear"))), BUNDLE)
    answers = []
    threads = [Thread(target=lambda: answers.append(drafts.send(ada, draft.id))) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [answer.id for answer in (*answers, drafts.send(ada, draft.id))] == [draft.id] * 3
    assert [action for _, action, _, _ in world.events()] == ["object:add"]


def test_who_would_get_it(world, drafts, tmp_path):
    """Objects are counted by those who would get them, the most restrictive first, with what the hub adds to them."""
    objects = (
        domain("a.test", "clear"),
        domain("b.test", "amber"),
        domain("c.test", "amber", GROUP),
        domain("d.test", "red"),
        domain("e.test"),
        domain("f.test", UNKNOWN),
    )
    wish = replace(BUNDLE, collection=LOOSE.id, recipients=frozenset({"x-xan"}))
    draft = drafts.make(world.actor("a-ada"), file_of(tmp_path, bundle(*objects)), wish)
    assert draft.shares == (
        Share(1, Level.WITHHELD, alone=False, recipients=("x-xan",), reasons=draft.shares[0].reasons),
        Share(1, Level.RED, recipients=("x-xan",)),
        Share(1, Level.RED, recipients=("x-xan",), reasons=("no TLP marking: taken as RED",)),
        Share(1, Level.AMBER, ("g-fraud",)),
        Share(1, Level.AMBER, alone=True, reasons=("AMBER without a group: only you and the secretariat see it",)),
        Share(1, Level.CLEAR),
    )
    assert UNKNOWN in draft.shares[0].reasons[0]
    assert not draft.reviewed


def test_a_group_that_is_not_yours_is_not_named(world, drafts, tmp_path):
    """Of a group the partner is not in, the draft says only that there is one (S5)."""
    ben = replace(world.actor("b-push"))
    draft = drafts.make(
        ben, file_of(tmp_path, bundle(domain("a.test", "amber", GROUP))), replace(BUNDLE, collection=LOOSE.id)
    )
    assert [(share.groups, share.others) for share in draft.shares] == [((), 1)]
    assert drafts.groups(ben) == ()
    with pytest.raises(InvalidInputError) as caught:
        drafts.make(ben, file_of(tmp_path, SHEET), replace(TABLE, collection=LOOSE.id, group="g-fraud"))
    assert [str(each) for each in caught.value.findings] == ["group: no group of yours (g-fraud)"]


def test_a_level_and_a_group_rule_what_is_built(world, drafts, tmp_path):
    """Built objects carry the level and the group that were chosen; those of STIX files can't, and that is said."""
    ada = world.actor("a-ada")
    wish = replace(TABLE, level=Level.AMBER_STRICT, group="g-fraud")
    drafts.send(ada, drafts.make(ada, file_of(tmp_path, SHEET), wish).id)
    with world.store.snapshot() as snapshot:
        (waiting,) = snapshot.waiting()
        bodies = [json.loads(snapshot.body(item)) for item in waiting.items]
    assert all(GROUP in body["object_marking_refs"] for body in bodies if body["type"] == "domain-name")
    with pytest.raises(InvalidInputError) as caught:
        drafts.make(ada, file_of(tmp_path, bundle(domain("a.test"))), replace(BUNDLE, group="g-fraud"))
    assert [each.place for each in caught.value.findings] == ["group"]


def test_what_is_here_already_and_what_would_be_refused_is_told(world, drafts, tmp_path):
    """A repeat, another content of what was pushed, and what is no STIX are counted and told apart."""
    world.push("a-push", LOOSE, domain("known.test", "clear"), domain("other.test", "clear"))
    bad = {"type": "domain-name", "spec_version": "2.1", "id": domain("bad.test")["id"]}
    objects = (domain("known.test", "clear"), domain("other.test", "green"), bad, domain("new.test", "clear"))
    wish = replace(BUNDLE, collection=LOOSE.id)
    draft = drafts.make(world.actor("a-ada"), file_of(tmp_path, bundle(*objects)), wish)
    assert draft.counts == Counts(4, 4, 0, 0, objects=4, refused=2, known=1, remarks=2)
    assert [each.action for each in draft.remarks] == ["refused", "refused"]
    assert draft.shares == (Share(1, Level.CLEAR),)


def test_a_draft_is_for_its_account_alone(world, drafts, tmp_path):
    """A colleague, the secretariat and who looks on with the account's eyes find nothing."""
    draft = drafts.make(world.actor("a-ada"), file_of(tmp_path, bundle(domain("a.test", "red"))), BUNDLE)
    push = world.actor("a-push")
    for act in (drafts.find, drafts.send, drafts.discard):
        with pytest.raises(NotFoundError):
            act(push, draft.id)
        for other in (world.actor("s-sue"), world.actor("a-ada", read_only=True)):
            with pytest.raises(ForbiddenError):
                act(other, draft.id)
    drafts.discard(world.actor("a-ada"), draft.id)
    with pytest.raises(NotFoundError):
        drafts.find(world.actor("a-ada"), draft.id)


def test_where_one_may_not_push_nothing_is_read(world, drafts, tmp_path):
    """A collection that is not there and one that is hidden are refused in the same words; so is who never pushes."""
    for reference in (FRAUD.id, "absent"):
        with pytest.raises(NotFoundError, match=f"no collection {reference}"):
            drafts.make(world.actor("b-push"), file_of(tmp_path, SHEET), replace(TABLE, collection=reference))
    with pytest.raises(ForbiddenError):
        drafts.make(world.actor("x-xan"), file_of(tmp_path, SHEET), TABLE)


@pytest.mark.parametrize(
    ("wish", "place"),
    [
        (replace(TABLE, filename=""), "filename"),
        (replace(TABLE, filename="a\x1b[31m"), "filename"),
        (replace(TABLE, level=Level.WITHHELD), "level"),
        (replace(TABLE, format="docx"), "format"),
        (replace(TABLE, producer="x" * 201), "producer"),
        (replace(TABLE, mapping="x" * 65_537), "mapping"),
        (replace(TABLE, recipients=frozenset({"No Name"})), "recipients"),
    ],
)
def test_a_wish_that_can_not_be_met_names_its_field(world, drafts, tmp_path, wish, place):
    """What is wrong with a field is said at that field, and nothing is kept."""
    with pytest.raises(InvalidInputError) as caught:
        drafts.make(world.actor("a-ada"), file_of(tmp_path, SHEET), wish)
    assert [each.place for each in caught.value.findings] == [place]
    assert drafts.drafts(world.actor("a-ada")) == ()


def bomb(folder: Path) -> bytes:
    """Write a workbook of a few kilobytes that becomes many megabytes."""
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", b" " * (300 << 20))
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("deep.json", b'{"objects":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        ("broken.json", b'{"type":"bundle","objects":[{"type":"domain-name",'),
        ("bomb.xlsx", None),
        ("none.csv", b"Name,Age\nAda,36\n"),
        ("none.bin", b"\x00\x01"),
        ("empty.json", b'{"type":"bundle","objects":[]}'),
    ],
)
def test_what_can_not_be_read_is_refused_by_name(world, drafts, tmp_path, name, content):
    """Bombs, nesting, what breaks off and what nobody knows are refused with the file's name; nothing is kept."""
    file = file_of(tmp_path, bomb(tmp_path) if content is None else content)
    with pytest.raises(InvalidInputError) as caught:
        drafts.make(world.actor("a-ada"), file, replace(TABLE, filename=name))
    assert "upload" not in str(caught.value)
    assert drafts.drafts(world.actor("a-ada")) == ()


def test_sizes_have_limits(world, tmp_path, monkeypatch):
    """A file, what it becomes, how many wait and how many are read: one more than allowed is refused by name."""
    ada = world.actor("a-ada")
    small = Drafting(world.store, Intake(world.store, Limits()), Limits(max_content_bytes=500))
    with pytest.raises(TooLargeError, match="file is too large"):
        small.make(ada, file_of(tmp_path, "x" * 501), TABLE)
    with pytest.raises(TooLargeError, match="500 bytes a push may have"):
        small.make(ada, file_of(tmp_path, SHEET), TABLE)
    one = file_of(tmp_path, bundle(domain("a.test", "clear")))
    for _ in range(drafting.MOST_DRAFTS):
        small.make(ada, one, BUNDLE)
    with pytest.raises(ConflictError, match="discard one first"):
        small.make(ada, one, BUNDLE)
    monkeypatch.setattr(drafting, "MOST_AN_HOUR", 1)
    with pytest.raises(ThrottledError) as caught:
        small.make(ada, one, BUNDLE)
    assert 3590 < caught.value.retry_after_seconds <= 3600


def test_a_table_gets_a_first_mapping(world, drafts, tmp_path):
    """The mapping the hub would use can be had, changed and given back with the file."""
    ada = world.actor("a-ada")
    file = file_of(tmp_path, SHEET)
    text = drafts.first_mapping(ada, file, "iocs.csv")
    assert "Domain" in text
    draft = drafts.make(ada, file, replace(TABLE, mapping=text.replace("Seen", "Nothing")))
    assert draft.format == "csv"
