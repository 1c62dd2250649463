"""Cursors: what was sealed opens for the same reader at the same place, and nothing else opens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.store.query import Position
from taxii_server.cursor import Binding, Resumption, Seal
from taxii_server.errors import RefusedError

KEY = bytes(range(64))
HERE = Binding("x-pull", "api", "91a7b528-80eb-42ed-a74d-c6fbd5a26116", "objects")
SEAL = Seal(KEY, epoch=3)
MICROS = st.integers(0, 2**62)
POSITIONS = st.builds(Position, MICROS, MICROS, st.integers(0, 2**40))
SOME = Position(1_790_000_000_000_000, 17, 4)


@settings(max_examples=100, deadline=None)
@given(POSITIONS, st.none() | MICROS)
def test_what_was_sealed_opens(position, added_after):
    """A cursor gives back the position and added_after it was made of, in text that needs no escaping."""
    text = SEAL.close(HERE, position, added_after)
    assert SEAL.open(text, HERE) == Resumption(position, added_after)
    assert text.replace("-", "").replace("_", "").isalnum()


def test_the_same_position_gives_the_same_text():
    """A repeated page is the same to the byte, in every worker (R283, R285)."""
    assert SEAL.close(HERE, SOME, None) == Seal(KEY, epoch=3).close(HERE, SOME, None)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 75), st.integers(0, 7))
def test_any_flipped_bit_is_refused(place, bit):
    """A cursor changed by one bit is none this server gave (R291)."""
    letters = bytearray(SEAL.close(HERE, SOME, None), "ascii")
    letters[place] ^= 1 << bit
    with pytest.raises(RefusedError):
        SEAL.open(letters.decode("latin-1"), HERE)


@pytest.mark.parametrize("text", ["", "x", "A" * 76, "A" * 75, "é" * 76, "\ud800" * 76, "A" * 100_000])
def test_anything_else_is_refused_with_one_text(text):
    """What is no cursor is refused in the words used for a cursor of somebody else (S18)."""
    with pytest.raises(RefusedError) as refusal:
        SEAL.open(text, HERE)
    with pytest.raises(RefusedError) as other:
        SEAL.open(SEAL.close(HERE, SOME, None), replace(HERE, account="y-pull"))
    assert (str(refusal.value), refusal.value.status) == (str(other.value), other.value.status)


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HERE, account="y-pull"),
        replace(HERE, api_root="other"),
        replace(HERE, collection="472c94ae-3113-4e3e-a4dd-a9f4ac7471d4"),
        replace(HERE, endpoint="manifest"),
        replace(HERE, account="", api_root="x-pullapi"),
        replace(HERE, endpoint="object/\ud800"),
    ],
)
def test_a_cursor_is_good_in_one_place(elsewhere):
    """Another account, API root, collection or endpoint opens nothing (R293, R295, R296)."""
    with pytest.raises(RefusedError):
        SEAL.open(SEAL.close(HERE, SOME, None), elsewhere)


def test_another_key_opens_nothing():
    """A cursor of another hub is refused."""
    with pytest.raises(RefusedError):
        Seal(bytes(64), epoch=3).open(SEAL.close(HERE, SOME, None), HERE)


@settings(max_examples=50, deadline=None)
@given(POSITIONS, st.none() | MICROS)
def test_a_cursor_from_before_a_restore_goes_on_at_its_date(position, added_after):
    """After a restore the reader goes on after the date he had reached, with no position of the old store."""
    reached = position.block + position.index
    expected = Resumption(None, reached if added_after is None else max(reached, added_after))
    assert Seal(KEY, epoch=4).open(SEAL.close(HERE, position, added_after), HERE) == expected


def test_a_cursor_of_a_later_epoch_is_refused():
    """A hub put back to an older state knows nothing of positions given later."""
    with pytest.raises(RefusedError):
        Seal(KEY, epoch=2).open(SEAL.close(HERE, SOME, None), HERE)
