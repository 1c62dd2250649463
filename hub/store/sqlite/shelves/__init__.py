"""The two shelves and the lanes: what waits, what is released, who may see it since when.

May import: the store's promise, policy, model, `files`. Never comes in: reading for a partner.
"""
