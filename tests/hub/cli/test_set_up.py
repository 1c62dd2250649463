"""Setting up a hub from the command line, by the forms that scripts rely on."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.cli import COMMANDS, main
from hub.store.sqlite import SqliteStore

FRAUD = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
MARKING = "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca"
EXAMPLE = Path(__file__).parents[3] / "config" / "community.example.toml"


class Terminal:
    """Runs `hub` in this process on one data folder."""

    def __init__(self, data):
        self.data = data

    def run(self, *args, code=0):
        """Run a command that must end with the exit code; give what it printed."""
        result = CliRunner().invoke(main, ["--data", str(self.data), *args])
        assert result.exit_code == code, result.output
        return result

    def json(self, *args):
        """Run a command with --json behind it; give its objects, one a line."""
        return [json.loads(line) for line in self.run(*args, "--json").stdout.splitlines()]

    def error(self, *args, code=1):
        """Run a command that fails; give the object it reports."""
        return json.loads(self.run("--json", *args, code=code).stderr)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Make a new hub by `hub init`."""
    monkeypatch.delenv("HUB_DATA", raising=False)
    terminal = Terminal(tmp_path / "var")
    terminal.run("init")
    return terminal


def test_init_makes_a_private_folder_once(hub):
    """The folder and the store are their owner's alone; where there is a hub, init says so and touches nothing."""
    assert stat.S_IMODE(hub.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((hub.data / "hub.sqlite3").stat().st_mode) == 0o600
    before = (hub.data / "hub.sqlite3").read_bytes()
    assert "already" in hub.error("init")["error"]
    assert (hub.data / "hub.sqlite3").read_bytes() == before


def test_everything_a_secretariat_sets_up(hub):
    """Partners, accounts, groups, collections, grants and tokens are made and listed by the issue's forms."""
    hub.run(
        "partner", "add", "police-x", "--kind", "member", "--identity", "identity--46ca697f-0545-458e-9397-67eb067842fa"
    )
    hub.run("partner", "add", "bank-a", "--kind", "member")
    hub.run(
        "account", "add", "x-pull", "--partner", "police-x", "--kind", "service", "--role", "reader", "--red-capable"
    )
    hub.run("group", "add", "g-fraud", "--marking", MARKING)
    hub.run("group", "join", "g-fraud", "bank-a", "police-x")
    hub.run("group", "leave", "g-fraud", "bank-a")
    options = (
        "--alias",
        "fraud",
        "--default-tlp",
        "amber",
        "--default-group",
        "g-fraud",
        "--intake",
        "trusted",
        "--public",
    )
    hub.run("collection", "add", "Fraud infrastructure", "--id", FRAUD, *options)
    hub.run("grant", "Fraud infrastructure", "bank-a", "both", "--trusted")
    hub.run("grant", FRAUD, "@g-fraud", "read")
    hub.run("grant", "fraud", "*", "read")
    assert hub.json("ungrant", "fraud", "bank-a", "--trusted")[0]["rights"] == ["read", "write"]
    assert hub.json("ungrant", "fraud", "bank-a", "write") == [
        {"collection": FRAUD, "subject": "bank-a", "rights": ["read"], "changed": True}
    ]
    assert [each["partner"] for each in hub.json("partner", "list")] == ["bank-a", "police-x"]
    (account,) = hub.json("account", "list")
    assert (account["account"], account["roles"], account["red_capable"]) == ("x-pull", ["reader"], True)
    assert hub.json("group", "list") == [{"group": "g-fraud", "marking": MARKING, "members": ["police-x"]}]
    (collection,) = hub.json("collection", "list")
    assert (collection["id"], collection["default_group"], collection["public"]) == (FRAUD, MARKING, True)


def test_a_replaced_token_may_overlap(hub):
    """With an overlap the old token is not revoked but ends sooner; more than a week is refused."""
    hub.run("partner", "add", "police-x", "--kind", "member")
    hub.run("account", "add", "x-pull", "--partner", "police-x", "--kind", "service")
    (issued,) = hub.json("token", "issue", "x-pull")
    hub.json("token", "rotate", issued["id"], "--overlap-hours", "24")
    old, new = hub.json("token", "list", "x-pull")
    assert (old["revoked"], old["last_used"]) == (None, None)
    assert old["expires"] < new["expires"]
    assert "0 to 168 hours" in hub.run("token", "rotate", new["id"], "--overlap-hours", "169", code=1).output


def test_tokens_are_shown_once(hub):
    """Issue and rotate print the secret, nothing else does; what is rotated or revoked is listed as such."""
    hub.run("partner", "add", "police-x", "--kind", "member")
    hub.run("account", "add", "x-pull", "--partner", "police-x", "--kind", "service")
    hub.run("collection", "add", "Fraud", "--id", FRAUD)
    cut = ("--read-only", "--collection", "Fraud", "--expires", "2099-01-31", "--from", "192.0.2.0/24", "--from", "::1")
    (issued,) = hub.json("token", "issue", "x-pull", *cut)
    assert list(issued)[:3] == ["account", "token", "id"]
    (rotated,) = hub.json("token", "rotate", issued["id"])
    assert rotated["token"] != issued["token"]
    hub.run("token", "revoke", rotated["id"])
    old, new = hub.json("token", "list", "x-pull")
    assert (old["id"], new["id"]) == (issued["id"], rotated["id"])
    assert old["revoked"]
    assert new["revoked"]
    assert (new["read_only"], new["collections"], new["networks"]) == (True, [FRAUD], ["192.0.2.0/24", "::1/128"])
    listed = hub.run("token", "list").output
    assert not any(secret in listed for secret in (issued["token"], rotated["token"]))


def test_suspending(hub):
    """A partner or an account that is suspended is listed so until it is resumed."""
    hub.run("partner", "add", "police-x", "--kind", "member")
    hub.run("account", "add", "x-pull", "--partner", "police-x", "--kind", "service")
    for noun, name in (("partner", "police-x"), ("account", "x-pull")):
        hub.run(noun, "suspend", name)
        assert hub.json(noun, "list")[0]["suspended"]
        hub.run(noun, "resume", name)
        assert not hub.json(noun, "list")[0]["suspended"]


def test_community_by_file(hub, tmp_path):
    """Plan prints, apply does, a second time nothing changes, and an export plans to nothing."""
    planned = hub.json("community", "plan", str(EXAMPLE))
    assert hub.json("community", "apply", str(EXAMPLE)) == planned != []
    assert hub.json("community", "apply", str(EXAMPLE)) == []
    file = tmp_path / "community.toml"
    file.write_text(hub.run("community", "export").stdout)
    assert "nothing changes" in hub.run("community", "plan", str(file)).stderr


def test_set_up_is_audited_with_the_system_user(hub):
    """Every act of set-up stands in the audit trail with the system's user as the operator."""
    hub.run("partner", "add", "police-x", "--kind", "member")
    store = SqliteStore.open(hub.data / "hub.sqlite3")
    store.close()
    trail = (hub.data / "hub.sqlite3").read_bytes()
    assert b"partner:add" in trail
    assert b"operator (" in trail


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("partner", "add", "P", "--kind", "member"), 1, "name"),
        (("partner", "suspend", "nobody"), 1, "nobody"),
        (("account", "add", "a", "--partner", "nobody", "--kind", "person"), 1, "nobody"),
        (("token", "issue", "nobody"), 1, "nobody"),
        (("token", "revoke", "none"), 1, "none"),
        (("grant", "none", "*", "read"), 1, "none"),
        (("community", "apply", str(Path(__file__))), 1, "TOML"),
    ],
)
def test_failures_say_what(hub, args, code, said):
    """What can't be done ends with exit code 1 and an error that names it; with --json it is one object."""
    assert said in hub.run(*args, code=code).stderr
    error = hub.error(*args, code=code)
    assert said in json.dumps(error)
    assert set(error) == {"error", "findings"}


@pytest.mark.parametrize(
    "args",
    [
        ("partner", "add", "p", "--kind", "friend"),
        ("partner", "add", "p"),
        ("grant", "c", "p", "reed"),
        ("grant", "c", "p", "read", "--trusted"),
        ("ungrant", "c", "p"),
        ("token", "issue", "a", "--from", "192.0.2.1/24"),
        ("token", "issue", "a", "--expires", "tomorrow"),
        ("community", "apply", "absent.toml"),
        ("nonsense",),
    ],
)
def test_wrong_usage(hub, args):
    """What no command takes ends with exit code 2 before anything is done."""
    hub.run(*args, code=2)


def test_refused_by_policy(hub):
    """An act that the acting account may not do, or of one who is suspended, ends with exit code 4."""
    hub.run("community", "apply", str(EXAMPLE))
    assert "submission:list" in hub.error("review", "list", "--as", "x-pull", code=4)["error"]
    hub.run("account", "suspend", "sara")
    assert "suspended" in hub.error("review", "list", "--as", "sara", code=4)["error"]
    assert "nobody" in hub.error("review", "list", "--as", "nobody")["error"]


def test_unreadable_folder_is_an_error_not_a_crash(tmp_path):
    """What the system refuses is said with the path."""
    (tmp_path / "file").write_text("")
    result = CliRunner().invoke(main, ["--data", str(tmp_path / "file" / "inside"), "init"])
    assert (result.exit_code, str(tmp_path / "file") in result.stderr) == (1, True)


def test_no_hub_no_guess(tmp_path, monkeypatch):
    """Without a hub in the folder a command says how to make one; HUB_DATA names the folder as --data does."""
    monkeypatch.setenv("HUB_DATA", str(tmp_path / "h"))
    result = CliRunner().invoke(main, ["partner", "list"])
    assert (result.exit_code, "init" in result.stderr) == (1, True)
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    assert (tmp_path / "h" / "hub.sqlite3").exists()
    monkeypatch.setenv("HUB_TYPO", "1")
    assert "HUB_TYPO" in CliRunner().invoke(main, ["partner", "list"]).stderr


def _leaves(name, command):
    """Give every command under a name with its words."""
    if hasattr(command, "commands"):
        for inner, each in command.commands.items():
            yield from _leaves(f"{name} {inner}", each)
    else:
        yield name, command


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(name):
    """Each command, however deep, has help, an example and the shared options."""
    command = main.get_command(None, name)
    for words, leaf in _leaves(name, command):
        text = CliRunner().invoke(main, [*words.split(), "--help"]).output
        assert re.search(r"Examples?:\s+hub", text), words
        assert "--json" in text
        assert leaf.help


def test_help_is_quick_because_it_loads_nothing():
    """`hub --help` imports no command and no service."""
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from hub.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "print([name for name in sys.modules if name.startswith(('hub.services', 'hub.store', 'flask', 'hub.cli.p'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
