"""One run of `hub push`: a file's objects to another server, with a word on each that did not get there."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from converters import Action, Options
from converters.confined.wire import Parcel, Started
from hub.cli.conversion import SHOWN
from hub.cli.output import dump, emit, note, wants_json
from hub.cli.remote import Progress
from hub.services.conversion import Tally, convert_file
from hub.services.sources import Access, Limits, Packing, Pushed, Receipts, Remote, push

if TYPE_CHECKING:
    from converters import Finding

STIX = "stix21"
MAX_ENVELOPE_BYTES = 8_388_608
"""An envelope has no more, however much the server would take: one is in memory at a time, and repeated as a whole."""

_SHOWN_BYTES = 120
_MARKED = b'"object_marking_refs"'


class Delivery:
    """Converts a file and pushes what comes out, and counts what became of it."""

    def __init__(self, file: Path, options: Options, format_: str | None) -> None:
        self._file = file
        self._options = options
        self._format = format_
        self._tally = Tally()
        self._shown = 0
        self._envelopes = self._known = 0
        self._taken = self._failed = self._pending = 0
        self._too_large = self._unmarked = 0

    @property
    def has_losses(self) -> bool:
        """Whether something of the file is not on the server."""
        return bool(self._tally.lost or self._failed or self._too_large)

    def run(self, who: Access, limits: Limits, most_objects: int, kept: Path | None, progress: Progress) -> None:
        """Push all of it. kept: where receipts are kept until then; None for beside the file."""
        path = kept or self._file.with_name(f"{self._file.name}.pushed-{_mark(who)}")
        with Remote(who, limits, progress.note) as remote, Receipts(path) as receipts:
            packing = Packing(min(remote.max_content_bytes(), MAX_ENVELOPE_BYTES), most_objects)
            with closing(self._objects()) as objects:
                for pushed in push(remote, objects, packing, receipts, self._leave_out):
                    self._count(pushed)
                    progress.show(f"{self._taken} taken, {self._failed} refused, {self._envelopes} envelopes")
            receipts.forget()

    def summarise(self, url: str) -> None:
        """Print the counts of the whole file."""
        if self._envelopes > 1 and self._unmarked:
            note(
                f"{self._unmarked} objects have no marking of their own, and went in {self._envelopes} envelopes: "
                "a hub gives them its collection's level, never one from another envelope"
            )
        record = {
            "file": str(self._file),
            "to": url,
            "envelopes": self._envelopes,
            "acknowledged_before": self._known,
            "success_count": self._taken,
            "failure_count": self._failed + self._too_large,
            "pending_count": self._pending,
            "lost_in_conversion": self._tally.lost,
        }
        before = f" ({self._known} acknowledged before)" if self._known else ""
        emit(
            record,
            f"{self._file}: {self._taken} objects taken, {self._failed + self._too_large} refused, "
            f"in {self._envelopes} envelopes{before}; {self._tally.lost} lost in conversion",
        )

    def _objects(self) -> Generator[bytes, None, None]:
        for answer in convert_file(self._file, self._options, format_=self._format):
            if isinstance(answer, Started):
                self._check_producer(answer.format)
            elif isinstance(answer, Parcel):
                self._tally = self._tally.plus(answer)
                self._remark(answer)
                for _, content in answer.objects:
                    self._unmarked += _MARKED not in content
                    yield content

    def _check_producer(self, format_: str) -> None:
        if format_ != STIX and not self._options.producer.strip():
            raise click.UsageError(f"{self._file} is {format_}: say in whose name objects are made: --producer NAME")

    def _remark(self, parcel: Parcel) -> None:
        """Say what a person should know of a record: it is not all there, or otherwise than the source says."""
        for finding in parcel.findings:
            if finding.action.is_loss or finding.action is Action.ADJUSTED:
                self._shown += 1
                if self._shown <= SHOWN:
                    note(f"{self._file.name}, {_text(finding)}")
                elif self._shown == SHOWN + 1:
                    note("… and more: `hub convert --errors FILE` lists them all")

    def _leave_out(self, content: bytes) -> None:
        self._too_large += 1
        note(f"an object of {len(content)} bytes is larger than any envelope: {content[:_SHOWN_BYTES]!r}…")

    def _count(self, pushed: Pushed) -> None:
        receipt = pushed.receipt
        self._envelopes += 1
        self._known += pushed.was_known
        self._taken += receipt.success_count
        self._failed += receipt.failure_count
        self._pending += receipt.pending_count
        if wants_json():
            record: dict[str, Any] = msgspec.to_builtins(receipt)
            click.echo(dump({**record, "acknowledged_before": pushed.was_known}))
            return
        for each in receipt.failures:
            note(f"refused {each.id} {each.version}: {each.message}")
        if receipt.failure_count > len(receipt.failures):
            note(f"refused {receipt.failure_count - len(receipt.failures)} objects that the server does not name")


def _mark(who: Access) -> str:
    """Tell receipts of one file for several collections apart."""
    return hashlib.sha256(f"{who.user or ''}@{who.url}".encode()).hexdigest()[:8]


def _text(finding: Finding) -> str:
    place = " ".join(part for part in (finding.locator, finding.field) if part)
    return f"{place}: {finding.message}{f' ({finding.value})' if finding.value else ''}"
