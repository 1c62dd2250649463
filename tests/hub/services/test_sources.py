"""Other TAXII servers: pulled from in full, once, and within limits, whatever they answer."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    HubError,
    InvalidInputError,
    NotFoundError,
    SourceError,
    StoreError,
    ThrottledError,
    TooLargeError,
)
from hub.services.sources import (
    Access,
    Landing,
    Limits,
    Question,
    Remote,
    collection_url,
    pull,
)
from tests.hub.services.peer import STATUS, Answer, page, peer

pytestmark = pytest.mark.enable_socket

LIMITS = Limits(
    read_seconds=5, total_seconds=20, answer_bytes=100_000, retries=2, backoff_seconds=0.001, poll_seconds=0.001
)
OBJECTS = [{"type": "domain-name", "id": f"domain-name--{n:08}-0000-5000-8000-000000000000"} for n in range(10)]


@pytest.fixture
def server():
    """Serve what the test says."""
    with peer() as served:
        yield served


@pytest.fixture
def out(tmp_path):
    """Name an output that is not there yet."""
    return tmp_path / "feed.jsonl"


def stamp(number):
    """Give the date_added of an object."""
    return f"2026-11-02T09:30:00.{number:06}Z"


def honest(objects, size=3):
    """Answer as TAXII has it: dates rise, pages of a size, a `next` that says where."""

    def answer(asked):
        after = asked.query.get("added_after", "")
        start = int(asked.query["next"]) if "next" in asked.query else 0
        wanted = [(stamp(n), each) for n, each in enumerate(objects) if stamp(n) > after]
        part = wanted[start : start + size]
        more = len(wanted) > start + size
        envelope = {"more": True, "next": str(start + size)} if more else {}
        return page([each for _, each in part], last=part[-1][0] if part else None, **envelope)

    return answer


def pulled(server, out, question=Question(), *, fresh=False, limits=LIMITS, access=None):  # noqa: B008 - it is frozen
    """Pull once; give what it brought."""
    with (
        Remote(access or Access(server.url, "x-pull", "secret"), limits) as remote,
        Landing(out, question.of(remote), fresh=fresh) as landing,
    ):
        return pull(remote, landing, question, limits, lambda _: None)


def read(out):
    """Read the objects of an output."""
    text = out.read_text()
    return json.loads(text)["objects"] if out.suffix == ".json" else [json.loads(each) for each in text.splitlines()]


@pytest.mark.parametrize("name", ["feed.jsonl", "feed.json"])
def test_a_second_pull_brings_what_is_new_and_nothing_twice(server, tmp_path, name):
    """A pull takes every page; the next one asks after the last date it was told, and adds."""
    out = tmp_path / name
    server.objects = honest(OBJECTS[:7])
    assert pulled(server, out).pages == 3
    assert read(out) == OBJECTS[:7]
    server.objects = honest(OBJECTS)
    second = pulled(server, out)
    assert (second.objects, second.total, second.last) == (3, 10, stamp(9))
    assert pulled(server, out).objects == 0
    assert read(out) == OBJECTS
    assert "next" not in server.requests[-1].query
    assert server.requests[-1].query["added_after"] == stamp(9)


def test_objects_are_the_bytes_that_were_sent(server, out):
    """Order of names, forms of numbers and escapes stay; only line ends between tokens become blanks."""
    raw = '{"type":"x-one","id":"x-one--1","n":1.50e0,\n "s":"caf\\u00e9 é"}'
    server.objects = lambda _: Answer(f'{{"objects": [{raw}]}}'.encode())
    pulled(server, out)
    assert out.read_text() == raw.replace("\n", " ") + "\n"


def test_what_is_asked_for_is_said_on_every_page(server, out):
    """Filters and limit go with each `next` (section 3.4); credentials go by HTTP Basic, answers may come in gzip."""
    plain = honest(OBJECTS)

    def packed(asked):
        answer = plain(asked)
        return replace(answer, body=gzip.compress(answer.body), headers={**answer.headers, "Content-Encoding": "gzip"})

    server.objects = packed
    question = Question("2026-11-01T00:00:00.000000Z", 3, (("type", ("domain-name", "file")), ("version", ("all",))))
    pulled(server, out, question)
    assert read(out) == OBJECTS
    for asked in server.requests[1:]:
        assert asked.query["added_after"] == "2026-11-01T00:00:00.000000Z"
        assert (asked.query["limit"], asked.query["match[type]"]) == ("3", "domain-name,file")
        assert asked.headers["Accept-Encoding"] == "gzip"
        assert asked.headers["Authorization"].startswith("Basic ")


def test_more_without_next_goes_on_after_the_last_date(server, out):
    """Section 5.4 lets a server leave `next` out: the last date then says where to go on."""
    plain = honest(OBJECTS)

    def dated(asked):
        answer = plain(asked)
        envelope = json.loads(answer.body)
        envelope.pop("next", None)
        return replace(answer, body=json.dumps(envelope).encode())

    server.objects = dated
    pulled(server, out)
    assert read(out) == OBJECTS


def test_a_server_without_dates_is_pulled_anew(server, out):
    """Where no header says a date there is nothing to go on from: the file is replaced by all that there is now."""
    server.objects = lambda _: page(OBJECTS[:2])
    pulled(server, out)
    server.objects = lambda _: page(OBJECTS[1:4])
    pulled(server, out)
    assert read(out) == OBJECTS[1:4]


@settings(max_examples=25, deadline=None)
@given(breaks=st.lists(st.integers(1, 3), max_size=3), torn=st.binary(max_size=40), bundle=st.booleans())
def test_a_pull_that_breaks_off_goes_on(tmp_path_factory, breaks, torn, bundle):
    """After any number of breaks, and whatever was written beyond the last position, every object is there once."""
    out = tmp_path_factory.mktemp("pull") / ("feed.json" if bundle else "feed.jsonl")
    with peer() as server:
        plain = honest(OBJECTS, 1)
        for pages in breaks:
            calls = iter(range(pages))
            server.objects = lambda asked: plain(asked) if next(calls, None) is not None else Answer(b"", 418)  # noqa: B023 - used up before the next turn
            with pytest.raises(HubError):
                pulled(server, out)
            assert not out.exists()
            with out.with_name(f"{out.name}.part").open("ab") as part:
                part.write(torn)
        server.objects = plain
        pulled(server, out)
    assert read(out) == OBJECTS


def test_a_next_that_the_server_forgot_costs_no_object(server, out):
    """A cursor of an earlier run that is refused sends the pull back to where that run began."""
    plain = honest(OBJECTS)
    server.objects = lambda asked: plain(asked) if asked.query.get("next") != "6" else Answer(b"{}", 400)
    with pytest.raises(InvalidInputError, match="400"):
        pulled(server, out)
    pages = honest(OBJECTS, 4)
    server.objects = lambda asked: pages(asked) if asked.query.get("next") != "6" else Answer(b"{}", 400)
    pulled(server, out)
    assert read(out) == OBJECTS


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_next_that_moves_on_at_the_server_loses_no_page(server, out, lost):
    """A server may keep the place in its memory under one `next`: after a lost answer the run begins anew."""
    waiting, calls = [], []

    def moving(asked):
        if "next" not in asked.query:
            waiting[:] = OBJECTS
        part, waiting[:] = waiting[:3], waiting[3:]
        calls.append(asked.query.get("next"))
        answer = page(part, **({"more": True, "next": "same"} if waiting else {}))
        return replace(answer, cut=1) if len(calls) == lost + 1 else answer

    server.objects = moving
    pulled(server, out)
    assert read(out) == OBJECTS
    assert calls[lost + 1] is None
    assert len(calls) == lost + 1 + 4


def test_a_killed_pull_asks_a_moving_server_from_the_beginning(server, out):
    """After a break nobody knows how far a server has moved on, so the run begins anew; nothing is there twice."""
    waiting = []

    def moving(asked):
        if "next" not in asked.query:
            waiting[:] = OBJECTS
        part, waiting[:] = waiting[:3], waiting[3:]
        return page(part, **({"more": True, "next": "same"} if waiting else {}))

    class KilledError(Exception):
        """Stands for the end of the process after the server has answered, before the answer is kept."""

    def killed(_):
        if len(waiting) == 4:
            moving(server.requests[-1])
            raise KilledError

    server.objects = moving
    question = Question()
    with (
        pytest.raises(KilledError),
        Remote(Access(server.url, "x-pull", "secret"), LIMITS) as remote,
        Landing(out, question.of(remote)) as landing,
    ):
        pull(remote, landing, question, LIMITS, killed)
    pulled(server, out)
    assert read(out) == OBJECTS


def test_only_the_output_of_a_pull_is_continued(server, out):
    """A file that no pull made, that somebody changed, or that answers another question, is left as it is."""
    server.objects = honest(OBJECTS)
    out.write_text("mine\n")
    with pytest.raises(ConflictError, match="--fresh"):
        pulled(server, out)
    assert out.read_text() == "mine\n"
    assert [each.name for each in out.parent.iterdir()] == [out.name]
    pulled(server, out, fresh=True)
    assert read(out) == OBJECTS
    with pytest.raises(ConflictError, match="with another question"):
        pulled(server, out, Question(match=(("type", ("file",)),)))
    with out.open("a") as file:
        file.write("{}\n")
    with pytest.raises(ConflictError, match="changed"):
        pulled(server, out)
    assert read(out) == [*OBJECTS, {}]


def test_a_file_that_was_taken_away_is_followed_by_one_with_the_rest(server, out):
    """Who moves a finished file away gets only what is newer in the next one."""
    server.objects = honest(OBJECTS[:4])
    pulled(server, out)
    out.rename(out.with_name("taken"))
    server.objects = honest(OBJECTS)
    assert pulled(server, out).total == 6
    assert read(out) == OBJECTS[4:]


def test_a_fresh_pull_replaces_the_output_only_when_whole(server, out):
    """What the file holds stays until all of the answer is there, also when that takes two runs."""
    server.objects = honest(OBJECTS[:4])
    pulled(server, out)
    plain = honest(OBJECTS[2:])
    server.objects = lambda asked: plain(asked) if asked.query.get("next") != "6" else Answer(b"", 418)
    with pytest.raises(HubError):
        pulled(server, out, fresh=True)
    assert read(out) == OBJECTS[:4]
    server.objects = plain
    pulled(server, out)
    assert read(out) == OBJECTS[2:]


def test_one_pull_at_a_time_writes_a_file(server, out):
    """A second pull into the same file is refused, before and after the position was replaced."""
    server.objects = honest(OBJECTS)
    question = Question()
    with Remote(Access(server.url), LIMITS) as remote, Landing(out, question.of(remote)) as landing:
        with pytest.raises(ConflictError, match="another pull"):
            pulled(server, out)
        landing.add([b"{}"], added_after=None, next_="3", last=None)
        with pytest.raises(ConflictError, match="another pull"):
            pulled(server, out)


def test_a_folder_that_is_not_there_is_named(server, tmp_path):
    """What can't be written is an error of its own with the path."""
    with pytest.raises(StoreError, match="nowhere"):
        pulled(server, tmp_path / "nowhere" / "feed.jsonl")


BOMB = gzip.compress(b'{"objects":[' + b" " * 50_000_000 + b"]}")
ATTACKS = {
    "more without next or date": (page(OBJECTS[3:6], more=True), SourceError, "page 2.*neither `next`"),
    "the same next for ever": (page(OBJECTS[3:6], more=True, next="3"), SourceError, "circle"),
    "a next that is no text": (page([], more=True, next=["3"]), SourceError, "page 2.*`next`"),
    "another media type": (Answer(headers={"Content-Type": "text/html"}), SourceError, "text/html"),
    "another version": (Answer(headers={"Content-Type": "application/taxii+json;version=2.0"}), SourceError, "2.0"),
    "an error in HTML": (Answer(b"<p>no", 418, {"Content-Type": "text/html"}), InvalidInputError, "418"),
    "truncated JSON": (Answer(b'{"objects":[{"type":'), SourceError, "page 2.*20 bytes"),
    "a connection that breaks off": (Answer(b'{"objects":[]}', cut=4), SourceError, "page 2.*connection"),
    "no object": (Answer(b'{"objects":[{},1]}'), SourceError, r"objects\[1\]"),
    "no UTF-8": (Answer(b'{"objects":[{"a":"\xff"}]}'), SourceError, "UTF-8"),
    "a name twice": (Answer(b'{"objects":[],"objects":[{}]}'), SourceError, "duplicate"),
    "a list": (Answer(b"[]"), SourceError, "no JSON object"),
    "a bomb": (Answer(BOMB, headers={"Content-Encoding": "gzip"}), TooLargeError, "100000 bytes"),
    "no gzip": (Answer(b"{}", headers={"Content-Encoding": "gzip"}), SourceError, "page 2"),
    "another host": (Answer(b"", 302, {"Location": "http://127.0.0.2/"}), SourceError, "127.0.0.2.*not followed"),
    "a safer scheme": (Answer(b"", 308, {"Location": "https://127.0.0.1/"}), SourceError, "not followed"),
    "a circle of redirects": (Answer(b"", 307, {"Location": "?next=3"}), SourceError, "more than 3 times"),
    "a redirect to nowhere": (Answer(b"", 301, {"Location": "ftp://x"}), SourceError, "no address"),
    "too busy": (Answer(b"{}", 429, {"Retry-After": "0"}), ThrottledError, "429"),
    "busy for a week": (Answer(b"{}", 503, {"Retry-After": "604800"}), SourceError, "503"),
    "refused": (Answer(b'{"title":"not yours"}', 403), ForbiddenError, "not yours"),
    "unknown": (Answer(b"{}", 404), NotFoundError, "404"),
    "no sign-in": (Answer(b"{}", 401), AuthenticationError, "401"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_page_is_named_and_costs_nothing(server, out, attack):
    """Each gives an error that says where; what was there stays, and an honest answer later completes it."""
    answer, error, says = ATTACKS[attack]
    plain = honest(OBJECTS)
    server.objects = honest(OBJECTS[:1])
    pulled(server, out)
    server.objects = lambda asked: answer if "next" in asked.query else plain(asked)
    with pytest.raises(error, match=says):
        pulled(server, out)
    assert read(out)[:4] == OBJECTS[:4]
    server.objects = plain
    pulled(server, out)
    assert read(out) == OBJECTS


def test_pages_without_an_end_end(server, out):
    """Pages that go on for ever are left at the limit, empty ones much sooner; and dates that stand still at once."""
    server.objects = lambda asked: page([{}], more=True, next=str(int(asked.query.get("next", "0")) + 1))
    with pytest.raises(SourceError, match="more than 5 pages"):
        pulled(server, out, limits=replace(LIMITS, pages=5))
    server.objects = lambda asked: page([], more=True, next=str(int(asked.query.get("next", "0")) + 1))
    with pytest.raises(SourceError, match="4 pages in a row"):
        pulled(server, out, limits=replace(LIMITS, empty_pages=3))
    server.objects = lambda _: page([{}], last=stamp(1), more=True)
    with pytest.raises(SourceError, match=r"page 2.*do not rise"):
        pulled(server, out, fresh=True)


def test_a_run_has_an_end_in_time(server, out):
    """The time for all of a run is kept over all its requests, and what was pulled until then stays."""
    with pytest.raises(SourceError, match="call again"):
        pulled(server, out, limits=replace(LIMITS, total_seconds=0))


def test_a_server_that_is_away_for_a_while_is_asked_again(server, out):
    """5xx, 429 and broken connections are repeated; each repeat is told, and a success forgets the failures."""
    plain = honest(OBJECTS)
    bad = [Answer(b"", 503), Answer(b"{}", cut=1), None, Answer(b"", 429, {"Retry-After": "0"}), Answer(b"", 502), None]
    turns = iter(bad)
    server.objects = lambda asked: next(turns, None) or plain(asked)
    told = []
    question = Question()
    with Remote(Access(server.url), LIMITS, told.append) as remote, Landing(out, question.of(remote)) as landing:
        pull(remote, landing, question, LIMITS, lambda _: None)
    assert read(out) == OBJECTS
    assert len(told) == 4
    assert "503" in told[0]


def test_a_redirect_on_the_same_server_is_followed(server, out):
    """A question may be sent to another path of the server that was named."""
    plain = honest(OBJECTS)
    server.others["/there/"] = plain
    server.objects = lambda asked: Answer(b"", 308, {"Location": f"/there/?next={asked.query.get('next', '0')}"})
    pulled(server, out)
    assert read(out) == OBJECTS


@pytest.mark.parametrize(
    "about",
    [{"id": "../../x", "title": "t"}, {"title": "t"}, {"id": "x"}, {"self": 1, "id": STATUS, "title": "t"}, {"id": {}}],
)
def test_what_is_no_collection_is_no_source(server, out, about):
    """A resource that does not hold what section 5.2.1 requires is refused before anything is asked of it."""
    server.about = {"can_read": True, "can_write": True, **about}
    with pytest.raises(SourceError, match="not what TAXII"):
        pulled(server, out)
    assert list(out.parent.iterdir()) == []


def test_a_collection_may_be_named_by_its_alias(server, out):
    """The server says the id; the alias serves to ask for it."""
    server.others["/api/collections/fraud/"] = lambda _: Answer(json.dumps(server.about).encode())
    server.objects = honest(OBJECTS)
    pulled(server, out, access=Access(f"{server.root}collections/fraud/", None, "secret"))
    assert read(out) == OBJECTS
    assert server.requests[-1].headers["Authorization"] == "Bearer secret"


def test_what_may_not_be_read_is_not_asked_for(server, out):
    """The collection says whether it may; that is a refusal, not a failure."""
    server.about |= {"can_read": False}
    with pytest.raises(ForbiddenError):
        pulled(server, out)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("http://taxii.example/api/collections/x/", "plain HTTP"),
        ("https://me:secret@taxii.example/x/", "never stand in an address"),
        ("http://127.0.0.1@evil.example/x/", "never stand in an address"),
        ("https://taxii.example/x/?a=b", "ends with its path"),
        ("ftp://taxii.example/x/", "https://"),
        ("https:///x/", "https://"),
        ("https://taxii.example:99999/", "no address"),
        ("https://taxii.example/\n", "signs"),
    ],
)
def test_only_a_safe_address_is_asked(text, says):
    """HTTPS, or this machine; no credentials, whose text is not repeated."""
    with pytest.raises(InvalidInputError, match=says) as refused:
        collection_url(text)
    assert "secret" not in str(refused.value)


def test_an_address_is_taken_as_people_write_it():
    """With or without its last slash, or as the address of its objects."""
    ends = ("", "/", "/objects", "/objects/")
    assert {collection_url(f"https://t.example/c/x{end}") for end in ends} == {"https://t.example/c/x/"}
    assert collection_url("http://t.example/x", insecure_http=True) == "http://t.example/x/"
    assert collection_url("http://[::1]:6100/x") == "http://[::1]:6100/x/"


@pytest.mark.parametrize(
    ("user", "token"), [("a:b", "t"), ("", "t"), ("a", None), (None, ""), (None, "t\nx"), (None, "é")]
)
def test_credentials_are_such_that_a_header_can_carry_them(user, token):
    """What would change the request, or stand for no one, is refused; and a token is not in what is printed."""
    with pytest.raises(InvalidInputError):
        Access("https://t.example/x/", user, token)
    assert "secret" not in repr(Access("https://t.example/x/", "a", "secret"))
