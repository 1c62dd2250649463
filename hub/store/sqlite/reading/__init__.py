"""Released data for one reader: his rights in time, his feed, his view of it.

May import: the store's promise, policy, `files`, the snapshot. Never comes in: a write.
"""
