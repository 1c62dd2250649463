"""What another server may take of this machine's time and memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one run. Times in seconds, sizes in bytes after decompression.

    connect_seconds, read_seconds: for a connection, and for a silence within an answer. total_seconds: for the run.
    answer_bytes: one answer, a page above all. retries: repeats of one request in a row.
    backoff_seconds: the first pause before a repeat, doubled each time, unless the server names one.
    pages: of one run. empty_pages: in a row that say `more` and have no object.
    status_seconds, poll_seconds: how long, and how often, the status of a push is asked for until it is complete.
    """

    connect_seconds: float = 10
    read_seconds: float = 60
    total_seconds: float = 3_600
    answer_bytes: int = 134_217_728
    retries: int = 6
    backoff_seconds: float = 1
    pages: int = 1_000_000
    empty_pages: int = 100
    status_seconds: float = 300
    poll_seconds: float = 1
