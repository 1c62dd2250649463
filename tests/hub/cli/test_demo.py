"""`hub demo`, as somebody meets it who has just cloned the hub."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from datetime import timedelta

import pytest
from taxii2client.v21 import Collection, as_pages

from hub.application import build_hub
from hub.cli.demonstration import credentials, founding, story
from hub.cli.demonstration.past import PastClock
from hub.cli.demonstration.pushes import Push, data_file
from hub.cli.demonstration.welcome import FRAUD_ID
from hub.errors import ConflictError, StoreError
from hub.model.collections import Right
from hub.model.submissions import ItemState, SubmissionState
from hub.policy.actions import operator
from hub.services.operation.feeds import FeedState
from hub.settings import Settings
from tests.processes import free_port, hub, run, serving

_OPERATOR = operator("test")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Make a demo hub once; give its folder."""
    folder = tmp_path_factory.mktemp("demo") / "hub"
    founding.found(Settings(data=folder), _OPERATOR)
    return folder


@pytest.fixture
def demo_hub(demo):
    """Open the demo hub in this process."""
    with closing(build_hub(Settings(data=demo))) as opened:
        yield opened


def _names(port, account, token):
    url = f"http://127.0.0.1:{port}/api/collections/{FRAUD_ID}/"
    with closing(Collection(url, user=account, password=token)) as fraud:
        pages = list(as_pages(fraud.get_objects, per_request=100))
    return {each.get("name", "") for page in pages for each in page.get("objects", [])}


def test_two_partners_see_different_things_with_the_credentials_that_are_printed(demo):
    """What the demo prints is enough to pull with a TAXII client, and each partner gets what the other doesn't."""
    port = free_port()
    with serving(demo, port, "demo", "--json") as log:
        printed = next(json.loads(line) for line in log.read_text().splitlines() if line.startswith("{"))
        seen = {each["account"]: _names(port, each["account"], each["token"]) for each in printed["partners"]}
    assert "Invented: Glass Heron" in seen["x-pull"] - seen["y-pull"]
    assert "Invented: parcel-fee messages" in seen["y-pull"] - seen["x-pull"]
    assert "Invented: panel domain" in seen["x-pull"] & seen["y-pull"]


def test_starting_again_keeps_the_data_and_the_tokens(demo):
    """A second start prints the tokens of the first and changes nothing in the store."""
    before = credentials.kept(demo)
    port = free_port()
    with serving(demo, port, "demo") as log:
        printed = log.read_text()
        names = _names(port, "x-pull", before["x-pull"])
    assert before == credentials.kept(demo)
    assert before["x-pull"] in printed
    assert before["y-pull"] in printed
    assert "Invented: Glass Heron" in names


def test_credentials_are_for_the_owner_alone(demo):
    """The folder has mode 0700 and the credentials in it 0600."""
    assert (demo.stat().st_mode & 0o777, (demo / credentials.FILE_NAME).stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


def test_a_used_port_says_so_and_what_to_do(demo):
    """Exit code 1, the port and a way out; the tokens of a hub that is not served are not printed."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run(demo, "demo", "--port", str(port))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"port {port}" in refused.stderr
    assert "choose another with --port" in refused.stderr


def test_a_demo_that_is_served_is_neither_served_again_nor_deleted(demo):
    """A second start and a reset say who holds the folder, and leave it to him."""
    port = free_port()
    with serving(demo, port, "demo"):
        again = run(demo, "demo", "--port", str(free_port()))
        reset = run(demo, "demo", "--reset", "--port", str(free_port()))
    assert (again.returncode, reset.returncode) == (1, 1)
    assert f"127.0.0.1:{port}" in again.stderr
    assert "stop that first" in reset.stderr
    assert credentials.kept(demo)


def test_reset_leaves_alone_what_is_no_demo_hub(tmp_path):
    """A folder without demo credentials, an ordinary hub's too, is never deleted."""
    hub(tmp_path / "real", "init")
    hub(tmp_path / "real", "demo", "--reset", code=1)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "thesis").write_text("years of work")
    hub(tmp_path / "papers", "demo", "--reset", code=1)
    assert [each.name for each in (tmp_path / "papers").iterdir()] == ["thesis"]
    assert (tmp_path / "real" / "hub.sqlite3").exists()


def test_an_ordinary_hub_is_not_taken_for_a_demo(tmp_path):
    """Without credentials beside it a hub is somebody's: it is neither served as a demo nor filled."""
    hub(tmp_path / "real", "init")
    hub(tmp_path / "real", "demo", code=1)
    assert hub(tmp_path / "real", "account", "list") == []


def test_reset_makes_a_new_demo_hub(demo, tmp_path):
    """What is razed is gone; the new hub has new tokens."""
    folder = tmp_path / "hub"
    first = founding.found(Settings(data=folder), _OPERATOR)
    founding.raze(folder)
    assert not folder.exists()
    assert founding.found(Settings(data=folder), _OPERATOR).keys() == first.keys()


def test_nothing_is_left_of_a_start_that_failed(tmp_path, monkeypatch):
    """A demo hub stands whole or not at all."""
    monkeypatch.setattr(story, "OPENING", (Push("a-push", "fraud", "no-such-file.json"),))
    with pytest.raises(StoreError):
        founding.found(Settings(data=tmp_path / "hub"), _OPERATOR)
    assert list(tmp_path.iterdir()) == []


def test_all_data_that_is_shipped_passes_the_hubs_own_checks(demo_hub):
    """Reference objects load without a finding, and no object of a push is refused."""
    for name in ("attack-mobile.json", "sectors.json"):
        assert demo_hub.reference.load(_OPERATOR, data_file(name)).findings == ()
    with demo_hub.store.snapshot() as snapshot:
        waiting = [item.state for each in snapshot.waiting() for item in each.items]
    assert waiting == [ItemState.REVIEW] * 10
    assert list(demo_hub.insight.check(_OPERATOR)) == []


def test_what_names_something_hidden_is_hidden(demo_hub):
    """A GREEN report about an AMBER actor is not for the partner who may not see the actor (S11)."""
    report = next(each for each in json.loads(data_file("invented-bank.json"))["objects"] if each["type"] == "report")
    seen = {name: demo_hub.insight.explain(_OPERATOR, name, report["id"]) for name in ("x-pull", "y-pull")}
    assert seen["x-pull"].visible
    assert [each.rule for each in seen["y-pull"].verdicts] == ["S11"]


def test_red_goes_to_the_named_person_alone(demo_hub):
    """Of all readers only x-xan, who is named, gets the RED identity."""
    person = json.loads(data_file("invented-bank-red.json"))["objects"][0]
    accounts = demo_hub.membership.members.accounts(_OPERATOR)
    seeing = {each.name for each in accounts if demo_hub.insight.explain(_OPERATOR, each.name, person["id"]).visible}
    assert seeing == {"a-push", "x-xan"}


def test_what_waits_is_what_reviewers_meet(demo_hub):
    """Something clean, a new version with three changed facts, an object without a marking, one said before by another.

    And what a reviewer of another organisation is still to approve.
    """
    ada = demo_hub.membership.acting("sec-ada")
    seen = [demo_hub.review.examine(ada, each.submission.id).sheets for each in demo_hub.review.desk(ada).cases]
    changed = [change.path for sheets in seen for each in sheets for change in each.comparison.changes]
    assert changed == ["description", "infrastructure_types[]", "last_seen", "modified"]
    assert [len(sheets) for sheets in seen] == [2, 1, 2, 3, 2]


def test_what_the_bank_pushed_has_come_to_every_end(demo_hub):
    """Of the bank's pushes some are released, some wait, one was returned and one rejected, each with its reason."""
    ana = demo_hub.membership.acting("a-ana")
    states = [each.submission.state for each in demo_hub.contributions.list(ana).entries]
    assert set(states) == set(SubmissionState) - {SubmissionState.DONE}
    assert [bool(each.answers) for each in demo_hub.questions.list(ana).entries] == [False, True]


def test_days_have_passed_in_it(demo_hub):
    """One machine pulled when the demo was made, one has been silent for days, and one has never pulled."""
    feeds = demo_hub.feeds.health(demo_hub.membership.acting("sec-ada")).feeds
    states = {each.account: each.state for each in feeds if each.collection == "Public knowledge"}
    pulling = (states["x-pull"], states["y-pull"], states["z-pull"])
    assert pulling == (FeedState.FRESH, FeedState.LATE, FeedState.NEVER)


def test_what_must_hold_refuses_a_grant(demo_hub):
    """Its checks hold, and a grant that breaks one is refused."""
    with pytest.raises(ConflictError, match="telco-b never reads Joint operations"):
        demo_hub.membership.agreements.grant(_OPERATOR, "joint", "@g-fraud", frozenset({Right.READ}))


def test_the_clock_of_its_past_never_goes_back():
    """It lags behind ever less, and what would be a step back is refused."""
    clock = PastClock(timedelta(days=2))
    before = clock()
    clock.go_on(timedelta(days=1))
    assert timedelta(microseconds=clock() - before) >= timedelta(days=1)
    with pytest.raises(ValueError, match="a step back"):
        clock.go_on(timedelta(days=3))
