"""Other TAXII servers: pushed to within their limits, each envelope acknowledged once, each object judged."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import ConflictError, ForbiddenError, InvalidInputError, SourceError
from hub.services.sources import Access, Limits, Packing, Receipts, Remote, push
from hub.services.sources.push import envelopes
from tests.hub.services.peer import STATUS, Answer, peer

pytestmark = pytest.mark.enable_socket

LIMITS = Limits(read_seconds=5, total_seconds=20, retries=2, backoff_seconds=0.001, poll_seconds=0.001)
OBJECTS = [{"type": "domain-name", "id": f"domain-name--{n:08}-0000-5000-8000-000000000000"} for n in range(10)]


@pytest.fixture
def server():
    """Serve what the test says."""
    with peer() as served:
        yield served


def pushed(server, objects, receipts, packing=Packing(10_000, 3)):  # noqa: B008 - it is frozen
    """Push objects; give what became of each envelope, and the objects that were too large."""
    too_large = []
    raws = [json.dumps(each).encode() for each in objects]
    with Remote(Access(server.url, "a-push", "secret"), LIMITS) as remote, Receipts(receipts) as kept:
        return list(push(remote, raws, packing, kept, too_large.append)), too_large


def status(objects, *, pending=False, failed=()):
    """Write the status of an envelope."""
    ok = [] if pending else [{"id": each["id"], "version": ""} for each in objects if each["id"] not in failed]
    bad = [{"id": each, "version": "v", "message": "not here"} for each in failed]
    return {
        "id": STATUS,
        "status": "pending" if pending else "complete",
        "total_count": len(objects),
        "success_count": len(ok),
        "successes": ok,
        "failure_count": len(bad),
        "failures": bad,
        "pending_count": len(objects) if pending else 0,
    }


def accepting(asked):
    """Take every object."""
    return Answer(json.dumps(status(json.loads(asked.body)["objects"])).encode(), 202)


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(2, 60), max_size=30), most_bytes=st.integers(20, 120), most_objects=st.integers(1, 5))
def test_envelopes_hold_every_object_within_the_bounds(sizes, most_bytes, most_objects):
    """In their order, none over the bounds, none that could have taken the next one's first; too large ones apart."""
    objects = [json.dumps("x" * (size - 2)).encode() for size in sizes]
    too_large = []
    packed = list(envelopes(objects, Packing(most_bytes, most_objects), too_large.append))
    held = [json.loads(body)["objects"] for body in packed]
    assert all(len(body) <= most_bytes for body in packed)
    assert all(1 <= len(each) <= most_objects for each in held)
    fits = [each for each in objects if len(each) + len(b'{"objects":[]}') <= most_bytes]
    assert [json.dumps(each).encode() for envelope in held for each in envelope] == fits
    assert too_large == [each for each in objects if each not in fits]
    for body, envelope, after in zip(packed, held, held[1:], strict=False):
        assert len(envelope) == most_objects or len(body) + 1 + len(json.dumps(after[0])) > most_bytes


def test_a_push_waits_for_the_word_on_every_object(server, tmp_path):
    """A pending status is asked for until it is complete; failures come with the server's words."""
    refused = OBJECTS[1]["id"]
    answers = iter([status(OBJECTS[:3], pending=True), status(OBJECTS[:3], failed=[refused])])
    server.others[f"/api/status/{STATUS}/"] = lambda _: Answer(json.dumps(next(answers)).encode())
    server.objects = lambda _: Answer(json.dumps(status(OBJECTS[:3], pending=True)).encode(), 202)
    ((one,), too_large) = pushed(server, OBJECTS[:3], tmp_path / "receipts")
    assert (one.receipt.success_count, one.receipt.failure_count) == (2, 1)
    assert [(each.id, each.message) for each in one.receipt.failures] == [(refused, "not here")]
    assert too_large == []


def test_what_was_acknowledged_is_not_sent_again(server, tmp_path):
    """After a break the envelopes that have a receipt stay away; one that only waits is asked for, not repeated."""
    receipts = tmp_path / "receipts"
    turns = iter([accepting, lambda _: Answer(json.dumps(status(OBJECTS[3:6], pending=True)).encode(), 202)])
    server.objects = lambda asked: next(turns)(asked)  # noqa: PLW0108 - another one each time
    server.others[f"/api/status/{STATUS}/"] = lambda _: Answer(b"", 418)
    with pytest.raises(InvalidInputError, match="418"):
        pushed(server, OBJECTS, receipts)
    with receipts.open("ab") as file:
        file.write(b'{"torn')
    server.others[f"/api/status/{STATUS}/"] = lambda _: Answer(json.dumps(status(OBJECTS[3:6])).encode())
    server.objects = accepting
    before = len(server.requests)
    all_of_it, _ = pushed(server, OBJECTS, receipts)
    assert [each.was_known for each in all_of_it] == [True, True, False, False]
    assert sum(each.receipt.success_count for each in all_of_it) == 10
    posted = [asked.body for asked in server.requests[before:] if asked.method == "POST"]
    assert [each["id"] for body in posted for each in json.loads(body)["objects"]] == [
        each["id"] for each in OBJECTS[6:]
    ]


def test_a_status_that_was_forgotten_is_asked_for_by_pushing_again(server, tmp_path):
    """A server takes an object once, so a push that it lost sight of does no harm."""
    turns = iter([lambda _: Answer(json.dumps(status(OBJECTS[:1], pending=True)).encode(), 202), accepting])
    server.objects = lambda asked: next(turns)(asked)  # noqa: PLW0108 - another one each time
    ((one,), _) = pushed(server, OBJECTS[:1], tmp_path / "receipts")
    assert one.receipt.is_final


@pytest.mark.parametrize(
    "answer",
    [
        b"{}",
        b'{"id":"x"}',
        json.dumps(status([]) | {"id": "../../../x"}).encode(),
        json.dumps(status([]) | {"total_count": 7}).encode(),
        json.dumps(status([]) | {"failures": [1], "failure_count": 1, "total_count": 1}).encode(),
        json.dumps(
            status([]) | {"success_count": "", "failure_count": "", "pending_count": "", "total_count": ""}
        ).encode(),
    ],
)
def test_a_status_that_is_none_is_no_receipt(server, tmp_path, answer):
    """What does not add up, or has no id, is an error, and nothing counts as acknowledged."""
    server.objects = lambda _: Answer(answer, 202)
    with pytest.raises(SourceError, match="not what TAXII"):
        pushed(server, OBJECTS[:1], tmp_path / "receipts")
    assert list(tmp_path.iterdir()) == []


def test_a_push_that_never_ends_is_told(server, tmp_path):
    """A status that stays pending is left after a time; the receipt has its id for the next call."""
    pending = json.dumps(status(OBJECTS[:1], pending=True)).encode()
    server.objects = lambda _: Answer(pending, 202)
    server.others[f"/api/status/{STATUS}/"] = lambda _: Answer(pending)
    short = replace(LIMITS, status_seconds=0.01)
    with ExitStack() as stack:
        remote = stack.enter_context(Remote(Access(server.url), short))
        receipts = stack.enter_context(Receipts(tmp_path / "receipts"))
        with pytest.raises(SourceError, match=STATUS):
            list(push(remote, [b"{}"], Packing(1_000), receipts, lambda _: None))
    assert STATUS in (tmp_path / "receipts").read_text()


def test_the_largest_envelope_is_asked_for(server):
    """The API root says it (section 4.2); one that says nonsense is no server to push to."""
    with Remote(Access(server.url), LIMITS) as remote:
        assert remote.max_content_bytes() == 10_000
        server.largest = "many"
        with pytest.raises(SourceError, match="max_content_length"):
            remote.max_content_bytes()


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_push_is_never_led_elsewhere(server, tmp_path, code):
    """Where content goes is said by who pushes: a redirect is named, and not followed even on the same server."""
    server.objects = lambda _: Answer(b"", code, {"Location": "/there/"})
    with pytest.raises(SourceError, match=r"POST.*/there/; not followed"):
        pushed(server, OBJECTS[:1], tmp_path / "receipts")


def test_what_may_not_be_written_is_not_sent(server, tmp_path):
    """The collection says whether it may; that is a refusal, not a failure, and no content has left."""
    server.about |= {"can_write": False}
    with pytest.raises(ForbiddenError):
        pushed(server, OBJECTS, tmp_path / "receipts")
    assert {asked.method for asked in server.requests} == {"GET"}


def test_one_push_of_a_file_at_a_time(server, tmp_path):
    """Receipts belong to one push; what is in the file and none is never overwritten."""
    receipts = tmp_path / "receipts"
    with Receipts(receipts), pytest.raises(ConflictError, match="another push"):
        pushed(server, OBJECTS, receipts)
    receipts.write_text("{}\n")
    with pytest.raises(ConflictError, match="not the receipts"):
        pushed(server, OBJECTS, receipts)
    assert receipts.read_text() == "{}\n"
