"""The file itself: opened, migrated, written by one thread, held, its clock and its bytes' digests.

May import: errors. Never comes in: what the rows mean.
"""
