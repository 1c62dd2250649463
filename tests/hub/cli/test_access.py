"""Trying changes before they are done, and keeping what must hold, from the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hub.cli import main
from tests.hub.services.world import FRAUD, domain, domain_id, make_world

VICTIM = "b-push"
GAINS = {"account": VICTIM, "partner": "bank-b", "gained": 2, "lost": 0}


@pytest.fixture
def hub(tmp_path):
    """Make a community with two objects in a collection, and give a way to run `hub` on it."""
    world = make_world(tmp_path)
    world.push("a-push", FRAUD, domain("one.test", "clear"), domain("two.test", "amber"))
    world.review.release(world.actor("s-sue"), world.review.queue(world.actor("s-sue"))[0].submission.id)
    world.close()

    def run(*args, code=0):
        """Give the objects printed, one a line; of a command that fails, those it reports."""
        result = CliRunner().invoke(main, ["--data", str(tmp_path), "--json", *args])
        assert result.exit_code == code, result.output
        return [json.loads(line) for line in (result.stdout or result.stderr).splitlines() if line.startswith("{")]

    return run


def test_dry_runs_tell_who_would_gain_and_lose(hub):
    """Each prints the change in words and a line for each account, and does nothing."""
    assert hub("group", "join", "g-fraud", "bank-b", "--dry-run") == [{"change": "bank-b joins g-fraud"}, GAINS]
    assert hub("group", "list")[0]["members"] == ["bank-a", "police-x"]
    granted = hub("grant", "Fraud", "bank-b", "read", "--dry-run")
    assert granted == [{"change": "grant read on Fraud: bank-b"}, GAINS | {"gained": 1}]
    ended = hub("ungrant", "Fraud", "watch-o", "read", "--dry-run")
    assert ended[1] == {"account": "o-eve", "partner": "watch-o", "gained": 0, "lost": 1}
    left = hub("group", "leave", "g-fraud", "police-x", "--dry-run")
    assert [(each["account"], each["lost"]) for each in left[1:]] == [("x-pull", 2), ("x-xan", 2)]
    assert hub("group", "leave", "g-fraud", "bank-b", "--dry-run") == []
    assert [each["changed"] for each in hub("grant", "Fraud", "bank-b", "read")] == [True]


def test_a_dry_run_of_a_raised_marking_tells_who_would_lose_it(hub):
    """The account that would raise it is told; others are refused as they are without it."""
    raising = ("mark", domain_id("two.test"), "red", "--reason", "a case", "--dry-run", "--as")
    changed, *losers = hub(*raising, "s-sue")
    assert changed == {"change": f"raise {domain_id('two.test')} to RED: 1 changed"}
    assert [(each["account"], each["lost"]) for each in losers] == [
        (name, 1) for name in ("a-ada", "s-sue", "x-pull", "x-xan")
    ]
    assert "only the operator and secretariat" in hub(*raising, "x-xan", code=4)[0]["error"]
    assert hub(*raising, "s-sue")[0] == changed


def test_a_plan_tells_who_would_gain_and_lose(hub, tmp_path):
    """After its changes a plan has a line for each account; the file's application is what was planned."""
    file = tmp_path / "community.toml"
    text = hub("community", "export")[0]["community"]
    file.write_text(text.replace('members = ["bank-a", ', 'members = ["bank-a", "bank-b", '))
    change = {"action": "group:join", "object": "g-fraud", "change": "bank-b joins g-fraud"}
    assert hub("community", "plan", str(file)) == [change, GAINS]
    assert hub("community", "apply", str(file)) == [change]


def test_what_must_hold_is_kept_at_every_door(hub, tmp_path):
    """A check refuses grants, memberships and files that would break it; a dry run names it."""
    (added,) = hub("must-hold", "add", "bank-b", "Fraud", "--reason", "they asked not to")
    assert (added["check"], added["broken_by"]) == ("bank-b never reads Fraud", [])
    assert hub("must-hold", "list") == [added]
    (refused,) = hub("group", "join", "g-fraud", "bank-b", code=1)
    assert "bank-b never reads Fraud (they asked not to); b-push would read it" in refused["error"]
    assert {"broken": "bank-b never reads Fraud", "accounts": [VICTIM]} in hub(
        "grant", "Fraud", "bank-b", "read", "--dry-run"
    )
    file = tmp_path / "community.toml"
    file.write_text('[[collection]]\ntitle = "Fraud"\nread = ["bank-b"]\n')
    assert "would read it" in hub("community", "apply", str(file), code=1)[0]["error"]
    hub("must-hold", "remove", added["id"])
    assert hub("group", "join", "g-fraud", "bank-b")[0]["members"] == ["bank-a", "bank-b", "police-x"]
    assert "would read it" in hub("must-hold", "add", "bank-b", "Fraud", code=1)[0]["error"]
