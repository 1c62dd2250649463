"""What a killed backup leaves goes with the next one beside it, and what another one writes at the time stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.store.sqlite.upkeep.drafts import PREFIX, draft
from tests.hub.store.sqlite.test_kill import ROOT


@contextmanager
def drafting(folder: Path) -> Iterator[Path]:
    """Run a process that has begun a draft; kill it in the end."""
    command = [sys.executable, "-m", "tests.hub.store.sqlite.upkeep.drafter", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield folder / process.stdout.readline().strip()
        process.kill()


def test_a_killed_draft_is_swept_and_a_living_one_is_not(tmp_path: Path) -> None:
    """With the lock that its maker had until he was killed."""
    with drafting(tmp_path) as killed:
        pass
    assert (killed / "hub.sqlite3").exists()
    with drafting(tmp_path) as living:
        assert not killed.exists()
        with draft(tmp_path) as mine:
            assert {living, mine} == set(tmp_path.iterdir())
        assert (living / "hub.sqlite3").exists()
        assert not mine.exists()


def test_what_only_looks_like_a_draft_stays(tmp_path: Path) -> None:
    """A link of such a name is not followed, and other names are none of its business."""
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "kept").mkdir(parents=True)
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    with draft(tmp_path):
        pass
    assert (elsewhere / "kept").is_dir()
    assert (tmp_path / f"{PREFIX}link").is_symlink()
