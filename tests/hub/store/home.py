"""Where a store keeps its data in tests: each store brings its own."""

from __future__ import annotations

from abc import ABC, abstractmethod

from hub.store.base import Store
from tests.hub.store.stage import Wall


class Home(ABC):
    """Where a store keeps its data; may be sent to another process."""

    @abstractmethod
    def create(self, clock: Wall) -> Store:
        """Make a new store here."""

    @abstractmethod
    def open(self, clock: Wall) -> Store:
        """Open what is here, beside others who have it open."""

    @abstractmethod
    def last_stamp(self) -> int:
        """Give the latest stamp given, 0 if there is none."""

    @abstractmethod
    def tamper(self) -> None:
        """Turn one bit in the stored bytes of every released object."""
