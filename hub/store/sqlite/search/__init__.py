"""The search: an index of names and values beside the hub, and what of it one reader may find.

May import: files, the reading's moment, converters' values. Never comes in: who may see what; that is joined at each
search.
"""
