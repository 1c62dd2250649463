"""The soak in small, so that it is known to work; minutes of it are `make soak`."""

from __future__ import annotations

from tests.soak.run import soak


def test_a_short_soak_ends_exact(tmp_path):
    """Two workers under push, pull, grant, raise, delete and backup: in the end each reader has what he may see."""
    outcome = soak(tmp_path, seconds=3, seed=2026)
    assert outcome.differences == ()
