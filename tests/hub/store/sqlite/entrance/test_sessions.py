"""The file of who is signed in."""

from __future__ import annotations

import stat
from contextlib import closing
from datetime import UTC, datetime

from hub.model.entrance import Session
from hub.store.sqlite.entrance.sessions import SqliteSessions

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_restored_hub_knows_nobody(tmp_path):
    """A file that another epoch of the hub left behind has no session when it is opened; it is its owner's alone."""
    path, session = tmp_path / "console.sqlite3", Session(b"1" * 32, "a-ada", NOW, NOW, "csrf")
    for epoch, known in ((1, None), (1, session), (2, None)):
        with closing(SqliteSessions(path, epoch)) as sessions:
            assert sessions.find(session.digest) == known
            sessions.start(session)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
