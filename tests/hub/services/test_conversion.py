"""Conversion in a process of its own: what it answers, and how it ends when the document is too much for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from converters import Options, Outcome
from converters.confined.wire import Limits, Parcel, Started
from hub.errors import InvalidInputError, TooLargeError
from hub.services.conversion import MOST_FINDINGS, Tally, convert_file, draft_mapping, to_envelope
from stix_models.markings import Level

HERE = Path(__file__).parents[2] / "fixtures" / "converters"
SHEET = HERE / "analyst_iocs.csv"
BUNDLE = HERE / "ipsum-bundle.json"


def options(path: Path, mapping: str | None = None) -> Options:
    """Give the options of a conversion in the name of a producer."""
    return Options(path.name, "bank-a", Level.AMBER, datetime(2026, 11, 23, tzinfo=UTC), mapping)


def test_answers_come_record_by_record() -> None:
    """The format comes first, then one parcel for each row; the counts add up."""
    started, *parcels = convert_file(SHEET, options(SHEET, draft_mapping(SHEET)))
    assert isinstance(started, Started)
    assert started.format == "csv"
    tally = Tally()
    for parcel in parcels:
        assert isinstance(parcel, Parcel)
        tally = tally.plus(parcel)
    assert (tally.records, tally.converted, tally.rejected, tally.skipped) == (400, 384, 16, 0)


def test_envelope_has_the_bytes_of_the_source() -> None:
    """A bundle that is passed on stands in the envelope byte for byte."""
    envelope = to_envelope(BUNDLE, options(BUNDLE))
    assert json.loads(envelope.body)["objects"] == json.loads(BUNDLE.read_bytes())["objects"]
    assert envelope.tally.objects == envelope.tally.records == 120
    assert envelope.findings == ()


GROUP = "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca"


def test_further_markings_go_to_what_is_built() -> None:
    """A group's marking is on every object that is built but the producer's identity and extension definitions."""
    plain, grouped = (
        json.loads(to_envelope(SHEET, replace(options(SHEET, draft_mapping(SHEET)), markings=markings)).body)["objects"]
        for markings in ((), (GROUP,))
    )
    assert len(plain) == len(grouped)
    for before, after in zip(plain, grouped, strict=True):
        fixed = before["type"] == "extension-definition" or before.get("name") == "bank-a"
        assert after["object_marking_refs"] == before["object_marking_refs"] + ([] if fixed else [GROUP])
        assert {**after, "object_marking_refs": []} == {**before, "object_marking_refs": []}


def test_further_markings_never_go_to_what_is_passed_on() -> None:
    """STIX that is passed on keeps its bytes, whatever the run's markings are."""
    assert (
        to_envelope(BUNDLE, replace(options(BUNDLE), markings=(GROUP,))).body
        == to_envelope(BUNDLE, options(BUNDLE)).body
    )


def test_an_envelope_may_be_so_long() -> None:
    """One byte more than allowed refuses the document, with the record that was reached; the exact length does not."""
    envelope = to_envelope(BUNDLE, options(BUNDLE))
    assert envelope.format == "stix21"
    assert to_envelope(BUNDLE, options(BUNDLE), max_bytes=len(envelope.body)).body == envelope.body
    with pytest.raises(TooLargeError) as error:
        to_envelope(BUNDLE, options(BUNDLE), max_bytes=len(envelope.body) - 1)
    assert "objects[119]" in error.value.findings[0].place


def test_more_that_is_wrong_than_can_be_told_ends_it(tmp_path: Path):
    """A file of nothing but faults is given up at a limit, with the place that was reached."""
    path = tmp_path / "faults.json"
    path.write_bytes(b'{"type":"bundle","objects":[' + b"1," * (MOST_FINDINGS + 10) + b"1]}")
    with pytest.raises(TooLargeError, match=f"more than {MOST_FINDINGS} things are wrong") as caught:
        to_envelope(path, options(path))
    assert caught.value.findings[0].place.endswith(f"objects[{MOST_FINDINGS}]")


def test_an_empty_envelope_has_no_list(tmp_path: Path) -> None:
    """Nothing converted is an envelope without objects (TAXII 2.1 section 3.7)."""
    path = tmp_path / "b.json"
    path.write_text('{"type":"bundle",\n"objects":[]}')
    assert to_envelope(path, options(path)).body == b"{}"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.har", b'{"log":{"entries":[]}}', "no converter knows this format"),
        ("x.csv", b"", "no converter knows this format"),
        ("x.csv", b"Name,Age\nAda,36\n", "There are: Name, Age"),
        ("x.csv", b'IOC\n"' + b"a" * 200_000, "field larger than field limit"),
    ],
)
def test_what_cannot_be_converted_says_why(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    """A document that is no input of any converter is refused with the place and the reason."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInputError) as error:
        list(convert_file(path, options(path)))
    assert name in error.value.findings[0].place
    assert says in error.value.findings[0].message


def test_no_such_file(tmp_path: Path) -> None:
    """A missing file and a folder are refused by name."""
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(InvalidInputError, match=path.name):
            list(convert_file(path, options(path)))


@pytest.mark.parametrize(
    ("limits", "says"),
    [(Limits(cpu_seconds=1), "processor time"), (Limits(waiting_seconds=0.5), "0.5 seconds were waited for")],
)
def test_limits_end_a_conversion(tmp_path: Path, limits: Limits, says: str) -> None:
    """Too much time ends the process, and the record that was reached is told."""
    path = tmp_path / "long.csv"
    path.write_text("IOC\n" + "".join(f"host-{number}.example\n" for number in range(100_000)))
    reached = [path.name]

    def read() -> None:
        for answer in convert_file(path, options(path), limits=limits):
            if isinstance(answer, Parcel) and answer.outcome is Outcome.CONVERTED:
                reached[0] = f"{path.name}, after {answer.locator}"

    with pytest.raises(TooLargeError) as error:
        read()
    assert says in error.value.findings[0].message
    assert error.value.findings[0].place == reached[0]


def test_memory_is_limited(tmp_path: Path) -> None:
    """A document that needs more memory than a conversion may have is refused; the hub's own memory is not touched."""
    path = tmp_path / "wide.json"
    path.write_bytes(b'{"type":"bundle",\n"objects":[' + b" " * (100 << 20))
    with pytest.raises(TooLargeError) as error:
        list(convert_file(path, options(path), limits=Limits(memory_bytes=100 << 20)))
    assert "memory" in error.value.findings[0].message


def test_leaving_early_ends_the_process() -> None:
    """A conversion that is not read to its end is over when its reader lets go of it."""
    answers = convert_file(SHEET, options(SHEET))
    assert isinstance(next(iter(answers)), Started)
    close = getattr(answers, "close")  # noqa: B009  # an Iterator by type, a generator by nature
    close()
    assert list(answers) == []
