"""Inviting persons to the console, and signing them out, from the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hub.cli import main


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Make a hub with a person and a service; give a way to run commands on it, with what is set."""

    def call(*args, code=0):
        result = CliRunner().invoke(main, ["--data", str(tmp_path / "var"), "--json", *args])
        assert result.exit_code == code, result.output
        return json.loads((result.stdout or result.stderr).splitlines()[-1])

    call("init")
    call("partner", "add", "police-x", "--kind", "member")
    call("account", "add", "x-xan", "--partner", "police-x", "--kind", "person")
    call("account", "add", "x-pull", "--partner", "police-x", "--kind", "service")
    return call


def test_a_link_is_made_for_where_the_console_is(run, monkeypatch):
    """By the settings, or as it is given; each link is another one."""
    made = [run("account", "invite", "x-xan")["link"]]
    monkeypatch.setenv("HUB_CONSOLE_NAME", "console.example.org")
    made.append(run("account", "invite", "x-xan")["link"])
    made.append(run("account", "invite", "x-xan", "--base-url", "https://other.example/")["link"])
    assert [each.rpartition("/")[0] for each in made] == [
        "http://127.0.0.1:6100/console/welcome",
        "https://console.example.org/console/welcome",
        "https://other.example/console/welcome",
    ]
    secrets = {each.rpartition("/")[2] for each in made}
    assert {len(each) for each in secrets} == {43}
    assert len(secrets) == 3


def test_only_persons_are_invited_or_signed_out(run):
    """A service and a name that is none are told apart; who is nowhere signed in has no session to end."""
    assert "no person" in run("account", "invite", "x-pull", code=1)["error"]
    assert "no account" in run("account", "invite", "nobody", code=1)["error"]
    assert "no account" in run("account", "sign-out", "nobody", code=1)["error"]
    assert run("account", "sign-out", "x-xan") == {"account": "x-xan", "sessions": 0}
