"""What can go wrong in the hub; each door maps these to a status or an exit code in one place.

HubError
    NotFoundError            hidden and absent are the same
    ForbiddenError           a forbidden act on something the actor can see
    AuthenticationError      no account behind these credentials, or none that may come in now
    ThrottledError           too often of late; says when to come again
    InvalidInputError        what was sent is wrong; carries a finding for each place
        TooLargeError        it is beyond a limit of the hub
    ConflictError            it is right by itself and clashes with what the hub has
    StoreError               the store can't keep its promise (full disk, corrupt file, wrong version)
        StoreBusyError       another process holds the data
    SourceError              another server can't be talked to, or does not say what TAXII has it say
    SettingsError            the hub is set up wrongly
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, and with which value.

    place: a path such as `objects[3].pattern`, a file and line, or a setting's name; "" for the whole.
    value: the offending value as text, shortened by the one who reports it; None if there is none.
    """

    place: str
    message: str
    value: str | None = None

    def __str__(self) -> str:
        """`place: message (value)` with what is known."""
        text = f"{self.place}: {self.message}" if self.place else self.message
        return text if self.value is None else f"{text} ({self.value})"


class HubError(Exception):
    """Never raised directly: the root of all that the hub reports on purpose."""


class NotFoundError(HubError):
    """There is no such thing, or not for this actor."""


class ForbiddenError(HubError):
    """The actor sees the thing and may not do this with it; the text is the reason."""


class AuthenticationError(HubError):
    """These credentials open nothing; the text never says why."""


class ThrottledError(HubError):
    """It was tried too often of late; `retry_after_seconds` says when to come again, 1 or more."""

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class InvalidInputError(HubError):
    """What was sent can't be taken; nothing of it was kept."""

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class TooLargeError(InvalidInputError):
    """What was sent is beyond a limit; the text names limit and size."""


class ConflictError(HubError):
    """The name is taken, or what is there says otherwise; the text names both."""


class StoreError(HubError):
    """The store can't keep its promise; the text says what to do."""


class StoreBusyError(StoreError):
    """Another process holds the data folder."""


class SourceError(HubError):
    """Another server is silent, breaks off, or answers otherwise than TAXII 2.1 has it; the text says where."""


class SettingsError(HubError):
    """A setting is missing, unknown or out of bounds; the text names it."""
