"""hub backup, restore, upgrade, check --repair: as an operator uses them, beside a server and without."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hub.application import create_hub
from hub.cli import main
from hub.settings import Settings
from hub.store.sqlite.files.connection import migrations
from tests.processes import free_port, hub, run, serving


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make an empty hub."""
    create_hub(Settings(data=tmp_path / "hub")).close()
    return tmp_path / "hub"


def call(data: Path, *words: str, code: int = 0) -> Result:
    """Run a command in this process."""
    result = CliRunner().invoke(main, ["--data", str(data), *words])
    assert result.exit_code == code, result.output
    return result


def actions(data: Path) -> list[str]:
    """Give the acts in the trail."""
    with closing(sqlite3.connect(data / "hub.sqlite3")) as file:
        return [action for (action,) in file.execute("SELECT action FROM audit ORDER BY seq")]


@pytest.mark.enable_socket
def test_a_served_hub_is_backed_up_and_not_restored_onto(data: Path, tmp_path: Path) -> None:
    """A backup needs no pause; a restore onto a running hub is refused, and says who runs it."""
    call(data, "partner", "add", "bank-a", "--kind", "member")
    file = tmp_path / "kept.zip"
    with serving(data, free_port(), "serve"):
        (made,) = hub(data, "backup", str(file))
        refused = run(data, "restore", str(file), "--force")
        upgraded = run(data, "upgrade")
    assert (made["events"], made["tables"]) == (1, len(migrations()))
    assert (refused.returncode, upgraded.returncode) == (1, 1)
    assert "served already by process" in refused.stderr
    assert actions(data) == ["partner:add", "hub:backup"]


def test_a_hub_comes_back_on_another_machine(data: Path, tmp_path: Path) -> None:
    """From the file alone: who takes part, tokens and trail are there; the restore itself is in the trail."""
    call(data, "partner", "add", "bank-a", "--kind", "member")
    file = tmp_path / "kept.zip"
    call(data, "backup", str(file))
    call(data, "backup", str(file), code=1)
    call(data, "restore", str(file), code=1)
    call(tmp_path / "new", "restore", str(file))
    assert "bank-a" in call(tmp_path / "new", "partner", "list").stdout
    assert actions(tmp_path / "new") == ["partner:add", "hub:restore"]
    assert call(tmp_path / "new", "check").stdout == "all is well\n"
    call(data, "partner", "add", "lost", "--kind", "member")
    done = json.loads(call(data, "--json", "restore", str(file), "--force").stdout)
    assert (done["replaced"], done["backup"]["events"]) == (True, 1)
    assert "lost" not in call(data, "partner", "list").stdout


def test_a_file_that_is_no_backup_changes_nothing(data: Path, tmp_path: Path) -> None:
    """It is named, with what is wrong with it; a folder that had no hub still has none."""
    file = tmp_path / "kept.zip"
    call(data, "backup", str(file))
    file.write_bytes(file.read_bytes()[:-100])
    before = (data / "hub.sqlite3").read_bytes()
    assert "kept.zip" in call(data, "restore", str(file), "--force", code=1).output
    assert (data / "hub.sqlite3").read_bytes() == before
    call(tmp_path / "new", "restore", str(file), code=1)
    assert "hub init" in call(tmp_path / "new", "partner", "list", code=1).output


def test_nothing_to_upgrade_is_no_failure(data: Path) -> None:
    """A script may always call it."""
    assert "nothing to do" in call(data, "upgrade").stdout


def test_the_first_hubs_come_up_to_date(data: Path) -> None:
    """A hub of the first tables says what to do, and is as any other once that is done."""
    with closing(sqlite3.connect(data / "hub.sqlite3")) as file:
        began_with = file.execute("SELECT key, value FROM meta").fetchall()
    (data / "hub.sqlite3").unlink()
    with closing(sqlite3.connect(data / "hub.sqlite3")) as file, file:
        file.executescript(f"PRAGMA journal_mode=WAL; {migrations()[0]} PRAGMA user_version=1")
        file.executemany("INSERT INTO meta VALUES (?, ?)", began_with)
    assert "hub upgrade" in call(data, "partner", "list", code=1).output
    done = json.loads(call(data, "--json", "upgrade").stdout)
    assert (done["before"], done["after"], Path(done["backup"]).exists()) == (1, len(migrations()), True)
    assert call(data, "check").stdout == "all is well\n"
    assert actions(data) == ["hub:upgrade"]


def test_what_is_derived_is_repaired(data: Path) -> None:
    """What was repaired is told, and then all is checked as ever."""
    with closing(sqlite3.connect(data / "hub.sqlite3")) as file, file:
        file.execute("INSERT INTO lane VALUES (1, 'nowhere', 0, 5)")
    call(data, "check", code=1)
    lines = call(data, "check", "--repair").stdout.splitlines()
    assert lines == ["repaired lane 1: it counts 5 open rows and has 0", "all is well"]
    assert actions(data) == ["hub:repair"]
