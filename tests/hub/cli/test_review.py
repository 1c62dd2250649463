"""hub review: three outcomes, for all of a push or some of it, by one reviewer or two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli import main

ONE = "domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5"
TWO = "domain-name--ecb120bf-2694-4902-a737-62b74539a41b"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
SET_UP = (
    "init",
    "partner add secretariat --kind member",
    "partner add bank-a --kind member",
    "partner add police-x --kind member",
    "account add s-sue --partner secretariat --kind person --role secretariat",
    "account add a-push --partner bank-a --kind service --role contributor",
    "account add x-xan --partner police-x --kind person --role reviewer",
    "collection add Vetted --alias vetted --intake two-reviewers",
    "grant vetted bank-a write",
    "grant vetted police-x read",
)


class Terminal:
    """Runs `hub --json` on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Run a command that is to end with the exit code; give its objects."""
        result = CliRunner().invoke(main, ["--data", str(self.folder / "hub"), "--json", *arguments])
        assert result.exit_code == code, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    def lines(self, *arguments: str) -> list[str]:
        """Run a command as people do; give its lines."""
        result = CliRunner().invoke(main, ["--data", str(self.folder / "hub"), *arguments])
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    def push(self) -> str:
        """Push two GREEN domain names as a-push; give the submission's id."""
        facts = {"type": "domain-name", "spec_version": "2.1", "object_marking_refs": [GREEN]}
        objects = [{**facts, "id": ONE, "value": "one.test"}, {**facts, "id": TWO, "value": "two.test"}]
        file = self.folder / "bundle.json"
        file.write_text(json.dumps({"objects": objects}), "utf-8")
        (status,) = self.run("submit", str(file), "--collection", "vetted", "--as", "a-push")
        return str(status["id"])


@pytest.fixture
def terminal(tmp_path):
    """Make a hub in which two reviewers decide."""
    made = Terminal(tmp_path)
    for command in SET_UP:
        made.run(*command.split())
    return made


def test_two_release_what_one_alone_does_not(terminal):
    """The first release leaves it in review, the second lets it out; the same account is refused in between."""
    id_ = terminal.push()
    (first,) = terminal.run("review", "release", id_, "--as", "x-xan")
    assert first["state"] == "review"
    terminal.run("review", "release", id_, "--as", "x-xan", code=4)
    shown = terminal.run("review", "show", id_, "--as", "s-sue")
    assert [each["approved_by"] for each in shown] == [["x-xan"], ["x-xan"]]
    (second,) = terminal.run("review", "release", id_, "--object", TWO, "--as", "s-sue")
    assert (second["state"], [each["id"] for each in second["successes"]]) == ("released", [TWO])


def test_a_reviewer_of_another_organisation_is_not_told_whose_it_is(terminal):
    """Null as JSON, a dash for people: neither who pushed it nor who approved it."""
    id_ = terminal.push()
    (waiting,) = terminal.run("review", "list", "--as", "x-xan")
    assert (waiting["partner"], waiting["account"]) == (None, None)
    (waiting,) = terminal.run("review", "list", "--as", "s-sue")
    assert (waiting["partner"], waiting["account"]) == ("bank-a", "a-push")
    terminal.run("review", "release", id_, "--as", "s-sue")
    shown = terminal.run("review", "show", id_, "--as", "x-xan")
    assert [each["approved_by"] for each in shown] == [[None], [None]]
    header, row = terminal.lines("review", "list", "--as", "x-xan")
    assert dict(zip(header.split(), row.split(), strict=True))["PARTNER"] == "-"
    assert "  approved once" in terminal.lines("review", "show", id_, "--as", "x-xan")
    assert "  approved by s-sue of secretariat" in terminal.lines("review", "show", id_, "--as", "s-sue")


def test_what_is_returned_is_told_as_such(terminal):
    """Among the failures, with the reason and what to do."""
    id_ = terminal.push()
    (back,) = terminal.run("review", "return", id_, "--object", ONE, "--reason", "no date", "--as", "x-xan")
    assert (back["state"], back["failure_count"]) == ("returned", 1)
    (told,) = terminal.run("status", id_, "--as", "a-push")
    assert [each["message"] for each in told["failures"]] == ["returned: no date; mend it and send it again"]
    assert [each["id"] for each in told["successes"]] == [TWO]
    terminal.run("review", "return", id_, "--object", ONE, "--reason", "no date", "--as", "x-xan", code=1)


def test_trust_is_refused_there(terminal):
    """A grant that says trusted would be a way round both reviewers."""
    terminal.run("grant", "vetted", "bank-a", "write", "--trusted", code=1)
