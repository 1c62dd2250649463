"""The embedded store: one file, WAL, synchronous=FULL, one writer at a time, group commit.

May import: the store's promise and all below it; sqlite3 is imported here and nowhere else.
Never comes in: rules (policy has them).
"""

from hub.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
