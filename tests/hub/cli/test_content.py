"""The commands for content, through the command's own door: names, forms and exit codes that scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli import main

COMMUNITY = """
[[partner]]
name = "secretariat"
kind = "member"

[[partner]]
name = "bank-a"
kind = "member"

[[partner]]
name = "police-x"
kind = "member"

[[account]]
name = "s-sue"
partner = "secretariat"
kind = "person"
roles = ["secretariat"]

[[account]]
name = "a-push"
partner = "bank-a"
kind = "service"
roles = ["contributor", "reader"]

[[account]]
name = "x-pull"
partner = "police-x"
kind = "service"
roles = ["reader"]

[[collection]]
id = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
title = "Fraud infrastructure"
alias = "fraud"
default_tlp = "amber"
intake = "review"
read = ["police-x", "bank-a"]
write = ["bank-a"]
"""
ONE = "domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5"
TWO = "domain-name--ecb120bf-2694-4902-a737-62b74539a41b"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


class Terminal:
    """Runs `hub` on one data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "hub"

    def run(self, *arguments: str, code: int = 0) -> Result:
        """Run a command that is to end with the exit code."""
        result = CliRunner().invoke(main, ["--data", str(self.data), *arguments])
        assert result.exit_code == code, result.output
        return result

    def json(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Run a command with --json and give its objects."""
        return [json.loads(line) for line in self.run("--json", *arguments, code=code).stdout.splitlines()]

    def file(self, name: str, *objects: dict[str, Any]) -> str:
        """Write a bundle."""
        path = self.folder / name
        bundle = {"type": "bundle", "id": "bundle--0c9f3f0e-8c1b-4d0e-9c7a-5f7a3f5f4d11", "objects": objects}
        path.write_text(json.dumps(bundle), "utf-8")
        return str(path)


def domain(id_: str, **more: object) -> dict[str, Any]:
    """Write a GREEN domain name."""
    found = {"type": "domain-name", "spec_version": "2.1", "id": id_, "value": "one.test"}
    return {**found, "object_marking_refs": [GREEN], **more}


@pytest.fixture
def terminal(tmp_path):
    """Make a hub with a small community."""
    made = Terminal(tmp_path)
    made.run("init")
    (tmp_path / "community.toml").write_text(COMMUNITY, "utf-8")
    made.run("community", "apply", str(tmp_path / "community.toml"))
    return made


def submit(terminal: Terminal, *objects: dict[str, Any], code: int = 0) -> dict[str, Any]:
    """Push objects as a-push."""
    file = terminal.file("bundle.json", *objects)
    (status,) = terminal.json("submit", file, "--collection", "fraud", "--as", "a-push", code=code)
    return status


def test_a_push_is_reviewed_released_explained_and_deleted(terminal: Terminal):
    """The way of a record, by commands alone."""
    status = submit(terminal, domain(ONE))
    assert (status["status"], status["state"], status["success_count"]) == ("complete", "review", 1)
    assert [(entry["id"], entry["message"]) for entry in status["successes"]] == [(ONE, "in review")]
    (waiting,) = terminal.json("review", "list", "--as", "s-sue")
    assert (waiting["submission"], waiting["partner"], waiting["level"]) == (status["id"], "bank-a", "green")
    (shown,) = terminal.json("review", "show", status["id"], "--as", "s-sue")
    assert shown["object"]["id"] == ONE
    (released,) = terminal.json("review", "release", status["id"], "--as", "s-sue")
    assert released["state"] == "released"
    (explained,) = terminal.json("explain", "x-pull", ONE)
    assert (explained["visible"], explained["contributions"][0]["rule"]) == (True, "S4")
    assert "x-pull sees" in terminal.run("explain", "x-pull", ONE).stdout
    everyone = {each["account"]: each for each in terminal.json("explain", "--all", ONE)}
    assert (everyone["x-pull"], list(everyone)) == (explained, ["a-push", "s-sue", "x-pull"])
    assert "x-pull   yes      S4" in terminal.run("explain", "--all", ONE).stdout
    terminal.run("explain", "--all", "x-pull", ONE, code=2)
    terminal.run("explain", ONE, code=2)
    terminal.run("delete", ONE, "--collection", "fraud", "--as", "a-push")
    (told,) = terminal.json("status", status["id"], "--as", "a-push")
    assert told["successes"][0]["message"] == "deleted since"
    assert terminal.json("check") == [{"wrong": 0}]


def test_some_rejected_is_code_3(terminal: Terminal):
    """The good ones go in, the bad ones are named on their own."""
    status = submit(terminal, domain(ONE), domain(TWO, value=7), code=3)
    assert [entry["id"] for entry in status["failures"]] == [TWO]
    assert "1 taken, 1 refused" in terminal.run("status", status["id"], "--as", "a-push").stdout


def test_a_rejection_is_told_with_its_reason(terminal: Terminal):
    """It moves to the failures."""
    status = submit(terminal, domain(ONE))
    terminal.run("review", "reject", status["id"], "--reason", "no source", "--as", "s-sue")
    (told,) = terminal.json("status", status["id"], "--as", "a-push")
    assert [(entry["state"], entry["message"]) for entry in told["failures"]] == [("rejected", "no source")]


def test_a_raised_marking_takes_effect_at_once(terminal: Terminal):
    """Only upward: to lower is refused by policy."""
    terminal.run("review", "release", submit(terminal, domain(ONE))["id"], "--as", "s-sue")
    (marked,) = terminal.json("mark", ONE, "red", "--reason", "a case depends on it", "--as", "s-sue")
    assert marked == {"object": ONE, "level": "red", "changed": 1}
    (explained,) = terminal.json("explain", "x-pull", ONE)
    assert not explained["visible"]
    terminal.run("mark", ONE, "green", "--reason", "calm again", "--as", "s-sue", code=4)


def test_what_is_held_back_is_listed_until_it_is_not(terminal: Terminal):
    """Reference objects loaded by the operator open what refers to them."""
    status = submit(terminal, domain(ONE, resolves_to_refs=[TWO]))
    terminal.run("review", "release", status["id"], "--as", "s-sue")
    (held,) = terminal.json("check", "--waiting")
    assert (held["object"], held["missing"]) == (ONE, [TWO])
    (loaded,) = terminal.json("reference", "load", terminal.file("known.json", domain(TWO, value="two.test")))
    assert loaded["added"] == 1
    assert terminal.json("check", "--waiting") == []


def test_a_sheet_is_converted_on_its_way_in(terminal: Terminal):
    """Any format a converter knows can be submitted, with its mapping and level."""
    sheet = terminal.folder / "iocs.csv"
    sheet.write_text("domain\none.test\ntwo.test\n", "utf-8")
    mapping = terminal.folder / "iocs.yaml"
    mapping.write_text(terminal.run("mapping", "init", str(sheet)).stdout, "utf-8")
    arguments = (
        "--map",
        str(mapping),
        "--tlp",
        "green",
        "--as-of",
        "2026-11-01",
        "--collection",
        "fraud",
        "--as",
        "a-push",
    )
    (status,) = terminal.json("submit", str(sheet), *arguments)
    assert (status["state"], status["failure_count"]) == ("review", 0)
    assert status["success_count"] >= 2
    sheet.write_text("domain\nno domain\n", "utf-8")
    assert terminal.json("submit", str(sheet), *arguments, code=3) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("submit", "FILE", "--collection", "nowhere", "--as", "a-push"), 1),
        (("submit", "FILE", "--collection", "fraud", "--as", "x-pull"), 4),
        (("submit", "FILE", "--collection", "fraud", "--as", "nobody"), 1),
        (("submit", "nowhere.json", "--collection", "fraud", "--as", "a-push"), 1),
        (("submit", "FILE", "--collection", "fraud"), 2),
        (("review", "list", "--as", "a-push"), 4),
        (("status", "no-such-id", "--as", "a-push"), 1),
        (("explain", "nobody", ONE), 1),
        (("mark", ONE, "purple", "--reason", "x", "--as", "s-sue"), 2),
        (("delete", ONE, "--collection", "fraud", "--as", "x-pull"), 4),
    ],
)
def test_each_kind_of_refusal_has_its_code(terminal: Terminal, arguments, code):
    """1 failed, 2 wrong usage, 4 refused by policy; never a traceback."""
    file = terminal.file("bundle.json", domain(ONE))
    result = terminal.run(*(file if each == "FILE" else each for each in arguments), code=code)
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("body", [b"", b"[1", b'{"objects": 1}', b"\xff\xfe", b'{"a": 1, "a": 2}'])
def test_a_broken_file_is_said_to_be_one(terminal: Terminal, body: bytes):
    """An error that says where, and nothing of it is kept."""
    path = terminal.folder / "broken.json"
    path.write_bytes(body)
    terminal.run("submit", str(path), "--collection", "fraud", "--as", "a-push", code=1)
    assert terminal.json("review", "list", "--as", "s-sue") == []


def test_the_trail_is_listed_verified_and_exported(terminal: Terminal):
    """Who did what, since when; a chain that is whole, by its last link; and all of it as JSON lines."""
    terminal.run("review", "release", submit(terminal, domain(ONE))["id"], "--as", "s-sue")
    acts = terminal.json("audit", "list")
    assert {"community:apply", "object:add", "submission:release"} <= {each["action"] for each in acts}
    (released,) = terminal.json("audit", "list", "--actor", "s-sue", "--since", "2026-11-01")
    assert (released["action"], released["seq"]) == ("submission:release", acts[-1]["seq"])
    assert terminal.json("audit", "list", "--since", "2100-01-01T00:00:00Z") == []
    assert terminal.json("audit", "list", "--until", "2026-11-01") == []
    assert len(terminal.json("audit", "list", "--until", "2100-01-01")) == len(acts)
    (head,) = terminal.json("audit", "verify")
    exported = terminal.json("audit", "export")
    assert (exported[-1]["seq"], exported[-1]["hash"]) == (head["seq"], head["hash"])
    terminal.run("audit", "verify", "--head", f"{head['seq']}:{head['hash']}")
    terminal.run("audit", "verify", "--head", f"{head['seq']}:{'0' * 64}", code=1)
    terminal.run("audit", "verify", "--head", "last", code=2)
    assert terminal.json("audit", "holders", ONE) == []
